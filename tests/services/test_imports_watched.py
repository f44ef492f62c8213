"""Watched folders: what cannot be entered is told once, and not again at every look."""

import os
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest

from app.bootstrap import Parts
from app.schemas.import_enums import ImportState
from app.services import imports
from app.services.imports import watching
from tests.services.importing import (
    events,
    fingerprinted,
    make_collection,
    order,
    shown,
    stills,
    work,
    worker,
)
from tests.uploads import png

LOOKS_S, PATIENCE_S = 2.3, 60.0
"""Some looks into a folder that is looked into every second, and how long they may take."""


@pytest.fixture
def watched(parts: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(watching, "REST_S", 0.05)
    make_collection(parts)
    folder = tmp_path / "watched"
    folder.mkdir()
    return folder


def look_for_a_while(parts: Parts, mine: imports.Importer, import_id: str, told: int) -> None:
    """Look some times, and on until so much was told and the folder is watched again."""
    begun = time.monotonic()
    while time.monotonic() < begun + LOOKS_S or not (
        len(events(parts)) >= told and shown(parts, import_id).state is ImportState.WATCHING
    ):
        assert time.monotonic() < begun + PATIENCE_S
        imports.step(mine, threading.Event())
        fingerprinted(parts)
        time.sleep(0.02)


def test_a_folder_with_nothing_new_is_through_with_its_first_look(
    parts: Parts, watched: Path
) -> None:
    empty = order(parts, "folder", watched, watch=True, every_s=1)
    mine = worker(parts)
    work(mine)
    first = shown(parts, empty)
    assert (first.state, first.total) == (ImportState.WATCHING, 0)
    assert first.finished_at is not None
    stills(watched, [1])
    look_for_a_while(parts, mine, empty, told=1)
    later = shown(parts, empty)
    assert later.added == 1
    assert later.finished_at is not None
    assert later.finished_at > first.finished_at


def test_links_and_pipes_are_left_out(parts: Parts, watched: Path) -> None:
    stills(watched, [1])
    outside = watched.parent / "outside.png"
    outside.write_bytes(png(99))
    (watched / "link.png").symlink_to(outside)
    (watched / "nowhere.png").symlink_to(watched / "none.png")
    os.mkfifo(watched / "pipe.png")
    import_id = order(parts, "folder", watched, watch=True, every_s=1)
    look_for_a_while(parts, worker(parts), import_id, told=1)
    answer = shown(parts, import_id)
    assert (answer.state, answer.added, answer.total) == (ImportState.WATCHING, 1, 1)
    assert len(events(parts)) == 1


def test_what_fails_is_told_once_and_tried_again_when_it_changes(
    parts: Parts, watched: Path
) -> None:
    (path,) = stills(watched, [1])
    incoming = parts.settings.blobs_dir / "incoming"
    incoming.rmdir()
    incoming.touch()
    import_id = order(parts, "folder", watched, watch=True, every_s=1)
    mine = worker(parts)
    look_for_a_while(parts, mine, import_id, told=1)
    answer = shown(parts, import_id)
    assert [each.code for each in answer.errors] == ["internal"]
    assert (answer.state, answer.total) == (ImportState.WATCHING, 1)
    assert len(events(parts)) == 1
    incoming.unlink()
    incoming.mkdir()
    path.write_bytes(png(1) + b"more")
    look_for_a_while(parts, mine, import_id, told=2)
    assert (shown(parts, import_id).added, len(events(parts))) == (1, 2)


def test_a_clock_that_is_set_back_does_not_keep_a_folder_from_being_looked_into(
    parts: Parts, watched: Path
) -> None:
    import_id = order(parts, "folder", watched, watch=True, every_s=1)
    work(worker(parts))
    with parts.database.write() as session:
        imports.get(session, import_id).due_at += timedelta(hours=1)  # by the clock of then
    stills(watched, [1])
    look_for_a_while(parts, worker(parts), import_id, told=1)
    assert shown(parts, import_id).added == 1
