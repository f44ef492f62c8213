"""Document frequency: what several known items share that share nothing else is usual material.

An ident, a title or a countdown is in many items whose other frames have nothing to do with each
other; a clip that went viral is known many times over too, but those items are alike as a whole.
So the items in which a stretch of the query occurs are compared with each other, the stretch left
out; only items that are unlike count. From the query alone the two cannot be told apart.

Longer footage than LONGEST_MS is never usual: five broadcasts may well show the same eyewitness
video. A music bed may be of any length: items count that share the sound and not the pictures.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from app.core import policy
from app.core.fingerprints.fingerprint import Fingerprint
from app.core.index import SearchHits
from app.core.matches import Span
from app.core.matching.kinship import GAP_MS, Occurrence, unlike_as_a_whole
from app.core.matching.masks import Masks, Stretches
from app.core.sound.lines import Heard
from app.core.temporal.similarity import HASH_BITS

ITEMS_MIN = 5
"""So many unlike items make a stretch usual."""
ITEMS_COMPARED = 40
"""Of those that have a stretch; a clip that went viral is among them many times over."""
LONGEST_MS = 15_000
HIT_FROM = 0.55
"""Similarity from which an occurrence is believed without proof: idents are seldom edited."""
SAME_ITEMS = 0.5
"""Frames that occur in less of the same items (Jaccard) belong to different stretches."""
ROWS_SHARED = 0.5
SOUND_LEAST_MS = 1_000
STRETCHES_MAX = 12
"""Those in the most items are asked about; of a long query more are known several times over."""

type Rows = NDArray[np.int64]
type Known = Callable[[int], Fingerprint]


def usual_material(
    query: Fingerprint, hits: SearchHits, heard: Mapping[int, Sequence[Heard]], known: Known
) -> Masks:
    """Mask what is usual in the query, by sight and by sound."""
    rows = np.zeros(query.frames, np.bool_)
    widest = sorted(_stretches(query, hits), key=lambda each: -len(each.occurrences))
    for stretch in widest[:STRETCHES_MAX]:
        if _enough(stretch.occurrences, known):
            rows[stretch.rows] = True
    # An upload that is nothing else is what it is: there the stretch is all that can be matched.
    if rows.sum() >= policy.WHOLE * query.votes.sum():
        rows[:] = False
    sound = Stretches(sound=tuple(_usual_sound(heard, known)))
    return Masks(rows, Masks.of(query, sound).steps)


@dataclass(frozen=True, slots=True, eq=False)
class _Stretch:
    """Query rows that occur in the same known items, and where in them."""

    rows: Rows
    occurrences: list[Occurrence]


def _stretches(query: Fingerprint, hits: SearchHits) -> Iterator[_Stretch]:
    """Cut the query where the set of items changes; keep what is short and in enough of them."""
    rows, numbers, known_rows = _strong(hits)
    times = query.timestamps_ms
    for group in _groups(rows, numbers, times):
        if times[group[-1]] - times[group[0]] <= LONGEST_MS:
            inside = np.isin(rows, group)
            yield _Stretch(group, _occurrences(numbers[inside], known_rows[inside], len(group)))


def _groups(rows: Rows, numbers: Rows, times_ms: Rows) -> list[Rows]:
    """Give the rows that occur in enough items, those together that occur in the same ones."""
    pairs = np.unique(np.stack([rows, numbers]), axis=1)
    busy, first = np.unique(pairs[0], return_index=True)
    groups: list[list[int]] = []
    before: set[int] = set()
    for row, some in zip(busy.tolist(), np.split(pairs[1], first)[1:], strict=True):
        items = set(some.tolist())
        if len(items) < ITEMS_MIN:
            continue
        same = len(items & before) >= SAME_ITEMS * len(items | before)
        if groups and same and times_ms[row] - times_ms[groups[-1][-1]] <= GAP_MS:
            groups[-1].append(row)
        else:
            groups.append([row])
        before = items
    return [np.array(group) for group in groups]


def _strong(hits: SearchHits) -> tuple[Rows, ...]:
    """Give query rows, numbers and known rows of the hits that are believed."""
    frames = hits.frames.where(hits.frames.score >= HIT_FROM)
    hashes = hits.hashes.where(1.0 - hits.hashes.distance / HASH_BITS >= HIT_FROM)
    return tuple(
        np.concatenate([getattr(part, name) for part in (frames, hashes)]).astype(np.int64)
        for name in ("query_row", "number", "known_row")
    )


def _occurrences(numbers: Rows, known_rows: Rows, rows: int) -> list[Occurrence]:
    """Give the items that have most of the stretch, and their frames that show it, most of them first."""
    found = {number: np.unique(known_rows[numbers == number]) for number in np.unique(numbers)}
    return [
        Occurrence(int(number), shown)
        for number, shown in sorted(found.items(), key=lambda each: -len(each[1]))
        if len(shown) >= ROWS_SHARED * rows
    ]


def _enough(occurrences: Sequence[Occurrence], known: Known) -> bool:
    some = occurrences[:ITEMS_COMPARED]
    return len(some) >= ITEMS_MIN <= unlike_as_a_whole(some, known, ITEMS_MIN)


def _usual_sound(heard: Mapping[int, Sequence[Heard]], known: Known) -> Iterator[Span]:
    """Give the stretches of the query that sound in enough items of other pictures."""
    sure = [
        (number, each)
        for number, stretches in heard.items()
        for each in stretches
        if policy.alerts(each.confidence)
    ]
    borders = sorted({at for _, each in sure for at in each.query_ms})
    for start, end in pairwise(borders):
        if end - start < SOUND_LEAST_MS:
            continue
        here = [
            Occurrence(number, np.empty(0, np.int64), each)
            for number, each in sure
            if each.query_ms[0] <= start and end <= each.query_ms[1]
        ]
        if _enough(here, known):
            yield Span(start, end)
