"""`provenance import`, `hashes import` and `sweep`: what they say, and their exit codes."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from app import cli_imports, db
from app.bootstrap import Parts
from app.cli import main
from app.schemas.import_enums import ImportState
from app.services.imports import orders
from app.settings import Settings
from tests.filming import film, photo
from tests.services import importing
from tests.uploads import png
from tests.workers.desk import Desk

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

TWO_DAYS_S = 48 * 3600
PATIENCE_S = 60


def command(settings: Settings, *arguments: str) -> subprocess.Popen[str]:
    given = {
        "PROVENANCE_DATA_DIR": str(settings.data_dir),
        "DATABASE_URL": settings.resolved_database_url,
        "PROVENANCE_HEARTBEAT_TIMEOUT_S": str(settings.heartbeat_timeout_s),
    }
    # Tests that run in the background ignore Ctrl-C, and so would what they start.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return subprocess.Popen(
            [sys.executable, "-m", "app", *arguments],
            env=os.environ | given,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    finally:
        signal.signal(signal.SIGINT, before)


def provenance(settings: Settings, *arguments: str) -> tuple[int, str, str]:
    """The command's exit code, and what it wrote to both outputs."""
    with command(settings, *arguments) as process:
        said, complained = process.communicate()
    return process.returncode, said, complained


type Command = Callable[..., Result]


@pytest.fixture
def beside(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    """Run a command without a start of its own."""
    monkeypatch.setenv("PROVENANCE_DATA_DIR", str(parts.settings.data_dir))
    monkeypatch.setenv("DATABASE_URL", parts.settings.resolved_database_url)
    before = os.umask(0o022)
    yield lambda *arguments: CliRunner().invoke(main, arguments, catch_exceptions=False)
    os.umask(before)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An archive of a still and of a clip whose end is missing."""
    made = tmp_path / "archive"
    made.mkdir()
    photo(made / "whole.jpg", seed=8100)
    clip = film(tmp_path / "clip.mp4", seconds=1.0, shots=1, audio=False).read_bytes()
    (made / "torn.mp4").write_bytes(clip[:2000])
    return made


@pytest.fixture
def desk(parts: Parts, tmp_path: Path) -> Iterator[Desk]:
    importing.make_collection(parts)
    running = Desk(parts.settings, tmp_path)
    try:
        running.start()
        running.wait_until_ready()
        yield running
    finally:
        running.close()


@pytest.mark.long
def test_an_import_names_what_failed_and_ends_with_code_1(
    desk: Desk,
    parts: Parts,
    folder: Path,
    beside: Command,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order = ("import", str(folder), "--collection", "archive")
    code, said, complained = provenance(parts.settings, *order)
    assert "1 added, 0 duplicates, 0 skipped, 1 failed" in said
    [problem] = [line for line in said.splitlines() if line.startswith("torn.mp4: ")]
    assert problem.startswith("torn.mp4: failed: ")
    assert code == 1
    assert cli_imports._NO_WORKER not in complained

    (folder / "torn.mp4").unlink()
    again = beside(*order)
    assert "0 added, 0 duplicates, 1 skipped, 0 failed" in again.stdout
    assert (again.exit_code, "more" in again.stdout) == (0, False)
    (folder / "words.txt").write_text("no media")
    monkeypatch.setattr(orders, "SHOWN_ERRORS", 1)
    listed = beside(*order).stdout
    assert "2 skipped" in listed
    assert re.search(r"\n1 more failed or were skipped: GET /v1/imports/\w+/errors", listed)
    refused = beside("import", str(folder), "--collection", "no")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "no" in refused.stderr


def test_an_import_without_a_worker_says_that_it_waits_and_is_kept(
    parts: Parts, folder: Path
) -> None:
    importing.make_collection(parts)
    with command(parts.settings, "import", str(folder), "--collection", "archive") as process:
        assert process.stderr is not None
        lines = iter(process.stderr.readline, "")
        assert any(cli_imports._NO_WORKER in line for line in lines)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_S) != 0
        assert "Traceback" not in process.stderr.read()
    with parts.database.read() as session:
        [kept] = session.query(db.imports.Import).all()
    assert kept.state is ImportState.WAITING
    assert importing.imported(parts, kept.id).total == 2


def test_an_import_that_somebody_cancels_ends_with_code_1(
    parts: Parts, folder: Path, beside: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    importing.make_collection(parts)

    def cancel(_pause_s: float) -> None:
        with parts.database.write() as session:
            [ordered] = session.query(db.imports.Import).all()
            orders.cancel(session, ordered.id, importing.IMPORTER)

    monkeypatch.setattr(cli_imports.time, "sleep", cancel)
    done = beside("import", str(folder), "--collection", "archive")
    assert (done.exit_code, "cancelled" in done.stdout) == (1, True)


def test_a_list_of_hashes_comes_in_once_and_faulty_lines_end_with_code_2(
    tmp_path: Path, beside: Command
) -> None:
    def imported(text: str) -> Result:
        (tmp_path / "list").write_text(text)
        return beside("hashes", "import", str(tmp_path / "list"), "--list", "flaggers")

    whole = f"{'a' * 32}\n{'b' * 40}\n"
    first = imported(f"{whole}no hash\n")
    assert (first.exit_code, first.stdout) == (2, "flaggers: 2 added, 0 there, 1 faulty\n")
    assert first.stderr.startswith("line 3: ")
    again = imported(f"{whole}no hash\n")
    assert (again.exit_code, again.stdout) == (2, "flaggers: 0 added, 2 there, 1 faulty\n")
    assert imported(whole).exit_code == 0


def age(path: Path) -> None:
    long_ago = time.time() - TWO_DAYS_S
    os.utime(path, (long_ago, long_ago))


def test_sweep_lists_first_then_removes_and_ends_with_code_1_if_it_cannot(
    parts: Parts, beside: Command
) -> None:
    with parts.blobs.receive() as incoming:
        incoming.write(png(1))
        incoming.sync()
        parts.blobs.adopt(incoming)
        orphan = incoming.sha256
    age(parts.blobs.path(orphan))
    stuck = parts.blobs.derived_path("stuck", "picture").parent
    stuck.write_bytes(b"no folder")
    age(stuck)

    def swept(*options: str) -> tuple[int, str]:
        done = beside("sweep", *options)
        return done.exit_code, done.stdout

    listed = swept()
    found = f"{orphan}\nstuck\n1 contents and 1 derived folders"
    assert listed == (0, f"{found} found; --remove removes them\n")
    assert parts.blobs.path(orphan).exists()
    tried = swept("--remove")
    assert tried == (1, f"{found} looked at; 1 could not be removed\n")
    assert not parts.blobs.path(orphan).exists()
    stuck.unlink()
    assert swept("--remove") == (
        0,
        "0 contents and 0 derived folders removed\n",
    )
