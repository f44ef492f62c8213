"""Imports: what is listed, entered and left out, again and after every interruption."""

import errno
import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from app import db, services
from app.access import Role, at_the_machine
from app.blobs.local import LocalBlobs
from app.bootstrap import Parts
from app.db.media import Media, Receipt
from app.db.verifications import Note
from app.errors import Conflict, Forbidden, Unprocessable
from app.schemas.enums import MediaState
from app.schemas.import_enums import ImportKind, ImportState
from app.schemas.imports import NewImport
from app.schemas.record_enums import IntakeMethod
from app.services import imports, shredding, verifying
from app.services.imports import running, watching
from app.services.shredding import Shredder
from tests.records import PURGE, actor_of, add_item
from tests.services.importing import (
    IMPORTER,
    counts,
    events,
    failure,
    fingerprinted,
    imported,
    make_collection,
    manifest,
    order,
    row,
    shown,
    stills,
    work,
    worker,
)
from tests.uploads import png


@pytest.fixture
def material(tmp_path: Path) -> Path:
    """A folder of what is imported."""
    folder = tmp_path / "material"
    folder.mkdir()
    return folder


@pytest.fixture
def archive(parts: Parts) -> None:
    make_collection(parts)


@pytest.mark.usefixtures("archive")
def test_a_manifest_becomes_known_material_and_again_adds_nothing(
    parts: Parts, material: Path
) -> None:
    stills(material / "clips", range(3))
    (material / "clips" / "again.png").write_bytes(png(1))
    lines: list[dict[str, Any] | bytes] = [
        {
            "path": "clips/000.png",
            "title": "A bridge",
            "source_name": "an agency",
            "source_url": "https://agency.example/1",
            "source_kind": "agency",
            "claimed_at": "2023-05-01T10:00:00Z",
            "archive_url": "https://archive.example/1",
            "archived_at": "2023-05-02T10:00:00Z",
            "published_at": "2023-05-01T12:00:00+02:00",
            "tags": ["bridge", "river"],
        },
        b"",
        {"path": "clips/001.png"},
        {"path": "clips/again.png"},
        {"path": "clips/002.png", "sha256": "0" * 64},
    ]
    path = manifest(material / "archive.ndjson", lines)
    first = imported(parts, order(parts, "manifest", path))
    assert first.state is ImportState.COMPLETED
    assert counts(first) == (2, 1, 0, 1)
    assert [(each.line, each.code) for each in first.errors] == [(5, "hash_differs")]
    told = {"added": 2, "duplicates": 1, "failed": 1, "retro_matches": 0, "import_id": first.id}
    assert [{name: each[name] for name in told} for each in events(parts)] == [told]
    with parts.database.read() as session:
        known = session.query(Media).filter(Media.title == "A bridge").one()
        (receipt,) = db.media.receipts(session, known.id, 10, None).items
        assert receipt.received_via is IntakeMethod.IMPORT
        assert receipt.source_url == "https://agency.example/1"
        assert receipt.archived_at is not None
        (note,) = session.query(Note).filter(Note.media_id == known.id)
        assert "2023-05-01T12:00:00+02:00" in note.text
        assert db.collections.slugs_of_content(session, known.sha256) == {"archive"}
    again = imported(parts, order(parts, "manifest", path))
    assert counts(again) == (0, 0, 3, 1)
    assert {each.code for each in again.errors} == {"unchanged", "hash_differs"}
    with parts.database.read() as session:
        assert len(db.media.receipts(session, known.id, 10, None).items) == 1


@pytest.mark.usefixtures("archive")
def test_a_note_may_be_as_long_as_notes_are_beside_a_date(parts: Parts, material: Path) -> None:
    stills(material, [1])
    line = {"path": "001.png", "note": "x" * 20_000, "published_at": "2023-05-01T12:00:00Z"}
    path = manifest(material / "archive.ndjson", [line])
    assert counts(imported(parts, order(parts, "manifest", path))) == (1, 0, 0, 0)
    with parts.database.read() as session:
        (note,) = session.query(Note)
    assert note.text.startswith("x" * 20_000)
    assert "2023-05-01" in note.text


