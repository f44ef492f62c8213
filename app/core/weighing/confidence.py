"""How surely a run of aligned frames is shared footage: what speaks for it, and how much that weighs."""

import math
from dataclasses import dataclass

from app.core.reels.course import Course

SIMILARITY_CHANCE = 0.3
"""Unrelated frames that get as far as alignment are about this alike."""
INLIERS_ENOUGH = 300  # key points; more say no more
AGREES_NEARLY_ALL = 0.9
"""Two takes in one room agree in up to this share of their blocks; copies at the same moment in all."""
WITNESSES_ENOUGH = 4  # frames of different content
ASKED_ENOUGH = 20  # blocks that move; fewer agree by chance
COMPARED_ENOUGH = 24
"""Blocks: of a plain picture only a few can be compared, and those agree by chance."""
MOVING_ENOUGH = 3.0  # grey levels by which pictures change; less is mostly noise
LENGTH_ENOUGH_MS = 10_000  # of what runs together; longer says no more
TELLING_MS = 1_500  # of what runs together; in less any movement may
TURNED_FROM, TURNED_ENOUGH_MS = 0.1, 6_000
"""A gesture of another take, played faster or slower, may fall together with this one for a while."""
BACKWARDS_FROM = 0.03
"""The same played backwards, where each speed and direction is one more chance."""
OF_COURSE = ("motion", "sharp", "agreeing", "exactly", "all_over", "apart", "length", "turned")
"""What only two films laid over each other say."""


@dataclass(frozen=True, slots=True)
class Moving:
    """How many of the compared blocks move, and how nearly those agree, 0 to 1.

    `exact` is the share of the moving blocks that agree as only copies do, `clear` how nearly all
    compared blocks agree, `in_place` the share of agreeing ones that agree best where they lie.
    """

    compared: int
    asked: int
    agreeing: float
    exact: float
    clear: float
    in_place: float


UNASKED = Moving(compared=0, asked=0, agreeing=0.0, exact=0.0, clear=0.0, in_place=0.0)
"""Before the moving blocks were asked, or where there is nothing to lay over each other."""


@dataclass(frozen=True, slots=True)
class Strength:
    """What speaks for one run of aligned frames.

    `similarity`: mean over the aligned frames; `agreement`: the share of picture blocks that
    agree, averaged over examined pairs; `inliers`: the pairs' median; `witnesses`: aligned frames
    of different content; `course`: how the reels run together, None where they cannot be laid over
    each other; `alike`: how well the reels' pictures agree along it; `length_ms`: for how long;
    `moving`: of a still, the blocks that move in the video around the moment.
    """

    still: bool
    similarity: float
    agreement: float
    inliers: int
    witnesses: int
    course: Course | None = None
    alike: float = 0.0
    length_ms: int = 0
    moving: Moving = UNASKED


# VIDEO: logistic regression by `python -m benchmarks.quality.weights` on the fit side, rounded.
# STILL: begun so, then set between the hardest true and false pairs (docs/decisions/0038).
VIDEO = {
    "bias": -5.0,
    "similarity": 0.0,
    "agreement": 0.4,
    "nearly_all": 2.7,
    "inliers": 1.0,
    "alike": 0.1,
    "motion": 1.6,
    "sharp": 1.5,
    "agreeing": 1.7,
    "exactly": 1.1,
    "all_over": 0.4,
    "apart": -1.7,
    "witnesses": 0.8,
    "length": 1.3,
    "turned": -4.2,
}
STILL = {
    "bias": -7.6,
    "similarity": 0.2,
    "agreement": 1.0,
    "nearly_all": 1.6,
    "inliers": 0.6,
    "moving": 2.0,
    "all_over": 0.6,
    "exact": 2.2,
    "clear": 1.6,
    "nearly_clear": 2.5,
    "in_place": 6.0,
}
CLEAR_NEARLY_ALL = 0.9
"""Two takes in one room agree as nearly as this at most where nothing moves; copies at the moment in all."""
IN_PLACE_CHANCE = 0.5
"""Up to 0.66 of the agreeing blocks of other takes lie in their place, 0.8 of those of most copies."""
AGREEING_CHANCE = 0.5
"""Moving blocks of two takes agree as nearly at most; copies at the very moment nearly always more."""


