"""Early matches: which known items the key frames of a video resemble, moment by moment.

Conservative, because nothing is proven on the pictures yet. Two takes of one scene can have a
cosine of 0.98 in a single frame, so it is never the likeness of one frame that counts, but that
several frames lie on one line of time *and* are liker there than at any other moment of the item.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.core.fingerprints.fingerprint import Fingerprint, require_comparable
from app.core.index import SearchQuery
from app.core.matches import Match, Modality, Segment, Span
from app.core.matching.background import background
from app.core.matching.candidates import candidates
from app.core.matching.library import Library
from app.core.policy import LEAD_MOST, Grade, Relation
from app.core.temporal.runs import Floats, Ints, Run, bounded
from app.core.temporal.similarity import likeness, timeline

CANDIDATES_LOOKED_AT = 5
FLOOR = 0.45
"""Frames less alike say nothing: heavy edits wait for the full answer."""
FRAMES_ENOUGH = 2
ALIKE_ENOUGH = 0.6
"""Mean similarity of frames on one line; between unrelated real clips it reaches 0.52."""
TIMED_ENOUGH = 1.0
"""Frames that are liker there than at any other moment, less those expected by chance."""
TOLERANCE_MS = 1_000
"""Known frames are sampled each second, and key frames lie between them."""
ASIDE_MS = 1_500
OFFSETS_MAX = 20_000
"""Shifts tried one by one; of a room that stands still for hours there are more, and they are rounded."""
STEP_MS = TOLERANCE_MS / 4


@dataclass(frozen=True, slots=True, eq=False)
class _Line:
    """Frames of both sides that agree on one shift, and in how many of them time is told."""

    rows: Ints
    columns: Ints
    offset_ms: float
    timed: float


def early_matches(seen: Fingerprint, library: Library) -> list[Match]:
    """Give the known items that a glimpse resembles, likest first; each is a `lead`, unproven.

    `seen` is what `glimpse` gave. Only normal speed is looked for, and one stretch of each item.
    """
    hits = library.search(SearchQuery.of(seen))
    background_scores = background(hits.frames, seen.frames)
    found = []
    for number in candidates(hits, background_scores)[:CANDIDATES_LOOKED_AT]:
        known = library.fingerprint(number)
        require_comparable(seen.algorithm, known.algorithm)
        hashes = hits.hashes.where(hits.hashes.number == number)
        scores = likeness(seen, known, hashes, np.zeros(seen.frames)).scores
        line = _best_line(scores, seen.timestamps_ms, known.timestamps_ms)
        if line is None or not _holds(line, scores):
            continue
        chosen = (line.rows, line.columns)
        run = bounded(scores, timeline(seen), timeline(known), chosen, (1.0, line.offset_ms))
        found.append(_match(number, run, seen, known))
    return sorted(found, key=lambda match: -match.confidence)


def _best_line(scores: Floats, mine_ms: Ints, theirs_ms: Ints) -> _Line | None:
    """Give the shift on which most frames agree, each by its likest known frame near there."""
    rows, columns = np.nonzero(scores >= FLOOR)
    if not len(rows):
        return None
    offsets = np.unique(theirs_ms[columns] - mine_ms[rows]).astype(np.float64)
    if len(offsets) > OFFSETS_MAX:
        offsets = np.unique(np.rint(offsets / STEP_MS)) * STEP_MS
    best_offset = float(offsets[_totals(scores, mine_ms, theirs_ms, offsets).argmax()])
    along, places = _along(scores, mine_ms, theirs_ms, best_offset)
    agreeing = np.flatnonzero(along)
    # Many shifts hold the same frames; the middle one lies truest.
    best_offset = float(np.median(theirs_ms[places[agreeing]] - mine_ms[agreeing]))
    timed = _timed(scores[agreeing], mine_ms[agreeing] + best_offset, theirs_ms)
    return _Line(agreeing, places[agreeing], best_offset, timed)


def _totals(scores: Floats, mine_ms: Ints, theirs_ms: Ints, offsets_ms: Floats) -> Floats:
    """Give for each shift how alike the frames and their likest known frames near there are in all."""
    likest = np.empty((len(offsets_ms), len(scores)))
    for place, (row, time_ms) in enumerate(zip(scores, mine_ms, strict=True)):
        alike = np.where(row >= FLOOR, row, 0.0)
        first = np.searchsorted(theirs_ms, time_ms + offsets_ms - TOLERANCE_MS, "left")
        end = np.searchsorted(theirs_ms, time_ms + offsets_ms + TOLERANCE_MS, "right")
        near = first[:, None] + np.arange(max(1, int((end - first).max())))
        there = np.where(near < end[:, None], alike[np.minimum(near, len(alike) - 1)], 0.0)
        likest[:, place] = there.max(axis=1)
    return np.asarray(likest.sum(axis=1), np.float64)


def _along(
    scores: Floats, mine_ms: Ints, theirs_ms: Ints, offset_ms: float
) -> tuple[Floats, NDArray[np.intp]]:
    """Give for each frame the likest known frame near the line, and how alike it is, or 0."""
    away = np.abs(theirs_ms[None, :] - mine_ms[:, None] - offset_ms)
    near = np.where((away <= TOLERANCE_MS) & (scores >= FLOOR), scores, 0.0)
    return near.max(axis=1), near.argmax(axis=1)


def _timed(scores: Floats, expected_ms: NDArray[Any], theirs_ms: Ints) -> float:
    """Count the frames that are liker near their moment than anywhere else, less chance."""
    timed = 0.0
    for row, moment_ms in zip(scores, expected_ms, strict=True):
        away = np.abs(theirs_ms - moment_ms)
        here, there = away <= TOLERANCE_MS, away > ASIDE_MS
        if here.any() and there.any():
            timed += float(row[here].max() > row[there].max())
            timed -= float(here.sum() / (here.sum() + there.sum()))
    return timed


def _holds(line: _Line, scores: Floats) -> bool:
    alike = float(scores[line.rows, line.columns].mean())
    return len(line.rows) >= FRAMES_ENOUGH and alike >= ALIKE_ENOUGH and line.timed >= TIMED_ENOUGH


def _match(number: int, run: Run, seen: Fingerprint, known: Fingerprint) -> Match:
    query, other = Span(*run.query_ms), Span(*run.known_ms)
    segment = Segment(query, other, Modality.VISUAL, 1.0, round(run.score, 3), ())
    return Match(
        number=number,
        relation=Relation.LEAD,
        grade=Grade.LEAD,
        # Unproven, so below what alerts.
        confidence=round(LEAD_MOST * min(1.0, run.score), 4),
        coverage_query=_share(query, seen),
        coverage_known=_share(other, known),
        segments=(segment,),
        evidence=(),
    )


def _share(span: Span, side: Fingerprint) -> float:
    whole = max(1, side.duration_ms, span.length_ms)
    return round(span.length_ms / whole, 4) if side.duration_ms else 1.0
