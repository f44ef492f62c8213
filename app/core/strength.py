"""Measures what speaks for a run: how sharply it is placed in time, and how much of it is new."""

import numpy as np
from numpy.typing import NDArray

from app.core.alignment import TOLERANCE_MS
from app.core.examination import Examined
from app.core.fingerprint import Fingerprint
from app.core.media import MediaKind
from app.core.policy import Moving, Strength
from app.core.runs import Run

SAME_CONTENT = 0.7
"""Above this cosine two known frames show the same picture, so they are one witness."""
AROUND_MS = 6_000
APART_MS = 1_250
COMPARED_MAX = 200
TIMED_SHARE_MIN = 0.4


def strength(
    run: Run,
    scores: NDArray[np.float64],
    sides: tuple[Fingerprint, Fingerprint],
    pairs: list[Examined],
    moving: Moving,
) -> Strength:
    """Sum up what speaks for a run."""
    query, known = sides
    return Strength(
        similarity=run.score,
        moving=moving,
        timed=_timed(run, scores, query.timestamps_ms, known.timestamps_ms),
        witnesses=_witnesses(run, query, known),
        agreement=float(np.mean([pair.agreement for pair in pairs])) if pairs else 0.0,
        inliers=int(np.median([pair.inliers for pair in pairs])) if pairs else 0,
        still=MediaKind.STILL in {query.kind, known.kind},
    )


def _timed(
    run: Run,
    scores: NDArray[np.float64],
    query_ms: NDArray[np.int64],
    known_ms: NDArray[np.int64],
) -> float:
    """Count frames that look most like this moment among the moments around it, less chance.

    In a copy even a nearly static shot is most alike at the right second; in another take of
    the same scene the most similar moment is anywhere.
    """
    hits, chance, asked = 0, 0.0, 0
    for row in run.query_rows:
        away = np.abs(known_ms - (run.speed * query_ms[row] + run.offset_ms))
        here = away <= TOLERANCE_MS * max(1.0, run.speed)
        there = (away > APART_MS * max(1.0, run.speed)) & (away <= AROUND_MS)
        if not here.any() or not there.any():
            continue
        asked += 1
        hits += bool(scores[row][here].max() > scores[row][there].max())
        chance += float(here.sum() / (here.sum() + there.sum()))
    return max(0.0, hits - chance) if hits >= TIMED_SHARE_MIN * asked else 0.0


def _witnesses(run: Run, query: Fingerprint, known: Fingerprint) -> int:
    """Count aligned frames that say something new: clearly changed content."""
    if not known.described:
        return len(set(query.shots[run.query_rows].tolist()))
    frames = known.descriptors[run.known_rows[:COMPARED_MAX]].astype(np.float32)
    kept: list[int] = []
    for place in range(len(frames)):
        if all(float(frames[place] @ frames[other]) < SAME_CONTENT for other in kept):
            kept.append(place)
    return len(kept)
