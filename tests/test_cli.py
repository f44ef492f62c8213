"""The `provenance` command on an empty folder, as a new user has it."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app import cli_audit, cli_first, db, services
from app.access import SYSTEM, Role
from app.blobs.local import LocalBlobs
from app.blobs.purge_list import PurgeList
from app.bootstrap import make_folders
from app.cli import main
from app.db import Database
from app.schemas.enums import MediaState
from app.schemas.privacy_enums import PurgeStep
from app.services import shredding
from app.services.shredding import Shredder
from app.settings import Settings
from tests.databases import SqliteTemplate
from tests.records import PURGE, add_item
from tests.signing import Authority
from tests.uploads import store_fingerprint
from tests.workers.desk import Desk


def _provenance(settings: Settings, *arguments: str) -> str:
    environment = os.environ | {"PROVENANCE_DATA_DIR": str(settings.data_dir), "DATABASE_URL": ""}
    command = [sys.executable, "-m", "app", *arguments]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True, umask=0o022
    )
    return done.stdout.strip()


type Command = Callable[..., str]


@pytest.fixture
def provenance(migrated: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    """Run the command on that desk without a start of its own; gives what it printed."""
    monkeypatch.setenv("PROVENANCE_DATA_DIR", str(migrated.data_dir))
    monkeypatch.setenv("DATABASE_URL", "")
    before = os.umask(0o022)

    def run(*arguments: str) -> str:
        done = CliRunner().invoke(main, arguments, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.stdout.strip()

    yield run
    os.umask(before)


def _open_to_others(folder: Path) -> list[Path]:
    """The folder and what is in it, as far as other users of the machine may look into it."""
    return [path for path in (folder, *folder.rglob("*")) if path.lstat().st_mode & 0o007]


@pytest.fixture
def migrated(tmp_path: Path, sqlite_template: SqliteTemplate) -> Settings:
    """An empty desk as `provenance migrate` leaves it."""
    settings = Settings(data_dir=tmp_path / "data", database_url="")
    make_folders(settings)
    sqlite_template.copy_to(settings.data_dir / "provenance.db")
    cli_audit.begin(settings)
    return settings


def test_up_sets_up_everything_hands_over_one_key_and_stops_cleanly(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "new" / "data", database_url="")
    desk = Desk(settings, tmp_path)
    try:
        desk.start()
        desk.wait_until_ready()
        with desk.client() as client:
            assert client.get("/v1/media").status_code == 200
            assert "provenance_queue_depth 0.0" in client.get("/metrics").text
        key_file = tmp_path / "first-key"
        assert key_file.stat().st_mode & 0o777 == 0o600
        assert key_file.read_text().strip() not in desk.log
        assert _open_to_others(settings.data_dir) == []
        assert desk.stop() == 0
        assert desk.members() == []
    finally:
        desk.close()


def test_a_refused_command_names_the_command_that_was_typed() -> None:
    command = [sys.executable, "-m", "app", "trust", "remove"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Usage: provenance trust remove [OPTIONS]" in done.stderr
    assert "Try 'provenance trust remove --help'" in done.stderr


def test_a_folder_that_was_there_keeps_its_mode_and_its_new_files_are_private(
    tmp_path: Path,
) -> None:
    settings = Settings(data_dir=tmp_path / "data", database_url="")
    settings.data_dir.mkdir()
    settings.data_dir.chmod(0o755)
    _provenance(settings, "migrate")
    assert settings.data_dir.stat().st_mode & 0o777 == 0o755
    assert _open_to_others(settings.data_dir) == [settings.data_dir]


def test_a_key_made_by_hand_is_the_first_one(migrated: Settings, provenance: Command) -> None:
    token = provenance("keys", "create", "--role", "verifier", "--name", "Night desk")
    database = Database(migrated.resolved_database_url)
    actor = services.keys.identify(database, token).actor
    assert (actor.name, actor.role) == ("Night desk", Role.VERIFIER)
    database.close()


def test_a_key_file_that_was_there_is_closed_to_others(tmp_path: Path) -> None:
    key_file = tmp_path / "key"
    key_file.write_text("old")
    key_file.chmod(0o644)
    cli_first._write("new", key_file)
    assert key_file.read_text() == "new\n"
    assert key_file.stat().st_mode & 0o777 == 0o600


def test_refingerprint_says_how_far_it_is(migrated: Settings, provenance: Command) -> None:
    database = Database(migrated.resolved_database_url)
    with database.write() as session:
        media_id = add_item(session)
        db.media.lock(session, media_id).state = MediaState.READY
        store_fingerprint(session, media_id, algorithm="older")
    dry = provenance("refingerprint", "--dry-run")
    assert "0 of 1 items have its fingerprint; 0 wait." in dry
    assert "0 of 1 items have its fingerprint; 1 wait." in provenance("refingerprint")
    with database.write() as session:
        failure = {"code": "corrupt", "detail": "Damaged."}
        db.refingerprints.fail(session, media_id, "newer", failure)
    said = provenance("refingerprint", "--dry-run")
    assert f"{media_id} failed: corrupt: Damaged." in said
    database.close()


def test_a_trust_list_is_imported_from_a_file(provenance: Command, tmp_path: Path) -> None:
    pem = Authority.new("Lab").root.replace(b"\n", b"\r\n")  # as Windows writes it
    (tmp_path / "roots.pem").write_bytes(pem)
    told = ("--name", "Lab", "--kind", "local", "--dated", "2026-08-21")
    said = provenance("trust", "import", str(tmp_path / "roots.pem"), *told)
    assert said == f"Lab: 1 authorities, SHA-256 {hashlib.sha256(pem).hexdigest()}"
    [shown] = provenance("trust", "list").splitlines()
    assert shown.split()[1:4] == ["local", "Lab", "2026-08-21"]
    provenance("trust", "remove", shown.split()[0])
    assert provenance("trust", "list") == ""


def test_a_trust_list_has_the_hash_of_its_file(provenance: Command, tmp_path: Path) -> None:
    file = tmp_path / "roots.pem"
    file.write_bytes(Authority.new("Lab").root.replace(b"\n", b"\r\n"))
    said = provenance("trust", "import", str(file), "--name", "Lab", "--kind", "local")
    assert said.endswith(hashlib.sha256(file.read_bytes()).hexdigest())


@pytest.mark.parametrize("content", [b"\x30\x82\x01\xff", b"no certificate"])
def test_what_is_no_trust_list_is_refused_in_a_line(
    provenance: Command, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "roots.cer"
    file.write_bytes(content)
    arguments = ["trust", "import", str(file), "--name", "Lab", "--kind", "local"]
    refused = CliRunner().invoke(main, arguments)
    assert (refused.exit_code, "PEM" in refused.output) == (1, True)
    assert provenance("trust", "list") == ""


def test_a_restored_desk_purges_again_what_the_list_names(
    migrated: Settings, provenance: Command
) -> None:
    database = Database(migrated.resolved_database_url)
    with database.write() as session:
        media_id = add_item(session, title="Kovalenko")
    backup = migrated.data_dir / "provenance.db"
    with database.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    before = backup.read_bytes()
    blobs = LocalBlobs(migrated.blobs_dir, reserve_bytes=0)
    shredder = Shredder(database, blobs, PurgeList(migrated.purge_list_path))
    assert shredding.purge(shredder, media_id, PURGE, SYSTEM)
    database.close()
    for suffix in ("-wal", "-shm"):
        backup.with_name(f"{backup.name}{suffix}").unlink(missing_ok=True)
    backup.write_bytes(before)

    said = provenance("purge", "reapply")
    assert said == "1 items, 0 notes and 0 files removed again."
    restored = Database(migrated.resolved_database_url)
    with restored.read() as session:
        left = db.tombstones.find(session, media_id)
        assert db.media.find(session, media_id) is None
    restored.close()
    assert left is not None
    assert (left.reason, left.step) == (PURGE.reason, PurgeStep.DONE)
    listed = provenance("purge", "list")
    assert media_id in listed
    assert "salt" not in listed


@pytest.mark.parametrize("content", [b"no list", b'{"type": "media.purged"}\n', b"\xff\xd8\xff"])
def test_what_is_no_list_of_purges_is_refused(
    provenance: Command, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "purges.jsonl").write_bytes(content)
    done = CliRunner().invoke(main, ["purge", "reapply", str(tmp_path / "purges.jsonl")])
    assert (done.exit_code, done.stdout) == (1, "")
    assert "purges.jsonl is no list of purges" in done.stderr
    (tmp_path / "purges.jsonl").write_bytes(b"")
    said = provenance("purge", "reapply", str(tmp_path / "purges.jsonl"))
    assert said == "0 items, 0 notes and 0 files removed again."


def test_a_list_of_purges_that_is_not_there_is_refused(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["purge", "reapply", str(tmp_path / "purgs.jsonl")])
    assert done.exit_code == 2
    assert "does not exist" in done.output
