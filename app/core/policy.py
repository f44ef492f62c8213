"""What evidence amounts to: relations, grades, and every threshold."""

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
