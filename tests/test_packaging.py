"""What surrounds the code: locks, set-up, the image and the compose file hold what they promise."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from sqlalchemy.engine import make_url

from app.settings import Settings
from tests.receiver import Reply, receiving

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = {"up", "serve", "work", "migrate"}
PINNED = re.compile(r"^([a-z0-9.-]+)==(\S+?)(?: ;.*)? \\$", re.MULTILINE)


def pinned(name: str) -> dict[str, str]:
    return dict(PINNED.findall((ROOT / name).read_text()))


def declared(*extras: str) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    optional = project["optional-dependencies"]
    lines = [*project["dependencies"], *(line for extra in extras for line in optional[extra])]
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize(
    ("lock", "extras"),
    [("requirements.lock", ("service",)), ("requirements-dev.lock", ("service", "dev"))],
)
def test_the_lock_holds_what_the_project_declares(lock: str, extras: tuple[str, ...]) -> None:
    versions = pinned(lock)
    unmet = [
        str(each)
        for each in declared(*extras)
        if not each.specifier.contains(
            versions.get(each.name.lower().replace(".", "-").replace("_", "-"), "0")
        )
    ]
    assert unmet == [], "run `make lock`"


@pytest.mark.parametrize(
    "lock", ["requirements.lock", "requirements-dev.lock", "requirements-demo.lock"]
)
def test_every_locked_package_is_hashed(lock: str) -> None:
    text = (ROOT / lock).read_text()
    entries = re.split(r"\n(?=[a-z])", text.strip())
    assert entries
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def test_developers_run_what_users_run() -> None:
    run, develop = pinned("requirements.lock"), pinned("requirements-dev.lock")
    assert {name: version for name, version in run.items() if develop.get(name) != version} == {}


def test_no_package_needs_a_compiler() -> None:
    """A wheel that pip built here is tagged `linux_…`, one from an index `manylinux…`."""
    built = []
    for requirement in declared("service"):
        if requirement.marker and not requirement.marker.evaluate():
            continue
        wheel = distribution(requirement.name).read_text("WHEEL") or ""
        if re.search(r"^Tag: \S+-linux_", wheel, re.MULTILINE):
            built.append(requirement.name)
    assert built == []


@pytest.mark.parametrize("script", [*sorted((ROOT / "scripts").glob("*.sh")), ROOT / ".ci" / "run"])
def test_scripts_are_valid_and_executable(script: Path) -> None:
    assert os.access(script, os.X_OK)
    subprocess.run(["bash", "-n", script], check=True)


def test_ci_installs_whatever_tests_miss() -> None:
    script = (ROOT / ".ci" / "run").read_text()
    packages = set(re.findall(r"missing\+=\(([a-z0-9-]+)\)", script))
    packages |= set(re.findall(r"^for program in (.+); do$", script, re.MULTILINE)[0].split())
    tests = "".join(path.read_text() for path in (ROOT / "tests").rglob("*.py"))
    needed = set(re.findall(r"missing\(.*Debian: apt install ([a-z0-9-]+)\)", tests))
    assert "postgresql" in needed
    assert needed - packages == set()


def test_documents_name_only_commands_that_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    documents = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]
    command = re.compile(r"(?:`|^)make\s+([a-z-]+)", re.MULTILINE)
    named = {path.name: set(command.findall(path.read_text())) for path in documents}
    assert "test-all" in named["CONTRIBUTING.md"]
    assert {name: found - targets for name, found in named.items() if found - targets} == {}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project in little, in a folder with a space in its name, that needs no packages."""
    folder = tmp_path / "with space"
    shutil.copytree(ROOT / "scripts", folder / "scripts")
    shutil.copy(ROOT / ".python-version", folder)
    for lock in ("requirements.lock", "requirements-dev.lock"):
        (folder / lock).write_text("# nothing\n")
    (folder / "app").mkdir()
    (folder / "app" / "__main__.py").write_text("import sys\nprint(sys.argv[1:])\n")
    return folder


