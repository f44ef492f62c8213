"""Sound and pictures that do not stay together: other sound under a picture, other pictures over a sound."""

from collections.abc import Iterable, Sequence

from app.core.fingerprint import Fingerprint
from app.core.matches import Modality, Segment, Span
from app.core.overlapping import without_overlap
from app.core.runs import Run
from app.core.sound_lines import Heard
from app.core.soundtrack import changed_sound, together
from app.core.transforms import Transform

ENDS_MS = 500
"""Within this of a stretch's end it is not known what belongs to it."""

type Part = tuple[Run, Modality, tuple[Transform, ...]]


def by_sound(
    run: Run, heard: Sequence[Heard], query: Fingerprint, known: Fingerprint
) -> list[Part]:
    """Give the parts of a run in order, each with by what it is shared and what became of its sound.

    What is too short to say that its sound is another one stays with what is heard beside it.
    """
    alike = [each for each in heard if together(run, each)]
    if not alike:
        return [(run, Modality.VISUAL, changed_sound(run, query, known))]
    parts: list[Part] = [
        (part, Modality.VISUAL, named)
        for part in without_overlap(run, alike)
        if (named := changed_sound(part, query, known, alike))
    ]
    same = without_overlap(run, [part for part, _, _ in parts])
    parts += [(part, Modality.BOTH, ()) for part in same]
    return sorted(parts, key=lambda each: each[0].query_ms)


def under_others(segments: Iterable[Segment], query: Fingerprint, known: Fingerprint) -> bool:
    """Say whether what is only heard goes with pictures that are not shared: more than black, or a card."""
    return any(
        _pictured(query, each.query) or _pictured(known, each.known)
        for each in segments
        if each.modality is Modality.AUDIO
    )


def _pictured(side: Fingerprint, span: Span) -> bool:
    at_ms = side.timestamps_ms[side.votes]
    return bool(((at_ms > span.start_ms + ENDS_MS) & (at_ms < span.end_ms - ENDS_MS)).any())
