"""What is not the known item's in what shows it: other sound under its pictures, other pictures between."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from app.core.fingerprints.fingerprint import Fingerprint
from app.core.matches import CUT_FROM_MS, SEEN, Modality, Segment, Span
from app.core.naming.transforms import Transform
from app.core.sound.lines import Heard
from app.core.sound.soundtrack import changed_sound, together
from app.core.temporal.overlapping import without_overlap
from app.core.temporal.runs import Run

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
        for part in without_overlap(run, [each.query_ms for each in alike])
        if (named := changed_sound(part, query, known, alike))
    ]
    same = without_overlap(run, [part.query_ms for part, _, _ in parts])
    parts += [(part, Modality.BOTH, ()) for part in same]
    return sorted(parts, key=lambda each: each[0].query_ms)


def shows_others(segments: Sequence[Segment], query: Fingerprint, known: Fingerprint) -> bool:
    """Say whether other pictures stand between what is shared, or go with what is only heard.

    More than black, or a card: on either side something that carries a vote.
    """
    return any(
        _pictured(query, mine) or _pictured(known, theirs)
        for mine, theirs in (*_heard_only(segments), *_between(segments))
    )


def _heard_only(segments: Iterable[Segment]) -> Iterator[tuple[Span, Span]]:
    return ((each.query, each.known) for each in segments if each.modality is Modality.AUDIO)


def _between(segments: Iterable[Segment]) -> Iterator[tuple[Span, Span]]:
    """Give the pauses between what is seen, and what the known item has there."""
    seen = sorted(
        (each for each in segments if each.modality in SEEN), key=lambda each: each.query.start_ms
    )
    for one, other in pairwise(seen):
        pause = Span(one.query.end_ms, other.query.start_ms)
        if pause.length_ms >= CUT_FROM_MS:
            yield pause, Span(one.known.end_ms, other.known.start_ms)


def _pictured(side: Fingerprint, span: Span) -> bool:
    at_ms = side.timestamps_ms[side.votes]
    return bool(((at_ms > span.start_ms + ENDS_MS) & (at_ms < span.end_ms - ENDS_MS)).any())
