"""Runs of a query that was filmed at a slant, as off a screen: laid over each other once that is straight."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from app.core import policy
from app.core.fingerprints.reel import NO_REEL, SIDE, Reel, Small
from app.core.geometry.blocks import Matrix
from app.core.geometry.examination import best_of
from app.core.geometry.side import Side, Sides
from app.core.geometry.straightening import leaned, slant_of, straightened
from app.core.policy import Grade
from app.core.sight.confirmation import confirmed
from app.core.sight.laying import Laid, lay_on, overlay_of, sureness
from app.core.weighing.confidence import confidence
from app.core.weighing.findings import Seen
from app.core.weighing.strength import agreement_of, inliers_of


@dataclass(frozen=True, slots=True, eq=False)
class _StraightReel(Reel):
    """A reel whose pictures are straightened: mirrored first where `mirrored`, and back."""

    slant: Matrix | None = None
    mirrored: bool = False

    def at(self, places: NDArray[np.int64]) -> Small:
        pictures = Reel.at(self, places)
        return pictures if self.slant is None else self._straight(pictures, self.slant)

    def _straight(self, pictures: Small, slant: Matrix) -> Small:
        way = -1 if self.mirrored else 1
        found = [leaned(np.ascontiguousarray(each[:, ::way]), slant)[:, ::way] for each in pictures]
        return np.array(found, np.uint8).reshape(pictures.shape)


@dataclass(frozen=True, slots=True, eq=False)
class _Straight(Side):
    """A side whose small film is straightened."""

    straight: Reel = NO_REEL

    @property
    def reel(self) -> Reel:
        return self.straight


def lay_straight(laid: Laid, found: Seen, sides: Sides) -> Laid:
    """Lay an unsure run of a query that is seen at a slant again; gives the surer of both.

    `found` is the run as it was before anything was laid over each other.
    """
    if policy.grade(laid.seen.confidence) is Grade.CERTAIN:
        return laid
    seen = _straightened(found)
    best = best_of(seen.pairs) if seen.pairs else None
    slant = slant_of(best) if best else None
    if best is None or best.fit is None or slant is None:
        return laid
    side, reel = sides[0], sides[0].reel
    slant = _in_reel(slant, best.query.grey.shape)
    film = _StraightReel(reel.times_ms, reel.tiles, reel.places, slant, best.fit.mirrored)
    straight = _Straight(side.fingerprint, side.sights, side.within_ms, film)
    both = straight, sides[1]
    sure = confirmed(lay_on(overlay_of(best), seen, both), both)
    return max(laid, replace(sure, seen=_straightened(sure.seen)), key=sureness)


def _straightened(seen: Seen) -> Seen:
    """Give a run with those pairs that can be straightened, each as it is slanted itself; the hand shakes."""
    pairs = [each for each in map(straightened, seen.pairs) if each is not None]
    if not pairs:
        return replace(seen, pairs=[], confidence=0.0)
    strong = replace(seen.strength, agreement=agreement_of(pairs), inliers=inliers_of(pairs))
    return replace(seen, pairs=pairs, strength=strong, confidence=confidence(strong))


def _in_reel(slant: Matrix, shape: tuple[int, ...]) -> Matrix:
    """Give a slant in pixels of a picture (height, width) in those of a reel, counted from their middles."""
    scale = SIDE / np.array(shape[::-1])
    small = np.diag([*scale, 1.0])
    small[:2, 2] = 0.5 * scale - 0.5
    return np.asarray(small @ slant @ np.linalg.inv(small), np.float64)
