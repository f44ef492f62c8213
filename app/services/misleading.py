"""Learns from rejections: which stretches of a known item misled more than once.

Read from the stored decisions each time, so that a decision that is taken back is unlearnt.
"""

from collections.abc import Sequence
from typing import Any

from app.core.matches import HEARD, SEEN, Modality, Span
from app.core.matching.masks import Stretches

REJECTIONS_MIN = 2
"""Uploads for which people rejected the same stretch of a known item before it counts as common."""


def misled(rejected: Sequence[Sequence[dict[str, Any]]]) -> Stretches:
    """Give the stretches of one known item that people rejected for several uploads.

    `rejected` holds the segments of each rejected match with it, as they are stored.
    """
    return Stretches(sight=_repeated(rejected, SEEN), sound=_repeated(rejected, HEARD))


def _repeated(
    rejected: Sequence[Sequence[dict[str, Any]]], modalities: Sequence[Modality]
) -> tuple[Span, ...]:
    """Give what lies in the known stretches of enough matches; within one match it counts once."""
    spans = [
        [
            (each["known"]["start_ms"], each["known"]["end_ms"])
            for each in segments
            if each["modality"] in modalities
        ]
        for segments in rejected
    ]
    borders = sorted({at for match in spans for span in match for at in span})
    repeated: list[Span] = []
    for start, end in zip(borders, [*borders[1:], *borders[-1:]], strict=True):
        times = sum(any(a <= start and end <= b for a, b in match) for match in spans)
        if times < REJECTIONS_MIN:
            continue
        if repeated and repeated[-1].end_ms == start:
            repeated[-1] = Span(repeated[-1].start_ms, end)
        else:
            repeated.append(Span(start, end))
    return tuple(repeated)
