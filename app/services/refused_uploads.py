"""Tell of uploads that were refused, but of few a minute from one key."""

import hashlib
import threading
import time
from collections import Counter
from collections.abc import Callable

import structlog

from app import db
from app.access import Actor
from app.schemas.enums import EventType
from app.schemas.webhook_enums import Rejection
from app.services import events

MOST_A_MINUTE = 20
_MINUTE_S = 60.0

log = structlog.get_logger(__name__)


class RefusedUploads:
    """Counts what each key was refused, so that one that repeats itself floods no receiver."""

    def __init__(self, database: db.Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._lock = threading.Lock()
        self._since = clock()
        self._counts: Counter[str] = Counter()

    def tell(self, reason: Rejection, filename: str, actor: Actor) -> None:
        """Tell of one; more than `MOST_A_MINUTE` of one key are only logged.

        The name is told as its SHA-256, which its sender can make too; unknown, where the file was
        refused before its name was read.
        """
        told = self._counted(actor.id) <= MOST_A_MINUTE
        log.info("media.rejected", reason=reason.value, by=actor.id, told=told)
        if not told:
            return
        hashed = {"filename_hash": hashlib.sha256(filename.encode()).hexdigest()}
        data = {"reason_code": reason, "actor_kind": actor.kind, **(hashed if filename else {})}
        with self._database.write() as session:
            events.publish(session, EventType.MEDIA_REJECTED, None, data)

    def _counted(self, actor_id: str) -> int:
        with self._lock:
            now = self._clock()
            if now - self._since >= _MINUTE_S:
                self._since = now
                self._counts.clear()
            self._counts[actor_id] += 1
            return self._counts[actor_id]
