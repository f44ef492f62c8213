"""The custodian: seals the chain, gets time stamps, verifies daily, and re-reads the stored files."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from app import db
from app.blobs.local import LocalBlobs
from app.services import fixity, integrity, verifying
from app.services.sealing import Due, Sealer
from app.services.stamping import Authority, Stamper

ROUND_EVERY_S = 30.0
READING_S = 20.0
FIRST_VERIFIED_AFTER_S = 600.0
VERIFIED_EVERY_S = 24 * 3600.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Duties:
    """How often, how fast, and whom to ask for time stamps, if anybody."""

    due: Due
    fixity_every: timedelta
    fixity_pace: fixity.Pace
    authority: Authority | None


class Custodian:
    """What keeps the evidence of one desk; any number of them may work on it."""

    def __init__(
        self,
        database: db.Database,
        blobs: LocalBlobs,
        sealer: Sealer,
        trusted: verifying.Trusted,
        duties: Duties,
    ) -> None:
        self._database, self._blobs, self._sealer = database, blobs, sealer
        self._trusted, self._duties = trusted, duties
        authority = duties.authority
        self._stamper = Stamper(database, sealer.folder, authority) if authority else None
        self._verify_at = time.monotonic() + FIRST_VERIFIED_AFTER_S

    def run(self, stop: threading.Event) -> None:
        """Go round until `stop` is set; a duty that fails is tried again soon."""
        while not stop.wait(ROUND_EVERY_S):
            for duty in (self.seal, self.stamp, self.verify_daily, self.read_files):
                _tried(duty)

    def seal(self) -> None:
        """Make a checkpoint if one is due."""
        self._sealer.seal_if_due(self._duties.due)

    def stamp(self) -> None:
        """Ask for the time stamps that are due."""
        if self._stamper is not None:
            self._stamper.round()

    def verify_daily(self) -> None:
        """Verify the whole record once a day, and tell of what is wrong."""
        if time.monotonic() < self._verify_at:
            return
        # It reads everything: one that fails is not tried again in the very next round.
        self._verify_at = time.monotonic() + FIRST_VERIFIED_AFTER_S
        integrity.note(self._database, verifying.verify(self._database, self._trusted))
        self._verify_at = time.monotonic() + VERIFIED_EVERY_S

    def read_files(self) -> None:
        """Re-read files that were not read for long, for a while."""
        until = time.monotonic() + READING_S
        before = db.now() - self._duties.fixity_every
        pace = self._duties.fixity_pace
        for _ in fixity.check_due(self._database, self._blobs, before, pace):
            if time.monotonic() > until:
                return


def _tried(duty: Callable[[], None]) -> None:
    try:
        duty()
    except fixity.Stopped:
        return
    except Exception:
        log.exception("custodian.failed", duty=duty.__name__)