@pytest.mark.usefixtures("archive")
def test_faulty_lines_are_told_by_number_and_stop_no_other(parts: Parts, material: Path) -> None:
    stills(material, [1])
    outside = material.parent / "outside.png"
    outside.write_bytes(png(99))
    (material / "link.png").symlink_to(outside)
    os.mkfifo(material / "pipe.png")
    (material / "empty.png").touch()
    (material / "text.png").write_text("no picture")
    lines: list[dict[str, Any] | bytes] = [
        b"\xef\xbb\xbf" + b'{"path": "001.png"}',
        b"\xff\xfe not text",
        b"[" * 60_000,
        b'{"path": "' + b"x" * 200_000 + b'"}',
        b'["no object"]',
        {"title": "no path"},
        {"path": "001.png", "unknown": 1},
        {"path": "001.png", "title": "a\0b"},
        {"path": "001.png", "a\0b": 1},
        b'{"path": "001.png", "title": "\\ud800"}',
        {"path": "../outside.png"},
        {"path": str(outside)},
        {"path": "link.png"},
        {"path": "pipe.png"},
        {"path": "none.png"},
        {"path": "."},
        {"path": "empty.png"},
        {"path": "text.png"},
        {"path": "x" * 3000},
        {"path": "001.png", "collections": ["nowhere"]},
        {"path": "file:///etc/passwd"},
        {"path": "001.png", "claimed_at": "yesterday"},
        {"path": "001.png", "claimed_at": 2024},
    ]
    path = manifest(material / "m.ndjson", lines)
    answer = imported(parts, order(parts, "manifest", path))
    with parts.database.read() as session:
        found = imports.problems(session, answer.id, 200, None).items
    assert counts(answer) == (1, 0, 0, len(lines) - 1)
    assert {each.line: each.code for each in found} == {
        2: "not_utf8",
        3: "not_json",
        4: "line_too_long",
        5: "not_json",
        6: "invalid_line",
        7: "invalid_line",
        8: "invalid_line",
        9: "invalid_line",
        10: "invalid_line",
        11: "outside",
        12: "outside",
        13: "outside",
        14: "no_file",
        15: "missing",
        16: "no_file",
        17: "not_media",
        18: "not_media",
        19: "unreadable",
        20: "refused",
        21: "missing",
        22: "invalid_line",
        23: "invalid_line",
    }
    (unknown,) = (each for each in found if each.line == 9)
    assert unknown.error.startswith("a\ufffdb: ")


@pytest.mark.usefixtures("archive")
def test_a_folder_is_read_with_all_below_it(parts: Parts, material: Path) -> None:
    stills(material / "a" / "b", range(2))
    stills(material, [7])
    (material / ".hidden.png").write_bytes(png(8))
    (material / "readme.txt").write_text("Our archive.")
    (material / os.fsdecode(b"bad-\xff.png")).write_bytes(png(9))
    (material / "loop").symlink_to(material)
    (material / "large.png").write_bytes(png(5, size_bytes=1_000_001))
    answer = imported(parts, order(parts, "folder", material))
    assert counts(answer) == (3, 0, 1, 2)
    left = {each.path: each.code for each in answer.errors}
    assert left == {
        "readme.txt": "not_media",
        "bad-\\udcff.png": "bad_name",
        "large.png": "too_large",
    }
    assert counts(imported(parts, order(parts, "folder", material))) == (0, 0, 4, 2)


@pytest.mark.usefixtures("archive")
def test_the_name_of_a_file_is_kept_without_what_misleads(parts: Parts, material: Path) -> None:
    (material / "march\u202egpj\x85.png").write_bytes(png(1))
    (material / "\u202e").write_bytes(png(2))
    imported(parts, order(parts, "folder", material))
    with parts.database.read() as session:
        names = {each.filename for each in session.query(Media)}
        assert names == {each.filename for each in session.query(Receipt)}
    assert names == {"marchgpj.png", "import"}


