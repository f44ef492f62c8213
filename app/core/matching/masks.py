"""Which frames and sound steps carry no votes, and what is left without them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from app.core.fingerprints.fingerprint import Fingerprint
from app.core.index import SearchHits
from app.core.matches import Span
from app.core.sound.lines import Line

type Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Stretches:
    """Stretches of one item that carry no votes, by sight and by sound."""

    sight: tuple[Span, ...] = ()
    sound: tuple[Span, ...] = ()


NOWHERE = Stretches()


@dataclass(frozen=True, slots=True, eq=False)
class Masks:
    """Which frames and which sound steps of one item carry no votes."""

    rows: Flags
    steps: Flags

    @classmethod
    def of(cls, fingerprint: Fingerprint, stretches: Stretches) -> "Masks":
        """Mask an item's stretches."""
        steps = np.arange(len(fingerprint.sound))
        return cls(
            _inside(fingerprint.timestamps_ms, stretches.sight),
            _inside(Line.time_ms(steps), stretches.sound),
        )

    def __or__(self, other: "Masks") -> "Masks":
        return Masks(self.rows | other.rows, self.steps | other.steps)

    def unvoiced(self, fingerprint: Fingerprint) -> Fingerprint:
        """Give the item with its masked frames and steps voiceless."""
        return replace(
            fingerprint,
            votes=fingerprint.votes & ~self.rows,
            sound_votes=fingerprint.sound_votes & ~self.steps,
        )

    def without_query(self, hits: SearchHits) -> SearchHits:
        """Leave out the hits of masked frames and steps of the query."""
        return SearchHits(
            hits.frames.where(~self.rows[hits.frames.query_row]),
            hits.hashes.where(~self.rows[hits.hashes.query_row]),
            hits.sound.where(~self.steps[hits.sound.query_item]),
        )

    def without_known(self, hits: SearchHits) -> SearchHits:
        """Leave out the hits on masked frames and steps of the known item."""
        return SearchHits(
            hits.frames.where(~self.rows[hits.frames.known_row]),
            hits.hashes.where(~self.rows[hits.hashes.known_row]),
            hits.sound.where(~self.steps[hits.sound.known_item]),
        )


def _inside(times_ms: NDArray[np.int64] | NDArray[np.float64], spans: Iterable[Span]) -> Flags:
    inside = np.zeros(len(times_ms), np.bool_)
    for span in spans:
        inside |= (times_ms >= span.start_ms) & (times_ms <= span.end_ms)
    return inside
