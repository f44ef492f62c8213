"""From settings to parts: the only place that chooses implementations."""

from dataclasses import dataclass

from app.blobs.local import LocalBlobs
from app.db import Database
from app.jobs import JobQueue
from app.settings import Settings


@dataclass(frozen=True)
class Parts:
    """What the doors are given."""

    settings: Settings
    database: Database
    blobs: LocalBlobs
    jobs: JobQueue


def bootstrap(settings: Settings) -> Parts:
    """Build the parts; the database must have been migrated."""
    make_folders(settings)
    url = settings.resolved_database_url
    return Parts(
        settings=settings,
        database=Database(url),
        blobs=LocalBlobs(settings.blobs_dir, reserve_bytes=settings.upload_reserve_bytes),
        jobs=JobQueue(url),
    )


def make_folders(settings: Settings) -> None:
    """Make the data folder, and in it the one that only its owner may look into."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    settings.run_dir.mkdir(mode=0o700, exist_ok=True)