@pytest.mark.usefixtures("archive")
def test_what_was_purged_comes_back_by_no_import(parts: Parts, material: Path) -> None:
    stills(material, [1, 2])
    assert counts(imported(parts, order(parts, "folder", material))) == (2, 0, 0, 0)
    with parts.database.read() as session:
        item = session.query(Media).filter(Media.filename == "001.png").one()
    shredder = Shredder(parts.database, parts.blobs, parts.purge_list)
    assert shredding.purge(shredder, item.id, PURGE, at_the_machine("tests"))
    for _ in range(2):
        answer = imported(parts, order(parts, "folder", material))
        assert counts(answer) == (0, 0, 2, 0)
        assert {each.path: each.code for each in answer.errors}["001.png"] == "purged"
    with parts.database.read() as session:
        assert db.media.by_sha256(session, item.sha256) is None
    with parts.database.write() as session:
        again = session.get_one(Media, add_item(session))
        again.sha256 = item.sha256  # as if somebody had uploaded it
    answer = imported(parts, order(parts, "folder", material))
    assert counts(answer) == (1, 0, 1, 0)


@pytest.mark.usefixtures("archive")
def test_imports_are_shown_also_when_what_they_left_out_was_purged(
    parts: Parts, material: Path
) -> None:
    stills(material, [1])
    imported(parts, order(parts, "folder", material))
    again = imported(parts, order(parts, "folder", material))
    assert [each.code for each in again.errors] == ["unchanged"]
    media_id = again.errors[0].media_id
    assert media_id
    shredder = Shredder(parts.database, parts.blobs, parts.purge_list)
    assert shredding.purge(shredder, media_id, PURGE, at_the_machine("tests"))
    (left,) = shown(parts, again.id).errors
    assert (left.code, left.path, left.media_id) == ("unchanged", "", media_id)
    assert "purged" in left.error
    with parts.database.read() as session:
        assert imports.problems(session, again.id, 10, None).items == [left]
        assert len(imports.listed(session, 10, None).items) == 2


@pytest.mark.usefixtures("archive")
def test_what_was_an_upload_before_counts_as_added(parts: Parts, material: Path) -> None:
    (path,) = stills(material, [1])
    make_collection(parts, "second")
    assert counts(imported(parts, order(parts, "folder", material))) == (1, 0, 0, 0)
    assert counts(imported(parts, order(parts, "folder", material, "second"))) == (1, 0, 0, 0)
    path.write_bytes(png(1) + b"more")
    assert counts(imported(parts, order(parts, "folder", material, "second"))) == (1, 0, 0, 0)


@pytest.mark.usefixtures("archive")
def test_what_fails_later_fails_its_line_and_does_so_again(parts: Parts, material: Path) -> None:
    stills(material, range(2))
    import_id = order(parts, "folder", material)
    work(worker(parts))
    assert shown(parts, import_id).state is ImportState.SETTLING
    assert events(parts) == []
    failure = {"code": "corrupt", "detail": "It ends in mid-picture.", "retryable": False}
    with parts.database.write() as session:
        broken = session.query(Media).filter(Media.filename == "001.png").one()
        broken.state, broken.failure = MediaState.FAILED, failure
    again = [imported(parts, import_id), imported(parts, order(parts, "folder", material))]
    assert [counts(each) for each in again] == [(1, 0, 0, 1), (0, 0, 1, 1)]
    for each in again:
        problem = next(one for one in each.errors if one.path == "001.png")
        assert (problem.code, problem.error) == ("corrupt", failure["detail"])


@pytest.mark.usefixtures("archive")
def test_another_worker_goes_on_where_one_ended(parts: Parts, material: Path) -> None:
    stills(material, range(5))
    import_id = order(parts, "folder", material)
    first, stop = worker(parts, "first"), threading.Event()
    with parts.database.write() as session:
        db.workers.beat(session, "first", "here")
    imports.step(first, stop)
    with parts.database.write() as session:  # killed in mid-listing
        listed = imports.get(session, import_id)
        listed.state = ImportState.LISTING
    imports.step(first, stop)
    assert shown(parts, import_id).total == 5
    stop.set()
    imports.step(first, stop)  # enters one, then has to stop
    second = worker(parts, "second")
    with parts.database.write() as session:
        db.workers.beat(session, "first", "here")
    work(second)
    assert row(parts, import_id).taken_by == "first"
    with parts.database.write() as session:
        db.workers.sign_off(session, "first", timeout_s=60)
    work(second)
    fingerprinted(parts)
    work(second)
    assert counts(shown(parts, import_id)) == (5, 0, 0, 0)
    with parts.database.read() as session:
        received = services.events.follow(session, 0, 200).items
    assert [each.type for each in received].count("media.received") == 5
    assert len(events(parts)) == 1


