"""What a confidence amounts to: relations, grades, and the thresholds that decide them."""

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
WHOLE = 0.9
"""Coverage from which an item counts as used in full; ends are only known to half a second."""
LEAD_MOST = 0.49
"""The confidence of what looks sure but may not alert: common material, a short shared jingle."""


def grade(value: float) -> Grade:
    """Give the grade of a confidence."""
    if value >= CERTAIN_FROM:
        return Grade.CERTAIN
    return Grade.PROBABLE if value >= PROBABLE_FROM else Grade.LEAD


def told(confidence: float) -> float:
    """Give a confidence in four digits, rounded down: rounded up it could have a higher grade than it has."""
    return math.floor(confidence * 10_000) / 10_000


def alerts(confidence: float) -> bool:
    """Say whether a confidence is enough for an alert: more than a lead."""
    return grade(confidence) is not Grade.LEAD


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What decides the name of a proven relation."""

    still: bool
    sound_only: bool
    edited: bool
    cut: bool
    coverage_query: float
    coverage_known: float
    sources: int


def relate(found: Grade, case: Circumstances) -> Relation:
    """Name the relation; `exact` is for equal bytes and is decided where hashes are known.

    How much of each side is shared is asked first, since that is what an editor asks first;
    what was done to the picture stands in the segments. What lacks a piece of the middle, or shows
    other pictures there, is edited, however little that is: an excerpt shows what happened as it
    happened.
    """
    if found is Grade.LEAD:
        return Relation.LEAD
    if case.sound_only:
        return Relation.SAME_SOUND
    if case.still:
        return Relation.STILL_OF
    if case.sources > 1 and case.coverage_query < WHOLE:
        return Relation.COMPILATION
    if case.cut and case.coverage_query >= WHOLE:
        return Relation.EDITED
    both = Relation.EDITED if case.edited else Relation.TRANSCODE
    return {
        (True, True): both,
        (True, False): Relation.EXCERPT,
        (False, True): Relation.CONTAINS,
        (False, False): Relation.EDITED,
    }[case.coverage_query >= WHOLE, case.coverage_known >= WHOLE]
