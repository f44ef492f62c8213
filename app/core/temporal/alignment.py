"""Turns similar frames into segments: which stretch of the query runs along which stretch of the known item.

Voting on (speed, offset), the best run first; each run's offset is refined below the sampling step.
After "temporal Hough voting" (Douze et al., An image-based approach to video copy detection, 2010).
"""

import numpy as np

from app.core.temporal.overlapping import without_overlap
from app.core.temporal.placing import SLOPE_SPAN_MS, refined
from app.core.temporal.runs import Floats, Ints, Run, Timeline, bounded, of_frames
from app.core.temporal.standing import hits, standing

SPEEDS = np.geomspace(0.5, 2.0, 37)
BIN_MS = 500
TOLERANCE_MS = 750
"""Half a sampling step on each side, and half a bin."""
GAP_MS = 3_500
"""A run bridges this much of the query without a similar frame: a caption card, a hard overlay."""
VOTED_HITS = 4_000
ROWS_AT_ONCE = 1_024
SEGMENTS_MAX = 32
USUAL_OF = 400
USUAL_SHARE = 0.8
VOTE_MIN = 0.02
MOMENTS_MAX = 5
STRAIGHT_BONUS = 1.12
"""A changed speed must explain this much more than normal speed: short runs fit any speed."""


def align(
    similarity: Floats, query: Timeline, known: Timeline, floor: float, speeds: Floats = SPEEDS
) -> list[Run]:
    """Give the runs, best first, that do not overlap in the query.

    `similarity` is (query rows × known rows); what lies under `floor` is no hit. Besides normal speed
    `speeds` are tried, forwards and backwards.
    """
    (query, rows), (known, columns) = standing(query, known)
    left = hits(similarity, floor, rows, columns)
    usual = usual_of(left)
    runs: list[Run] = []
    while len(runs) < SEGMENTS_MAX:
        found = _best_run(left, usual, (query, known), floor, speeds)
        if found is None:
            break
        left[found.query_rows] = 0.0
        inside = (query.times_ms >= found.query_ms[0]) & (query.times_ms < found.query_ms[1])
        left[inside] = 0.0
        free = without_overlap(found, [run.query_ms for run in runs])
        if free:
            runs.append(max(free, key=lambda part: part.length_ms))
    return [of_frames(run, rows, columns) for run in runs]