@pytest.mark.long
def test_set_up_makes_an_environment_once(project: Path, tmp_path: Path) -> None:
    set_up = [project / "scripts" / "setup.sh", "run"]
    first = subprocess.run(set_up, cwd="/", capture_output=True, text=True, check=True)
    assert "Making .venv" in first.stderr

    answer = subprocess.run(
        [project / ".venv" / "bin" / "provenance", "up", "now"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout == "['up', 'now']\n"

    second = subprocess.run(set_up, cwd="/", capture_output=True, text=True, check=True)
    assert second.stderr == ""

    (project / "requirements.lock").write_text("# changed\n")
    third = subprocess.run(set_up, cwd="/", capture_output=True, text=True, check=True)
    assert "Installing requirements.lock" in third.stderr
    assert "Making .venv" not in third.stderr


SERVICE = """
import signal, sys
signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
print("started", flush=True)
signal.pause()
"""

# In a process of its own, because a test process with threads must not fork.
AT_A_TERMINAL = """
import os, pty, signal, sys
signal.alarm(20)
child, terminal = pty.fork()
if child == 0:
    os.execvp("make", ["make", "run"])
shown = b""
while b"started" not in shown:
    shown += os.read(terminal, 1000)
os.write(terminal, b"\\x03")
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_ctrl_c_ends_the_service_without_an_error_from_make(tmp_path: Path) -> None:
    (tmp_path / "service.py").write_text(SERVICE)
    recipe = (
        f"@exec '{sys.executable}' '{ROOT}/scripts/foreground.py' '{sys.executable}' service.py"
    )
    (tmp_path / "Makefile").write_text(f"run:\n\t{recipe}\n")
    done = subprocess.run([sys.executable, "-c", AT_A_TERMINAL], cwd=tmp_path, check=False)
    assert done.returncode == 0


def test_the_dockerfile_has_no_lint() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    done = subprocess.run(
        [hadolint, ROOT / "Dockerfile"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def instructions() -> list[str]:
    text = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text())
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_the_image_runs_unprivileged_reports_its_health_and_ends_without_apt() -> None:
    lines = instructions()
    assert lines[0] == "ARG BASE=python:3.13-slim-trixie"
    last_stage = lines[max(i for i, line in enumerate(lines) if line.startswith("FROM")) :]
    words = {line.split()[0]: line for line in last_stage}
    assert re.fullmatch(r"USER [1-9]\d*:[1-9]\d*", words["USER"])
    assert {"HEALTHCHECK", "STOPSIGNAL", "VOLUME", "ENTRYPOINT", "CMD"} <= set(words)
    assert "apt-get" not in "".join(last_stage)


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (503, False)])
def test_the_image_asks_itself_for_its_health_and_no_proxy(status: int, healthy: bool) -> None:
    [line] = [line for line in instructions() if line.startswith("HEALTHCHECK")]
    _, *arguments = json.loads(line.partition(" CMD ")[2])
    with receiving(Reply(status=status)) as receiver:
        given = {"PROVENANCE_PORT": str(receiver.port), "http_proxy": "http://127.0.0.1:1"}
        done = subprocess.run(
            [sys.executable, *arguments], env=os.environ | given, capture_output=True, check=False
        )
        assert [each.path for each in receiver.received] == ["/healthz"]
    assert (done.returncode == 0) is healthy


def test_what_the_image_copies_is_let_through() -> None:
    let_through = {
        line[1:].rstrip("/")
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    }
    copied = {
        line.split()[1]
        for line in instructions()
        if line.startswith("COPY") and "--from" not in line
    }
    assert copied == let_through
    assert [name for name in copied if not (ROOT / name).exists()] == []


@pytest.fixture
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return loaded


def test_the_compose_file_refers_only_to_what_is_there(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert {"postgres", "api", "worker"} <= set(services)
    for service in services.values():
        assert set(service.get("depends_on", {})) <= set(services)
        named_volumes = {mount.split(":")[0] for mount in service.get("volumes", [])}
        assert named_volumes <= set(compose["volumes"])
        assert set(service.get("command", [])) <= COMMANDS


def test_the_compose_file_sets_only_settings_that_exist(compose: dict[str, Any]) -> None:
    known = {
        field.validation_alias or f"PROVENANCE_{name.upper()}"
        for name, field in Settings.model_fields.items()
    }
    ours = [service for service in compose["services"].values() if "build" in service]
    assert ours
    for service in ours:
        assert set(service["environment"]) <= known | {"PGPASSWORD"}


def test_a_password_of_any_characters_reaches_the_database(compose: dict[str, Any]) -> None:
    given = compose["services"]["postgres"]["environment"]["POSTGRES_PASSWORD"]
    for service in compose["services"].values():
        if "build" not in service:
            continue
        url = make_url(service["environment"]["DATABASE_URL"])
        assert (url.drivername, url.password) == ("postgresql+psycopg", None)
        assert service["environment"]["PGPASSWORD"] == given


def test_no_secret_is_written_into_the_compose_file(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            if "PASSWORD" in name or "SECRET" in name:
                assert value.startswith("${")


@pytest.mark.long
def test_the_command_line_has_what_image_and_compose_call() -> None:
    helped = subprocess.run(
        [sys.executable, "-m", "app", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert {command for command in COMMANDS if command not in helped.stdout} == set()
