"""How many earlier items an import explains: a figure only once all of them were searched for it."""

import time
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from app import db

REST = 19
"""How many times as long as it took is waited before it is asked again."""


def retro_matches(session: Session, import_id: str) -> int | None:
    """Earlier items that were found to show what came; None while some were not searched for it."""
    added = db.rechecks.last_added(session, db.import_items.media_of(import_id))
    if db.rechecks.any_behind(session, added) or db.rechecks.any_missed(session, added):
        return None
    return db.import_items.retro_matches(session, import_id)


def is_under_way(session: Session, import_id: str) -> bool:
    """Whether earlier items are being searched for what an import brought.

    Not while all fingerprints are made anew, which takes days: searches wait for that.
    """
    if db.refingerprints.waiting(session):
        return False
    added = db.rechecks.last_added(session, db.import_items.media_of(import_id))
    return db.rechecks.any_behind(session, added)


@dataclass
class Asking:
    """Asks whether imports are under way for a twentieth of the time at most.

    Of one of a hundred thousand items it takes a tenth of a second, for as long as the past is searched.
    """

    _again_at_s: dict[str, float] = field(default_factory=dict)

    def is_under_way(self, session: Session, import_id: str) -> bool:
        """Whether earlier items are being searched; True without asking for a while after it was so."""
        started_s = time.monotonic()
        if started_s < self._again_at_s.get(import_id, 0.0):
            return True
        found = is_under_way(session, import_id)
        ended_s = time.monotonic()
        self._again_at_s[import_id] = ended_s + REST * (ended_s - started_s)
        return found
