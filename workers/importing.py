"""The job worker's thread for imports of known material."""

import threading

from app.blobs.local import LocalBlobs
from app.db import Database
from app.jobs import JobQueue
from app.services import imports
from app.settings import Settings


def start(
    settings: Settings,
    database: Database,
    queue: JobQueue,
    worker_id: str,
    stop: threading.Event,
) -> None:
    """Import what is ordered until told to stop, as long as there is room on the disk."""
    blobs = LocalBlobs(settings.blobs_dir, reserve_bytes=settings.upload_reserve_bytes)
    desk = imports.Desk(database, blobs, queue, worker_id, settings.upload_max_bytes)
    importer = imports.Importer(desk, settings.heartbeat_timeout_s)
    threading.Thread(target=imports.run, args=(importer, stop), daemon=True).start()