@pytest.mark.usefixtures("archive")
def test_a_worker_that_stood_still_forgets_nothing_of_who_took_over(
    parts: Parts, material: Path
) -> None:
    stills(material, range(2))
    import_id = order(parts, "folder", material)
    stalled = worker(parts, "stalled")
    taken = row(parts, import_id)
    taken.taken_by = "stalled"
    work(worker(parts, "second"))
    running._list(stalled.desk, taken)
    fingerprinted(parts)
    work(worker(parts, "second"))
    assert counts(shown(parts, import_id)) == (2, 0, 0, 0)


@pytest.mark.usefixtures("archive")
def test_a_cancelled_import_enters_no_more(parts: Parts, material: Path) -> None:
    stills(material, range(3))
    import_id = order(parts, "folder", material)
    stop = threading.Event()
    stop.set()
    mine = worker(parts)
    for _ in range(2):
        imports.step(mine, stop)
    with parts.database.write() as session:
        imports.cancel(session, import_id, IMPORTER)
    assert imports.step(mine, threading.Event()) is False
    fingerprinted(parts)
    work(mine)
    answer = shown(parts, import_id)
    assert (answer.state, answer.added, answer.total) == (ImportState.CANCELLED, 1, 3)
    with parts.database.write() as session:
        imports.cancel(session, import_id, IMPORTER)
    done = order(parts, "folder", stills(material / "more", [9])[0].parent)
    imported(parts, done)
    with parts.database.write() as session, pytest.raises(Conflict):
        imports.cancel(session, done, IMPORTER)
    assert verifying.verify(parts.database, parts.trusted).faults == []


@contextmanager
def being_written(path: Path) -> Iterator[None]:
    """A file that grows all the time, however slowly it is looked at."""
    ended = threading.Event()

    def write() -> None:
        with path.open("ab") as file:
            while not ended.wait(0.005):
                file.write(b"more")
                file.flush()

    with ThreadPoolExecutor(1) as pool:
        written = pool.submit(write)
        try:
            yield
        finally:
            ended.set()
            written.result()


@pytest.mark.usefixtures("archive")
def test_a_watched_folder_waits_until_a_file_rests(
    parts: Parts, material: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "REST_S", 0.05)
    stills(material, [1])
    import_id = order(parts, "folder", material, watch=True, every_s=1)
    mine = worker(parts)
    growing = material / "growing.png"
    growing.write_bytes(png(2))
    with being_written(growing):
        until = time.monotonic() + 10
        while shown(parts, import_id).total == 0 and time.monotonic() < until:
            work(mine)
            time.sleep(0.06)
        assert shown(parts, import_id).total == 1
    look_until(parts, mine, import_id, added=2)
    assert shown(parts, import_id).state is ImportState.WATCHING
    again = worker(parts)  # one that does not remember what it saw
    stills(material / "later", [3])
    look_until(parts, again, import_id, added=3)
    assert counts(shown(parts, import_id)) == (3, 0, 0, 0)
    with parts.database.read() as session:
        known = session.query(Media).filter(Media.filename == "001.png").one()
        (receipt,) = db.media.receipts(session, known.id, 10, None).items
    assert receipt.received_via is IntakeMethod.WATCH_FOLDER
    shredder = Shredder(parts.database, parts.blobs, parts.purge_list)
    assert shredding.purge(shredder, known.id, PURGE, at_the_machine("tests"))
    look_until(parts, worker(parts), import_id, added=3)
    time.sleep(1.1)
    work(again)
    work(again)
    assert shown(parts, import_id).total == 3
    with parts.database.read() as session:
        paths = {each.path for each in session.query(db.import_items.ImportItem)}
    assert "001.png" not in paths
    assert "" in paths


def look_until(parts: Parts, mine: imports.Importer, import_id: str, added: int) -> None:
    until = time.monotonic() + 10
    while True:
        work(mine)
        fingerprinted(parts)
        answer = shown(parts, import_id)
        if answer.added == added and answer.state is ImportState.WATCHING:
            return
        assert time.monotonic() < until, answer
        time.sleep(0.05)


