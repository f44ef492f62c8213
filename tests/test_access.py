"""What docs/access.md says of roles is what they may do."""

import re
from pathlib import Path

from app.access import SCOPES_OF_ROLE, Role, Scope

PAGE = Path(__file__).resolve().parent.parent / "docs" / "access.md"


def test_the_table_of_roles_is_true() -> None:
    rows = [line.strip("|").split("|") for line in PAGE.read_text().splitlines() if line[:1] == "|"]
    roles = [Role(name.strip()) for name in rows[0][2:]]
    assert set(roles) == set(Role)
    told = {
        (Scope(row[0].strip(" `")), role): cell.strip() == "yes"
        for row in rows[2:]
        for role, cell in zip(roles, row[2:], strict=True)
    }
    assert told == {
        (scope, role): scope in SCOPES_OF_ROLE[role] for scope in Scope for role in Role
    }


def test_every_kind_of_key_that_it_shows_can_be_made() -> None:
    shown = re.findall(r'"role":"(\w+)","scopes":\["([\w:]+)"\]', PAGE.read_text())
    assert shown
    for role, scope in shown:
        assert Scope(scope) in SCOPES_OF_ROLE[Role(role)]
