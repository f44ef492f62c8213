"""A first answer within a second: what a video's key frames resemble, until the full answer is there.

Preliminary matches are rows of the same table, marked, never above `lead`. They are stored only
while the item is on its way, and its end removes those that it does not hold up.
"""

import structlog

from app import db
from app.core.errors import Unreadable
from app.services import recording
from app.services.heavy import Bench, Found

PREVIEW_SHARE = 0.05

log = structlog.get_logger(__name__)


def preview(database: db.Database, bench: Bench, media_id: str) -> None:
    """Look at an item for the first time, unless it was looked at or has come to its end."""
    with database.write() as session:
        item = db.processing.begin_preview(session, media_id)
    if item is None:
        return
    try:
        found = bench.preview(media_id, item.sha256)
    except Unreadable as error:
        # Whether the item fails is for the full work to say.
        log.info("preview.nothing_seen", media_id=media_id, code=error.code)
        end(database, media_id)
    else:
        end(database, media_id, found)
        log.info("preview.done", media_id=media_id, matches=len(found.hits))


def end(database: db.Database, media_id: str, found: Found | None = None) -> None:
    """Say that the first look is over, and keep what it found; an item at its end is left alone."""
    with database.write() as session:
        if db.processing.end_preview(session, media_id, PREVIEW_SHARE) and found:
            recording.record_early(session, media_id, found)
