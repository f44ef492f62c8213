"""What a change of algorithm asks for: which items are to be fingerprinted anew, and how far that is."""

from dataclasses import dataclass
from itertools import batched
from typing import Any

from sqlalchemy.orm import Session

from app import db

AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Upgrade:
    """How far the upgrade to an algorithm is: items in all, still waiting, and why some failed."""

    items: int
    waiting: int
    failures: dict[str, dict[str, Any]]

    @property
    def done(self) -> int:
        """Items with a fingerprint by the current algorithm."""
        return self.items - self.waiting - len(self.failures)


def progress(session: Session) -> Upgrade:
    """Say how far the planned upgrade is."""
    return Upgrade(
        items=db.processing.count_fingerprinted(session),
        waiting=db.refingerprints.waiting(session),
        failures=db.refingerprints.failures(session),
    )


def outdated(database: db.Database, algorithm: str) -> list[str]:
    """Give the items that have no fingerprint by this algorithm, in order of arrival."""
    with database.read() as session:
        return db.refingerprints.outdated(session, algorithm)


def plan(database: db.Database, algorithm: str) -> int:
    """Queue what has no fingerprint by this algorithm, but for what failed; gives how many items.

    What was queued for another one, and is as this one left it, is not: that was taken back.
    """
    with database.write() as session:
        db.exclusively(session, "refingerprints")
        db.refingerprints.drop_needless(session, algorithm)
    put = 0
    for some in batched(outdated(database, algorithm), AT_ONCE):
        with database.write() as session:
            # Workers that start together plan the same.
            db.exclusively(session, "refingerprints")
            put += db.refingerprints.plan(session, some, algorithm)
    return put


def try_failed_again(database: db.Database, algorithm: str) -> None:
    """Queue those items again that could not be fingerprinted anew or searched for again."""
    with database.write() as session:
        db.refingerprints.try_failed_again(session, algorithm)
