"""Footage that shakes, as of a screen filmed from the hand: laid over the known item with both held still.

Each side is held still by itself, in one shot: were the query moved along with the known pictures, a
camera's own movement would agree of itself, also that of another take.
"""

from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from app.core import policy
from app.core.fingerprints.reel import NO_REEL, SIDE, Reel, Small, small
from app.core.geometry.examination import Examined
from app.core.geometry.side import Side, Sides
from app.core.geometry.sights import flipped
from app.core.policy import Grade
from app.core.sight.laying import WORTH_A_LOOK, Laid, lay_on, overlay_of, sureness
from app.core.temporal.runs import Run, placed
from app.core.weighing.findings import Seen

PAIRS_TRIED = 2
SHAKES_PX = 0.7
"""Mean movement, in pixels of a reel, from which holding still can help."""
_WINDOW = cv2.createHanningWindow((SIDE, SIDE), cv2.CV_32F)


@dataclass(frozen=True, slots=True, eq=False)
class _HeldStill(Reel):
    """A reel whose pictures are moved to where one of them lies."""

    reference: Small = field(default_factory=lambda: np.zeros((SIDE, SIDE), np.uint8))

    @classmethod
    def at_picture(cls, reel: Reel, reference: Small) -> "_HeldStill":
        return cls(reel.times_ms, reel.tiles, reel.places, reference)

    def at(self, places: NDArray[np.int64]) -> Small:
        pictures = Reel.at(self, places)
        moved = [_moved(each, -_shift(each, self.reference)) for each in pictures]
        return np.array(moved, np.uint8).reshape(pictures.shape)


@dataclass(frozen=True, slots=True, eq=False)
class _Held(Side):
    """A side whose small film is held still."""

    held: Reel = NO_REEL

    @property
    def reel(self) -> Reel:
        return self.held


def lay_held_still(laid: Laid, found: Seen, sides: Sides) -> Laid:
    """Lay an unsure run of a query that shakes again, both sides held still; gives the surest.

    `found` is the run as it was before anything was laid over each other. After phase correlation
    (Kuglin and Hines, 1975).
    """
    if policy.grade(laid.seen.confidence) is Grade.CERTAIN:
        return laid
    surest = sorted(found.pairs, key=lambda pair: -pair.strength)[:PAIRS_TRIED]
    tried = [_held_still(found, pair, sides) for pair in surest if pair.inliers >= WORTH_A_LOOK]
    return max([laid, *(each for each in tried if each)], key=sureness)


def _held_still(found: Seen, pair: Examined, sides: Sides) -> Laid | None:
    """Hold both sides where a pair lies, in its shot of the query; None where that does not shake."""
    seen = replace(found, run=_in_shot(found.run, pair.query_ms, sides))
    mine = flipped(pair.query.pixels) if pair.fit and pair.fit.mirrored else pair.query.pixels
    references = small(mine), small(pair.known.pixels)
    shown = sides[0].reel.between(*seen.run.query_ms).pictures
    shifts = np.array([_shift(each, references[0]) for each in shown]).reshape(-1, 2)
    if not len(shifts) or float(shifts.std(axis=0).max()) < SHAKES_PX:
        return None
    held = tuple(
        _Held(
            side.fingerprint,
            side.sights,
            side.within_ms,
            _HeldStill.at_picture(side.reel, reference),
        )
        for side, reference in zip(sides, references, strict=True)
    )
    return lay_on(overlay_of(pair), seen, (held[0], held[1]))


def _in_shot(run: Run, time_ms: int, sides: Sides) -> Run:
    """Give what a run shows of the query's shot at a time."""
    mine = sides[0].timeline
    row = int(np.abs(mine.times_ms - time_ms).argmin())
    same = np.flatnonzero(mine.shots == mine.shots[row])
    after = int(same[-1]) + 1
    start_ms = int(mine.times_ms[same[0]]) if same[0] else 0
    end_ms = int(mine.times_ms[after]) if after < len(mine.times_ms) else mine.duration_ms
    within = max(start_ms, run.query_ms[0]), min(end_ms, run.query_ms[1])
    return placed(run, sides[1].timeline, run.line, within)


def _shift(picture: Small, reference: Small) -> NDArray[np.float64]:
    """Give by how many pixels, across and down, a picture is moved against another."""
    moved, _ = cv2.phaseCorrelate(reference.astype(np.float32), picture.astype(np.float32), _WINDOW)
    return np.array(moved, np.float64)


def _moved(picture: Small, by_px: NDArray[np.float64]) -> Small:
    change = np.hstack([np.eye(2), by_px[:, None]])
    replicate = cv2.BORDER_REPLICATE
    return np.asarray(cv2.warpAffine(picture, change, (SIDE, SIDE), borderMode=replicate), np.uint8)
