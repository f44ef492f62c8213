"""Keeps every item compared with every listed hash: new items, new lists, whatever came first."""

import threading
import time

import structlog

from app import db
from app.blobs.local import LocalBlobs
from app.schemas.enums import EventType
from app.services import events, hindrances, signals
from app.services.listed_table import ListedTable

EVERY_S = 0.5
ANYWAY_EVERY_S = 60.0
AFTER_TROUBLE_S = 5.0
AT_ONCE = 50

log = structlog.get_logger(__name__)


class SignalWatch:
    """Goes over the items that are behind; any number of processes may do so at once."""

    def __init__(self, database: db.Database, blobs: LocalBlobs, table: ListedTable) -> None:
        self._database, self._blobs, self._table = database, blobs, table
        self._seen = (0, 0)
        self._whole_at = -ANYWAY_EVERY_S

    def run(self, stop: threading.Event) -> None:
        """Compare what is behind until `stop` is set."""
        while not stop.is_set():
            try:
                self.look(stop)
            except Exception:
                log.exception("signals.interrupted")
                stop.wait(AFTER_TROUBLE_S)
            stop.wait(EVERY_S)

    def look(self, stop: threading.Event | None = None) -> None:
        """Compare what is behind, if something is new; of new items alone without reading all others."""
        newest, now = self._newest(), time.monotonic()
        if newest[0] != self._seen[0] or now - self._whole_at >= ANYWAY_EVERY_S:
            self.catch_up(stop)
            self._whole_at = now
        elif newest != self._seen:
            self._compare(self._table.catch_up(), stop, after=self._seen[1])
        self._seen = newest

    def catch_up(self, stop: threading.Event | None = None) -> int:
        """Compare every item with what was listed by now, and tell of lists; how many signals."""
        until = self._table.catch_up()
        found = self._compare(until, stop)
        if not (stop and stop.is_set()):
            self._tell(until)
        return found

    def _compare(self, until: int, stop: threading.Event | None, after: int = 0) -> int:
        """Compare the items with fingerprints numbered beyond `after`; how many signals."""
        found, failed = 0, set[str]()
        while not (stop and stop.is_set()):
            with self._database.read() as session:
                behind = db.item_hashes.behind(session, until, AT_ONCE + len(failed), after)
            left = [media_id for media_id in behind if media_id not in failed]
            if not left:
                break
            for media_id in left[:AT_ONCE]:
                try:
                    found += signals.check(self._database, self._blobs, self._table, media_id)
                except Exception as error:
                    if hindrances.for_all(error):
                        raise
                    log.exception("signals.check_failed", media_id=media_id)
                    failed.add(media_id)
        return found

    def _newest(self) -> tuple[int, int]:
        with self._database.read() as session:
            listed = db.listed_hashes.last_number(session)
            return listed, db.fingerprints.last_number(session)

    def _tell(self, until: int) -> None:
        """Tell of each list that every item was compared with that can be, once."""
        with self._database.write() as session:
            db.in_commit_order(session)
            for each in db.hash_lists.untold(session, until):
                between = (each.told_until, each.last_number)
                told = {
                    "feed": each.slug,
                    "signals_n": db.listed_hashes.count_between(session, each.id, *between),
                    "matches_n": db.signals.count_between(session, each.id, *between),
                }
                events.publish(session, EventType.FEED_RECEIVED, None, told)
                each.told_until = each.last_number