def confidence(strength: Strength) -> float:
    """Give how likely the run is shared footage, 0 to 1."""
    weights = STILL if strength.still else VIDEO
    found = features(strength)
    score = weights["bias"] + sum(weights[name] * value for name, value in found.items())
    return 1.0 / (1.0 + math.exp(-score))


def features(strength: Strength) -> dict[str, float]:
    """Give the evidence as numbers of about 0 to 1, by the names that `VIDEO` and `STILL` weigh.

    Of both: how alike the frames are (`similarity`), the share of blocks that agree (`agreement`,
    and `nearly_all` above what other takes reach), key points (`inliers`). Of two films: how alike
    their pictures are (`alike`); of what moves how it runs together (`motion`), by how much better
    than at other offsets (`sharp`), for how long (`length`), the share of moving blocks that agree
    (`agreeing`, `exactly` above what other takes reach) or not (`apart`), how much moves at all
    (`all_over`); different content (`witnesses`), and how doubtful a changed speed is (`turned`).
    Of a still, as `Moving` has them: blocks that move and agree (`moving`, `all_over`, `exact`), how
    nearly all agree (`clear`, `nearly_clear`), and how many lie in their place (`in_place`).
    """
    both = {
        "similarity": max(0.0, strength.similarity - SIMILARITY_CHANCE),
        "agreement": strength.agreement,
        "nearly_all": 10 * max(0.0, strength.agreement - AGREES_NEARLY_ALL),
        "inliers": math.log1p(min(strength.inliers, INLIERS_ENOUGH)) / math.log1p(INLIERS_ENOUGH),
    }
    return both | (_of_still(strength.moving) if strength.still else _of_video(strength))


def _of_still(moving: Moving) -> dict[str, float]:
    """Ask what moves: more where all moves, as before a camera in a hand."""
    asked = min(1.0, moving.asked / ASKED_ENOUGH)
    more = asked * (moving.agreeing - AGREEING_CHANCE)
    all_over = more * moving.asked / max(1, moving.compared)
    compared = min(1.0, moving.compared / COMPARED_ENOUGH)
    clear = compared * moving.clear
    return {
        "moving": more,
        "all_over": all_over,
        "exact": asked * moving.exact,
        "clear": clear,
        "nearly_clear": 10 * max(0.0, clear - CLEAR_NEARLY_ALL),
        "in_place": compared * max(0.0, moving.in_place - IN_PLACE_CHANCE) / (1 - IN_PLACE_CHANCE),
    }


def _of_video(strength: Strength) -> dict[str, float]:
    witnesses = (min(strength.witnesses, WITNESSES_ENOUGH) - 1) / (WITNESSES_ENOUGH - 1)
    course = strength.course
    if course is None:
        return dict.fromkeys(OF_COURSE, 0.0) | {"alike": strength.alike, "witnesses": witnesses}
    moves = min(1.0, course.moving / MOVING_ENOUGH)
    asked = min(1.0, course.asked / ASKED_ENOUGH)
    # A few pictures move alike by chance.
    enough = min(1.0, strength.length_ms / TELLING_MS)
    together = enough * moves * max(0.0, course.motion)
    return {
        "alike": strength.alike,
        "motion": together,
        "sharp": enough * moves * max(0.0, course.motion - max(0.0, course.beside)),
        "agreeing": enough * asked * course.agreeing,
        "exactly": enough * asked * 10 * max(0.0, course.agreeing - AGREES_NEARLY_ALL),
        "all_over": together * course.asked / max(1, course.compared),
        "apart": moves * asked * (1.0 - course.agreeing),
        "witnesses": witnesses,
        "length": min(1.0, strength.length_ms / LENGTH_ENOUGH_MS) * together,
        "turned": _turned(course.speed, strength.length_ms),
    }


def _turned(speed: float, length_ms: int) -> float:
    """Give how little a changed speed is proven by the length of the run; backwards leaves less room."""
    doubt = max(0.0, 1.0 - length_ms / TURNED_ENOUGH_MS)
    backwards = speed < 0
    changed = abs(abs(speed) - 1) > (BACKWARDS_FROM if backwards else TURNED_FROM)
    return doubt * (changed + backwards / 2)
