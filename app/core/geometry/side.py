"""One side of a comparison: an item's fingerprint with its pictures, or a stretch of both."""

from dataclasses import dataclass, replace

from app.core.fingerprints.fingerprint import Fingerprint
from app.core.fingerprints.reel import Reel
from app.core.geometry.blocks import Pixels
from app.core.geometry.sights import Sights
from app.core.media import MediaKind
from app.core.temporal.runs import Timeline
from app.core.temporal.similarity import timeline


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One of the two items compared, or only the stretch of it that lies `within_ms`."""

    fingerprint: Fingerprint
    sights: Sights
    within_ms: tuple[int, int] | None = None

    @property
    def timeline(self) -> Timeline:
        """When its frames play."""
        whole = timeline(self.fingerprint)
        return replace(whole, duration_ms=self.within_ms[1]) if self.within_ms else whole

    @property
    def still(self) -> bool:
        """Whether it is a single picture."""
        return self.fingerprint.kind is MediaKind.STILL

    @property
    def reel(self) -> Reel:
        """Its small film, in which pictures stand until the next one."""
        whole = self.sights.standing
        return whole.cut(*self.within_ms) if self.within_ms else whole

    def grey(self, row: int) -> Pixels:
        """Give the kept picture of a frame."""
        return self.sights.grey(int(self.fingerprint.timestamps_ms[row]))


type Sides = tuple[Side, Side]
"""The query and the known item."""
