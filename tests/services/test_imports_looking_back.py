"""An import is at its end when all earlier items were searched for it; until then there is no figure."""

import shutil
import time
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app.bootstrap import Parts
from app.db.media import Media
from app.schemas.enums import MediaState
from app.schemas.import_enums import ImportState
from app.services import processing
from app.services.bench import LocalBench
from app.services.imports import Importer, looking_back, watching
from tests.filming import film
from tests.services.importing import events, order, shown, work, worker
from tests.services.test_rechecking import Desk, failing


@pytest.fixture
def desk(parts: Parts, client: TestClient, bench: LocalBench) -> Desk:
    return Desk(parts, client, bench)


@pytest.fixture
def folder(tmp_path: Path, clips: tuple[Path, Path]) -> Path:
    """What is imported: a clip of which an upload came before."""
    made = tmp_path / "tapes"
    made.mkdir()
    shutil.copy(clips[0], made / "clip.mp4")
    return made


def enter(desk: Desk, import_id: str, mine: Importer | None = None) -> None:
    """Enter what is listed, and let it be fingerprinted and searched for."""
    work(mine or worker(desk.parts))
    with desk.parts.database.read() as session:
        waiting = session.query(Media.id).filter(Media.state == MediaState.RECEIVED)
        ids = [row.id for row in waiting]
    for media_id in ids:
        processing.process(desk.parts.database, desk.bench, media_id)
    work(worker(desk.parts))
    assert shown(desk.parts, import_id).added == len(ids)


def test_it_ends_with_the_figure_once_the_past_was_searched(
    desk: Desk, clips: tuple[Path, Path], folder: Path
) -> None:
    desk.send(clips[1])
    import_id = order(desk.parts, "folder", folder)
    enter(desk, import_id)
    answer = shown(desk.parts, import_id)
    assert (answer.state, answer.retro_matches) == (ImportState.SETTLING, None)
    assert events(desk.parts) == []
    desk.recheck()
    work(worker(desk.parts))
    answer = shown(desk.parts, import_id)
    assert (answer.state, answer.retro_matches) == (ImportState.COMPLETED, 1)
    assert [told["retro_matches"] for told in events(desk.parts)] == [1]


def test_what_could_not_be_searched_leaves_it_unknown(
    desk: Desk, clips: tuple[Path, Path], folder: Path
) -> None:
    crashing = desk.send(clips[1])
    import_id = order(desk.parts, "folder", folder)
    enter(desk, import_id)
    desk.recheck(failing(desk.bench, crashing))
    work(worker(desk.parts))
    answer = shown(desk.parts, import_id)
    assert (answer.state, answer.retro_matches) == (ImportState.COMPLETED, None)
    assert [told["retro_matches"] for told in events(desk.parts)] == [None]


def test_a_watched_folder_does_not_wait(
    desk: Desk, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.send(film(tmp_path / "other.mp4", seconds=2, seed=81, shots=1))
    monkeypatch.setattr(watching, "REST_S", 0.05)
    import_id = order(desk.parts, "folder", folder, watch=True, every_s=1)
    mine = worker(desk.parts)
    work(mine)
    time.sleep(0.1)
    enter(desk, import_id, mine)
    answer = shown(desk.parts, import_id)
    assert (answer.state, answer.retro_matches) == (ImportState.WATCHING, None)
    assert [told["retro_matches"] for told in events(desk.parts)] == [None]
    desk.recheck()
    assert shown(desk.parts, import_id).retro_matches == 0


def test_whether_the_past_is_searched_is_not_asked_all_the_time(
    desk: Desk, clips: tuple[Path, Path], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.send(clips[1])
    import_id = order(desk.parts, "folder", folder)
    enter(desk, import_id)
    asked: list[str] = []

    def slowly(_session: Session, each: str) -> bool:
        asked.append(each)
        time.sleep(0.05)
        return True

    monkeypatch.setattr(looking_back, "is_under_way", slowly)
    mine = worker(desk.parts)
    for _ in range(10):
        work(mine)
    assert asked == [import_id]
    time.sleep(0.05 * looking_back.REST + 0.1)
    work(mine)
    assert asked == [import_id] * 2
