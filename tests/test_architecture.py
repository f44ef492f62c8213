"""The house rules, executable: imports, sizes, where things are written, what is documented."""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.schemas.enums import EventType
from app.settings import Settings
from tests.alone import run_alone
from tests.needed import missing

ROOT = Path(__file__).resolve().parent.parent
SOURCE_FOLDERS = ("app", "workers", "migrations")
MOST_LINES_OF_MODULE = 200
MOST_LINES_OF_FUNCTION = 40
MOST_PARAMETERS = 6
GENERATED = ROOT / "migrations" / "versions"
# Registries and mirrors: a lock or script that names one ties every user to it.
REGISTRIES = re.compile(
    r"(pypi\.org|pythonhosted\.org|registry\.npmjs\.org|npmjs\.com|deb\.debian\.org|ubuntu\.com/ubuntu)"
)

type Function = ast.FunctionDef | ast.AsyncFunctionDef


def modules(*folders: str) -> list[Path]:
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return sorted(path for path in found if GENERATED not in path.parents)


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> Iterator[Function]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_import_contracts_hold() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:]


@pytest.mark.parametrize("arguments", [("check", "."), ("format", "--check", ".")])
def test_style_is_clean(arguments: tuple[str, ...]) -> None:
    done = run("ruff", *arguments)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]


def test_types_are_strict() -> None:
    done = run("mypy", "--no-error-summary")
    assert done.returncode == 0, done.stdout[-4000:]


def test_modules_are_short() -> None:
    lengths = {named(path): len(path.read_text().splitlines()) for path in modules(*SOURCE_FOLDERS)}
    assert {name: n for name, n in lengths.items() if n > MOST_LINES_OF_MODULE} == {}


def test_functions_are_short() -> None:
    long = {
        f"{named(path)}: {function.name}": lines
        for path in modules(*SOURCE_FOLDERS)
        for function in functions(path)
        if (lines := (function.end_lineno or 0) - function.lineno + 1) > MOST_LINES_OF_FUNCTION
    }
    assert long == {}


def is_filled_in_by_a_request(path: Path, function: Function) -> bool:
    """Whether nobody calls it with arguments: a route, or what a route depends on."""
    is_route = any(ast.unparse(each).startswith("router.") for each in function.decorator_list)
    return is_route or f"Depends({function.name})" in path.read_text()


def parameter_count(function: Function) -> int:
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return sum(1 for each in every if each.arg not in {"self", "cls"})


def test_functions_take_few_parameters() -> None:
    wide = {
        f"{named(path)}: {function.name}": parameter_count(function)
        for path in modules(*SOURCE_FOLDERS)
        for function in functions(path)
        if parameter_count(function) > MOST_PARAMETERS
        and not is_filled_in_by_a_request(path, function)
    }
    assert wide == {}


def test_modules_say_their_one_responsibility() -> None:
    silent = [
        named(path)
        for path in modules(*SOURCE_FOLDERS)
        if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


def test_no_module_is_a_drawer_for_everything() -> None:
    vague = {"utils", "util", "helpers", "helper", "misc", "common"}
    assert [named(path) for path in modules(*SOURCE_FOLDERS) if path.stem in vague] == []


def test_queries_are_written_only_in_db() -> None:
    query = re.compile(r"(?<![\w.])(sa\.)?select\(")
    elsewhere = [
        named(path)
        for path in modules("app", "workers")
        if query.search(path.read_text()) and not named(path).startswith("app/db/")
    ]
    assert elsewhere == []


def test_status_codes_are_given_only_at_the_door() -> None:
    given = re.compile(r"status_code\s*=\s*[2-5]\d\d|HTTPException\(")
    elsewhere = [
        named(path)
        for path in modules("app", "workers")
        if given.search(path.read_text()) and not named(path).startswith(("app/api/", "app/desk/"))
    ]
    assert elsewhere == []


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs" / "settings.md").read_text()
    names = {
        field.validation_alias or f"PROVENANCE_{name.upper()}"
        for name, field in Settings.model_fields.items()
    }
    assert {name for name in names if f"`{name}`" not in text} == set()


def test_every_event_is_documented() -> None:
    text = (ROOT / "docs" / "events.md").read_text()
    assert {event.value for event in EventType if f"`{event.value}`" not in text} == set()


def test_the_map_of_services_names_every_module() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text()
    table = text.partition("| subject | modules of `app/services` |")[2].partition("\n\n")[0]
    folder = ROOT / "app" / "services"
    modules = {path.stem for path in folder.glob("*.py")} | {
        path.parent.name for path in folder.glob("*/__init__.py")
    }
    assert set(re.findall(r"`(\w+)`", table)) == modules - {"__init__"}


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = (folder / "README.md").read_text()
    records = sorted(path.name for path in folder.glob("[0-9]*.md"))
    assert [name for name in records if f"({name})" not in listed] == []
    assert len({name[:4] for name in records}) == len(records), "two records have one number"


def tracked_files() -> list[Path]:
    if shutil.which("git") is None:
        missing("git is not installed (Debian: apt install git)")
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        missing(f"git lists no files here: {listed.stderr}")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_is_binary_but_the_readmes_pictures() -> None:
    binary = [named(path) for path in tracked_files() if b"\0" in path.read_bytes()]
    assert binary == ["docs/images/desk-compare.jpg", "docs/images/desk-item.jpg"]


def test_no_file_names_a_package_registry() -> None:
    naming = [
        named(path)
        for path in tracked_files()
        if path != Path(__file__).resolve() and REGISTRIES.search(path.read_text(errors="replace"))
    ]
    assert naming == []


def test_only_the_readme_s_pictures_are_binary() -> None:
    binary = [named(path) for path in tracked_files() if b"\0" in path.read_bytes()]
    assert [name for name in binary if not name.startswith("docs/images/")] == []


def test_the_core_runs_without_the_service() -> None:
    done = run_alone("import app.core\nfrom app.core import find_matches, fingerprint_file")
    assert done.returncode == 0, done.stderr
