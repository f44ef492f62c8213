"""Keeps every item compared with every listed hash: new items, new lists, whatever came first."""

import threading

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

    def run(self, stop: threading.Event) -> None:
        """Compare what is behind until `stop` is set."""
        seen, idle_s = None, ANYWAY_EVERY_S
        while not stop.is_set():
            try:
                newest = self._newest()
                if newest != seen or idle_s >= ANYWAY_EVERY_S:
                    self.catch_up(stop)
                    seen, idle_s = newest, 0.0
            except Exception:
                log.exception("signals.interrupted")
                stop.wait(AFTER_TROUBLE_S)
            stop.wait(EVERY_S)
            idle_s += EVERY_S

    def catch_up(self, stop: threading.Event | None = None) -> int:
        """Compare every item with what was listed by now, and tell of lists; how many signals."""
        until = self._table.catch_up()
        found, failed = 0, set[str]()
        while not (stop and stop.is_set()):
            with self._database.read() as session:
                behind = db.item_hashes.behind(session, until, AT_ONCE + len(failed))
            left = [media_id for media_id in behind if media_id not in failed]
            if not left:
                self._tell(until)
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
