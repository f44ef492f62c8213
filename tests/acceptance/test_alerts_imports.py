"""Step 2 of the alerts' story by itself: the archive is imported by a desk of real processes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bootstrap import Parts
from tests.acceptance.alerts_imports import shoot_archive, the_archive_is_imported
from tests.acceptance.newsroom import Newsroom, newsroom
from tests.workers.desk import Desk


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shoot_archive(tmp_path_factory.mktemp("archive") / "tapes")


@pytest.fixture
def room(parts: Parts, tmp_path: Path, manifest: Path) -> Iterator[Newsroom]:
    allowed = {"PROVENANCE_IMPORT_FOLDERS": str(manifest.parent)}
    desk = Desk(parts.settings, tmp_path, **allowed)
    desk.start()
    try:
        with newsroom(desk, parts.settings.resolved_database_url) as people:
            yield people
    finally:
        desk.close()


@pytest.mark.timeout(600)
def test_the_archive_is_imported(room: Newsroom, manifest: Path) -> None:
    the_archive_is_imported(room, manifest)
