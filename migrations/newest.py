"""The newest revision of the schema, read from the migrations' texts.

The web process asks for it: to run them, as Alembic does to find it, costs ten megabytes.
"""

import ast
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent


@cache
def needed_revision() -> str:
    """The revision that this version of the service needs."""
    return newest_revision(HERE)


def newest_revision(scripts: Path) -> str:
    """The one revision that no other follows."""
    found = [_names(each) for each in (scripts / "versions").glob("*.py")]
    followed = {names.get("down_revision") for names in found}
    revisions = {names["revision"] for names in found if "revision" in names}
    [newest] = revisions - followed
    return newest


def _names(migration: Path) -> dict[str, str]:
    """The constants that a migration begins with."""
    return {
        each.targets[0].id: each.value.value
        for each in ast.parse(migration.read_text()).body
        if isinstance(each, ast.Assign)
        and isinstance(each.targets[0], ast.Name)
        and isinstance(each.value, ast.Constant)
        and isinstance(each.value.value, str)
    }
