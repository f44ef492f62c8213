"""Step 2 of the alerts' story by itself: the archive is imported by a desk of real processes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bootstrap import Parts
from tests.acceptance.alerts_imports import Archive, shoot_archive, the_archive_is_imported
from tests.acceptance.newsroom import Newsroom, newsroom
from tests.workers.desk import Desk

LINES = {"sqlite": 200, "postgresql": 50}
"""The story's number once; what differs between the databases shows in fewer."""


@pytest.fixture
def archive(parts: Parts, tmp_path: Path) -> Archive:
    return shoot_archive(tmp_path / "tapes", LINES[parts.database.engine.dialect.name])


@pytest.fixture
def room(parts: Parts, tmp_path: Path, archive: Archive) -> Iterator[Newsroom]:
    allowed = {"PROVENANCE_IMPORT_FOLDERS": str(archive.manifest.parent)}
    desk = Desk(parts.settings, tmp_path, **allowed)
    desk.start()
    try:
        with newsroom(desk, parts.settings.resolved_database_url) as people:
            yield people
    finally:
        desk.close()


@pytest.mark.timeout(600)
def test_the_archive_is_imported(room: Newsroom, archive: Archive) -> None:
    the_archive_is_imported(room, archive)
