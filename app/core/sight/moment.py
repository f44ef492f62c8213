"""One picture of the query at its very moment of the known item, looked at and weighed as a still is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from app.core.geometry.adjusting import adjusted
from app.core.geometry.blocks import Pixels
from app.core.geometry.closeup import look_closer
from app.core.geometry.examination import Examined
from app.core.geometry.proof import prove
from app.core.geometry.side import Side, Sides
from app.core.geometry.sights import Sight, full, see
from app.core.sight.motion import motion, moves_alike
from app.core.weighing.confidence import Strength, confidence
from app.core.weighing.findings import Seen

SURE = 0.9
MOVING_LEAST = 5
"""Blocks of a picture that must move."""
AGREEING_LEAST = 0.85
"""How nearly those that move must agree."""
EXACT_LEAST = 0.5
"""Share of those that move that must agree as nearly as only copies do."""
ONE_SCENE = 0.5
"""Agreement from which two moments show one scene, however the camera turned."""


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """A picture on the frame of its moment, and what that says."""

    pair: Examined
    strength: Strength

    @property
    def confidence(self) -> float:
        """How surely it is the same moment, taken for itself."""
        return confidence(self.strength)

    @property
    def sure(self) -> bool:
        """Whether it is surely the same moment: what stands still is the same at all of them."""
        moving = self.strength.moving
        moves = moving.asked >= MOVING_LEAST and moving.agreeing >= AGREEING_LEAST
        return moves and moving.exact >= EXACT_LEAST and self.confidence >= SURE

    def off_ms(self, speed: float) -> float:
        """Give the offset of the line of time of some speed on which it lies."""
        return self.pair.known_ms - speed * self.pair.query_ms


def looked_at(found: Seen, pairs: Sequence[Examined], sides: Sides, reach_ms: int) -> list[Moment]:
    """Look at each pair for itself, where the run expects its moment."""
    query, known = sides
    moments = []
    for pair in pairs:
        (closer,) = look_closer(found.run, [pair], (query.sights, known.sights), reach_ms)
        closer = adjusted(closer)
        # A picture that is looked at for itself is weighed as a still is.
        alone = replace(
            found.strength,
            still=True,
            similarity=pair.similarity,
            agreement=closer.agreement,
            inliers=closer.inliers,
            moving=moves_alike([closer], known.sights, of_query=False),
        )
        moments.append(Moment(closer, alone))
    return moments


def steadied(moment: Moment, known: Side) -> Moment:
    """Give the moment, weighed by what moves before the known camera and not by that camera's own turns.

    Over flat scenery any take shows what another one shows at some moment.
    """
    pair = moment.pair
    if pair.fit is None:
        return moment
    around = known.sights.around(pair.known_ms)
    laid = [_laid_on(pair.known, each) for each in around]
    held = [each for each in laid if each is not None] or around
    moving = motion(pair.query.grey, pair.known.grey, held, pair.fit.matrix)
    return replace(moment, strength=replace(moment.strength, moving=moving))


def _laid_on(picture: Sight, other: Pixels) -> Pixels | None:
    """Lay another moment over a picture, which goes on beside it; None where they are of no one scene."""
    fit = prove(see(np.dstack([other] * 3)), full(picture), mirrored=False)
    if fit is None or fit.agreement < ONE_SCENE:
        return None
    height, width = picture.grey.shape
    return np.asarray(
        cv2.warpAffine(
            other,
            fit.matrix,
            (width, height),
            dst=picture.grey.copy(),
            borderMode=cv2.BORDER_TRANSPARENT,
        ),
        np.uint8,
    )
