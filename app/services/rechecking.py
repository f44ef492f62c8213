"""Match what becomes known against every earlier item, so that it is alerted of the past too.

Each item's search says up to which entry of the log of known material it went; whatever is behind,
and not settled, is the queue. Items are searched in what was added since, in spans that fit into
memory; only where something new is found, all known material is searched again. One worker of all
does this; two that take themselves for that one at once find the same, and tell it once.
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import structlog
from sqlalchemy.orm import Session

from app import db
from app.db.rechecks import LogSpan
from app.schemas.enums import MatchFound
from app.services import hindrances, recording
from app.services.heavy import Bench, Found

PAUSE_S = 1.0
AGAIN_AFTER = timedelta(hours=1)
ITEMS_AT_ONCE = 50
MOST_FRAMES = 100_000
"""Added frames that are searched at once: some 30 MB."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Rechecker:
    """One worker's part: which fingerprints it can compare, and who it is among the others."""

    database: db.Database
    algorithm: str
    worker_id: str
    heartbeat_timeout_s: float


def run(
    mine: Rechecker,
    open_bench: Callable[[], AbstractContextManager[Bench]],
    stop: threading.Event,
) -> None:
    """Recheck whenever something was added, until told to stop; a bench is open only meanwhile."""
    while not stop.wait(PAUSE_S):
        try:
            if has_work(mine):
                with open_bench() as bench:
                    while not stop.is_set() and step(mine, bench):
                        pass
        except Exception:
            log.exception("rechecking.interrupted")


def has_work(mine: Rechecker) -> bool:
    """Say whether there is a step that this worker could take."""
    with mine.database.read() as session:
        return any(_turn(session, mine))


def step(mine: Rechecker, bench: Bench) -> bool:
    """Search some items in what was added; false when there is nothing for this worker now."""
    with mine.database.read() as session:
        span, passed_over = _turn(session, mine)
        until = span.until if span else 0
        items = db.rechecks.behind(session, mine.algorithm, until, ITEMS_AT_ONCE)
    if span is not None:
        _search(mine.database, bench, items, span)
    elif passed_over is not None:
        _search_again(mine.database, bench, passed_over)
    return bool(span or passed_over)


def _turn(session: Session, mine: Rechecker) -> tuple[LogSpan | None, str | None]:
    """What was added since the search that is furthest behind; else an item to be tried again."""
    first = db.workers.first_alive(session, mine.heartbeat_timeout_s)
    # New fingerprints of known items come in one after the other: once they all are there.
    if first != mine.worker_id or db.refingerprints.waiting(session, mine.algorithm):
        return None, None
    after = db.rechecks.oldest(session, mine.algorithm)
    if after is None:
        return None, db.rechecks.passed_over(session, mine.algorithm, db.now() - AGAIN_AFTER)
    return db.rechecks.next_span(session, after, mine.algorithm, MOST_FRAMES), None


def _search(database: db.Database, bench: Bench, items: Sequence[str], span: LogSpan) -> None:
    quiet: dict[str, Found] = {}
    for media_id in items:
        work = partial(bench.recheck, media_id, span)
        found = hindrances.tried(work, partial(_pass_over, database, media_id, span.until))
        if found and found.hits:
            _record(database, media_id, found)
        elif found:
            quiet[media_id] = found
    with database.write() as session:
        db.in_commit_order(session)
        for media_id in db.media.by_ids(session, quiet):
            recording.record_nothing_new(session, media_id, quiet[media_id])


def _search_again(database: db.Database, bench: Bench, media_id: str) -> None:
    """Search everything for an item for which that failed before."""
    work = partial(bench.match, media_id)
    found = hindrances.tried(work, partial(_pass_over, database, media_id, 0))
    if found:
        _record(database, media_id, found)


def _record(database: db.Database, media_id: str, found: Found) -> None:
    with database.write() as session:
        db.in_commit_order(session)
        if db.media.lock(session, media_id) is not None:
            recording.record(session, media_id, found, MatchFound.RETROACTIVE)
    log.info("rechecking.found", media_id=media_id, matches=len(found.hits))


def _pass_over(database: db.Database, media_id: str, until: int, error: Exception) -> None:
    """Let one item that cannot be searched not keep all others from it; its search says so."""
    with database.write() as session:
        db.rechecks.pass_over(session, media_id, until)
    log.warning("rechecking.item_failed", media_id=media_id, error=repr(error))
