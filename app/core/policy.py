"""What evidence amounts to: relations, grades, confidence, and every threshold that decides them."""

import math
from dataclasses import dataclass
from enum import StrEnum


class Relation(StrEnum):
    """How the query relates to the known item."""

    EXACT = "exact"
    TRANSCODE = "transcode"
    EXCERPT = "excerpt"
    CONTAINS = "contains"
    COMPILATION = "compilation"
    EDITED = "edited"
    STILL_OF = "still_of"
    SAME_SOUND = "same_sound"
    LEAD = "lead"


class Grade(StrEnum):
    """`certain` and `probable` alert; a `lead` never does."""

    CERTAIN = "certain"
    PROBABLE = "probable"
    LEAD = "lead"


class Note(StrEnum):
    """What a reader has to know of a match that nothing else in it says."""

    COMMON_MATERIAL = "common_material"


HIT_FLOOR = 0.28
"""Similarity above background from which two frames are worth aligning: heavy edits score 0.3."""
CERTAIN_FROM = 0.9
PROBABLE_FROM = 0.5
REPORTED_FROM = 0.02
"""Weaker matches are noise; a lead should be worth a look."""
SIMILARITY_CHANCE = 0.3
"""Unrelated frames that get as far as alignment are about this alike."""
INLIERS_ENOUGH = 300
AGREES_NEARLY_ALL = 0.9
"""Two takes in one room agree in up to this share of their blocks; copies at the same moment in all."""
TIMED_ENOUGH = 6.0
WITNESSES_ENOUGH = 4
LOG_ENOUGH = math.log1p(INLIERS_ENOUGH)
WHOLE = 0.9
"""Coverage from which an item counts as used in full; ends are only known to half a second."""
LEAD_MOST = 0.49
"""The confidence of what looks sure but may not alert: common material, a short shared jingle."""


@dataclass(frozen=True, slots=True)
class Moving:
    """How many of the compared blocks move, and the share of the moving ones that agrees."""

    compared: int
    asked: int
    agreeing: float


UNASKED = Moving(compared=0, asked=0, agreeing=0.0)
"""Before the moving blocks were asked, or where there is nothing to lay over each other."""


@dataclass(frozen=True, slots=True)
class Strength:
    """What speaks for one run of aligned frames.

    `similarity`: mean over the aligned frames; `agreement`: the share of picture blocks that
    agree, averaged over examined pairs; `inliers`: the pairs' median; `moving`: how many blocks
    that move were asked, and the share of them that agrees; `timed`: frames that fit this
    moment better than the moments around it, less those expected by chance; `witnesses`:
    aligned frames of different content.
    """

    similarity: float
    agreement: float
    inliers: int
    moving: Moving
    timed: float
    witnesses: int
    still: bool


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each kind of evidence counts; none counts against a match."""

    bias: float
    agreement: float
    nearly_all: float
    inliers: float
    similarity: float
    moving: float
    moving_all_over: float
    timed: float
    witnesses: float
    asked_enough: int
    agreeing_chance: float


# Logistic regression on edited clips and stills against other takes of the same scenes and
# unrelated clips, a false alert weighing three times a miss; leaving clips out changes them little.
FOR_VIDEO = Weights(
    bias=-6.6,
    agreement=2.8,
    nearly_all=3.4,
    inliers=0.6,
    similarity=2.6,
    moving=3.7,
    moving_all_over=0.0,
    timed=3.4,
    witnesses=3.5,
    asked_enough=40,
    agreeing_chance=0.5,
)
FOR_STILLS = Weights(
    bias=-5.4,
    agreement=3.0,
    nearly_all=3.3,
    inliers=1.2,
    similarity=1.5,
    moving=7.0,
    moving_all_over=8.0,
    timed=0.0,
    witnesses=0.0,
    asked_enough=20,
    agreeing_chance=0.6,
)


def confidence(strength: Strength) -> float:
    """Give how likely the run is shared footage, 0 to 1."""
    weights = FOR_STILLS if strength.still else FOR_VIDEO
    moving = strength.moving
    asked = min(1.0, moving.asked / weights.asked_enough)
    witnesses = min(strength.witnesses, WITNESSES_ENOUGH) - 1
    score = weights.bias
    score += weights.agreement * strength.agreement
    score += weights.nearly_all * 10 * max(0.0, strength.agreement - AGREES_NEARLY_ALL)
    score += weights.inliers * math.log1p(min(strength.inliers, INLIERS_ENOUGH)) / LOG_ENOUGH
    score += weights.similarity * max(0.0, strength.similarity - SIMILARITY_CHANCE)
    score += _moving_weight(weights, moving) * asked * (moving.agreeing - weights.agreeing_chance)
    score += weights.timed * min(strength.timed, TIMED_ENOUGH) / TIMED_ENOUGH
    score += weights.witnesses * witnesses / (WITNESSES_ENOUGH - 1)
    return 1.0 / (1.0 + math.exp(-score))


def _moving_weight(weights: Weights, moving: Moving) -> float:
    """Give how much the moving blocks count: more where all moves, as before a camera in a hand."""
    return weights.moving + weights.moving_all_over * moving.asked / max(1, moving.compared)


def grade(value: float) -> Grade:
    """Give the grade of a confidence."""
    if value >= CERTAIN_FROM:
        return Grade.CERTAIN
    return Grade.PROBABLE if value >= PROBABLE_FROM else Grade.LEAD


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What decides the name of a proven relation."""

    still: bool
    sound_only: bool
    edited: bool
    coverage_query: float
    coverage_known: float
    sources: int


def relate(found: Grade, case: Circumstances) -> Relation:
    """Name the relation; `exact` is for equal bytes and is decided where hashes are known.

    How much of each side is shared is asked first, since that is what an editor asks first;
    what was done to the picture stands in the segments.
    """
    if found is Grade.LEAD:
        return Relation.LEAD
    if case.sound_only:
        return Relation.SAME_SOUND
    if case.still:
        return Relation.STILL_OF
    if case.sources > 1 and case.coverage_query < WHOLE:
        return Relation.COMPILATION
    both = Relation.EDITED if case.edited else Relation.TRANSCODE
    return {
        (True, True): both,
        (True, False): Relation.EXCERPT,
        (False, True): Relation.CONTAINS,
        (False, False): Relation.EDITED,
    }[case.coverage_query >= WHOLE, case.coverage_known >= WHOLE]