@pytest.mark.usefixtures("archive")
def test_a_folder_that_is_gone_ends_its_import(parts: Parts, material: Path) -> None:
    folder = material / "folder"
    folder.mkdir()
    import_id = order(parts, "folder", folder)
    folder.rmdir()
    assert failure(imported(parts, import_id)).code == "missing"


@pytest.mark.usefixtures("archive")
def test_a_folder_that_workers_may_not_look_into_is_said_to_be_so(
    parts: Parts, material: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = order(parts, "folder", material)

    def forbid(_path: Path) -> bool:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    with monkeypatch.context() as another_user:
        another_user.setattr(Path, "exists", forbid)
        work(worker(parts))
    fault = failure(shown(parts, import_id))
    assert (fault.code, fault.error) == ("unreadable", "It cannot be read: Permission denied.")


@pytest.mark.usefixtures("archive")
def test_what_fails_unexpectedly_ends_its_import(parts: Parts, material: Path) -> None:
    import_id = order(parts, "folder", material)
    with parts.database.write() as session:
        imports.get(session, import_id).options = {}
    assert imports.step(worker(parts), threading.Event())
    assert failure(shown(parts, import_id)).code == "internal"


@pytest.mark.usefixtures("archive")
def test_an_import_outlives_trouble_of_the_database(parts: Parts, material: Path) -> None:
    stills(material, [1])
    import_id = order(parts, "folder", material)

    def fail(*told: Any) -> None:
        if told[2].startswith("DELETE FROM import_items"):
            raise OperationalError(told[2], None, Exception("The connection is lost."))

    sa.event.listen(parts.database.engine, "before_cursor_execute", fail)
    with pytest.raises(OperationalError):
        imports.step(worker(parts), threading.Event())
    sa.event.remove(parts.database.engine, "before_cursor_execute", fail)
    assert counts(imported(parts, import_id)) == (1, 0, 0, 0)


@pytest.mark.usefixtures("archive")
def test_a_store_that_cannot_be_written_to_fails_no_file(
    parts: Parts, material: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stills(material, [1])
    import_id = order(parts, "folder", material)
    mine = worker(parts)

    def refuse(_store: LocalBlobs) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    with monkeypatch.context() as broken:
        broken.setattr(LocalBlobs, "receive", refuse)
        with pytest.raises(OSError, match="Read-only"):
            work(mine)
    assert counts(imported(parts, import_id)) == (1, 0, 0, 0)


def test_an_import_reads_only_where_it_may(tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "inside-not"
    for folder in (inside, outside):
        folder.mkdir()
    (inside / "out").symlink_to(outside)
    allowed = [inside]
    assert imports.place_of(str(inside), allowed).root == inside
    for path in (outside, inside / "out", inside / ".." / "inside-not", Path("inside")):
        with pytest.raises(Unprocessable, match="PROVENANCE_IMPORT_FOLDERS"):
            imports.place_of(str(path), allowed)
    with pytest.raises(Unprocessable, match="allows no folder"):
        imports.place_of(str(inside), [])
    with pytest.raises(Unprocessable, match="no addresses"):
        imports.place_of("https://example.org/a", allowed)
    for path in ("/\0", "/" + "x" * 5000, str(inside / "none")):
        with pytest.raises(Unprocessable):
            imports.place_of(path, allowed)


@pytest.mark.usefixtures("archive")
def test_an_order_needs_the_scope_and_the_right_path(parts: Parts, material: Path) -> None:
    path = manifest(material / "m.ndjson", [])
    with pytest.raises(Unprocessable, match="reads a folder"):
        order(parts, "folder", path)
    with pytest.raises(Unprocessable, match="No such collection"):
        order(parts, "manifest", path, "nowhere")
    with pytest.raises(Unprocessable, match="'debunked'"):
        order(parts, "fact_checks", path)
    wanted = NewImport(kind=ImportKind.MANIFEST, path=str(path), collection="archive")
    with parts.database.write() as session, pytest.raises(Forbidden):
        place = imports.place_of(str(path), [material])
        imports.order(session, wanted, place, actor_of(Role.VIEWER, "viewer"))