def usual_of(similarity: Floats) -> Floats:
    """Give how alike each row usually is."""
    return np.median(similarity[:, :: max(1, similarity.shape[1] // USUAL_OF)], axis=1)


def moments(similarity: Floats, query: Timeline, known: Timeline, floor: float) -> list[Run]:
    """Give the moments of the known item that a still looks like, likest first."""
    scores = similarity[0]
    chosen: list[int] = []
    for column in np.argsort(-scores, kind="stable"):
        apart = all(
            abs(known.times_ms[column] - known.times_ms[other]) > 2 * TOLERANCE_MS
            for other in chosen
        )
        if scores[column] < floor or len(chosen) == MOMENTS_MAX:
            break
        if apart:
            chosen.append(int(column))
    still = np.zeros(1, np.int64)
    return [
        bounded(similarity, query, known, (still, np.array([at])), (1.0, float(known.times_ms[at])))
        for at in chosen
    ]


def _best_run(
    left: Floats, usual: Floats, sides: tuple[Timeline, Timeline], floor: float, speeds: Floats
) -> Run | None:
    """Find the line with the most votes and give its best run."""
    query, known = sides
    rows, columns, scores = _strongest(left)
    if not len(rows):
        return None
    # A frame that looks like most of the known item says little about the moment.
    votes = np.maximum(scores - floor * 0.5 - USUAL_SHARE * usual[rows], VOTE_MIN)
    speed, offset = _vote(query.times_ms[rows], known.times_ms[columns], votes, rows, speeds)
    chosen = _on_line(left, query, known, speed, offset)
    if chosen is None:
        return None
    speed, offset = refined(left, sides, chosen, speed, fit=len(speeds) > 0)
    chosen = _on_line(left, query, known, speed, offset) or chosen
    return bounded(left, query, known, chosen, (speed, offset))


def _strongest(left: Floats) -> tuple[Ints, Ints, Floats]:
    """Give rows, columns and scores of the hits that vote, looking at some rows at a time."""
    places, scores = np.empty((2, 0), np.int64), np.empty(0, np.float64)
    for start in range(0, len(left), ROWS_AT_ONCE):
        part = left[start : start + ROWS_AT_ONCE]
        rows, columns = np.nonzero(part)
        places = np.concatenate([places, np.stack([rows + start, columns])], axis=1)
        scores = np.concatenate([scores, part[rows, columns].astype(np.float64)])
        if len(scores) > VOTED_HITS:
            strongest = np.argpartition(-scores, VOTED_HITS)[:VOTED_HITS]
            places, scores = places[:, strongest], scores[strongest]
    return places[0], places[1], scores


def _vote(
    query_ms: Ints, known_ms: Ints, weights: Floats, rows: Ints, speeds: Floats
) -> tuple[float, float]:
    """Give the speed and the offset on which most query frames agree, each voting once a bin.

    A negative speed says that the query plays backwards.
    """
    normal = _peak(query_ms, known_ms, weights, rows, 1.0)
    best = (normal[0] * STRAIGHT_BONUS, 1.0, normal[1])
    # Any slow speed brings frames that are much alike to one known moment.
    if np.ptp(query_ms) >= SLOPE_SPAN_MS and np.ptp(known_ms) >= SPEEDS[0] * SLOPE_SPAN_MS:
        for speed in (*speeds, *-speeds):
            votes, offset = _peak(query_ms, known_ms, weights, rows, float(speed))
            best = max(best, (votes, float(speed), offset))
    return best[1], best[2]


def _peak(
    query_ms: Ints, known_ms: Ints, weights: Floats, rows: Ints, speed: float
) -> tuple[float, float]:
    """Give the votes and the place of the best offset at one speed."""
    offsets = known_ms - speed * query_ms
    bins = np.floor((offsets - offsets.min()) / BIN_MS).astype(np.int64)
    count = int(bins.max()) + 3
    keys = np.concatenate([rows * count + bins + shift for shift in (0, 1, 2)])
    # A hit in the middle of the window of three bins counts more than one at its border.
    values = np.concatenate([weights * 0.9, weights, weights * 0.9])
    order = np.lexsort((-values, keys))
    keys, values = keys[order], values[order]
    first = np.concatenate([[True], keys[1:] != keys[:-1]])
    votes = np.bincount(keys[first] % count, values[first])
    peak = int(votes.argmax())
    return float(votes[peak]), float(offsets.min() + (peak - 0.5) * BIN_MS)


def _on_line(
    left: Floats, query: Timeline, known: Timeline, speed: float, offset: float
) -> tuple[Ints, Ints] | None:
    """Give the rows of both sides in the heaviest unbroken run along a line."""
    wanted = speed * query.times_ms + offset
    reach = TOLERANCE_MS * max(1.0, abs(speed))
    first = np.searchsorted(known.times_ms, wanted - reach, "left")
    end = np.searchsorted(known.times_ms, wanted + reach, "right")
    near = first[:, None] + np.arange(max(1, int((end - first).max())))
    every = np.arange(len(left))
    there = left[every[:, None], np.minimum(near, left.shape[1] - 1)]
    on_line = np.where(near < end[:, None], there, 0.0)
    likest = on_line.argmax(axis=1)
    columns, best = near[every, likest], on_line[every, likest]
    rows = np.nonzero(best)[0]
    if not len(rows):
        return None
    breaks = np.nonzero(np.diff(query.times_ms[rows]) > GAP_MS)[0] + 1
    run = max(np.split(rows, breaks), key=lambda part: float(best[part].sum()))
    return run, columns[run]
