"""Measures what speaks for a run: how its pictures agree, and how much of it is new."""

import numpy as np

from app.core.fingerprints.fingerprint import Fingerprint
from app.core.geometry.examination import Examined
from app.core.media import MediaKind
from app.core.temporal.runs import Run
from app.core.weighing.confidence import Strength

SAME_CONTENT = 0.7
"""Above this cosine two known frames show the same picture, so they are one witness."""
COMPARED_MAX = 200
"""Of more frames so many are looked at, all along the run: it may begin with minutes of one face."""


def strength(run: Run, sides: tuple[Fingerprint, Fingerprint], pairs: list[Examined]) -> Strength:
    """Sum up what the kept pictures of a run say."""
    query, known = sides
    return Strength(
        still=MediaKind.STILL in {query.kind, known.kind},
        similarity=run.score,
        agreement=agreement_of(pairs),
        inliers=inliers_of(pairs),
        witnesses=_witnesses(run, query, known),
        length_ms=run.length_ms,
    )


def agreement_of(pairs: list[Examined]) -> float:
    """Give the mean agreement of some pairs; those of plain pictures say nothing."""
    return float(np.mean([pair.agreement for pair in telling(pairs)])) if pairs else 0.0


def inliers_of(pairs: list[Examined]) -> int:
    """Give the median of the key points that agree in some pairs."""
    return int(np.median([pair.inliers for pair in telling(pairs)])) if pairs else 0


def telling(pairs: list[Examined]) -> list[Examined]:
    """Leave out pairs on which too little can be compared, such as of a bare wall; all, if all are."""
    return [pair for pair in pairs if not (pair.fit and pair.fit.mute)] or pairs


def _witnesses(run: Run, query: Fingerprint, known: Fingerprint) -> int:
    """Count aligned frames that say something new: clearly changed content."""
    if not known.described:
        return len(set(query.shots[run.query_rows].tolist()))
    places = np.linspace(0, len(run.known_rows) - 1, min(len(run.known_rows), COMPARED_MAX))
    frames = known.descriptors[run.known_rows[places.round().astype(int)]].astype(np.float32)
    kept: list[int] = []
    for place in range(len(frames)):
        if all(float(frames[place] @ frames[other]) < SAME_CONTENT for other in kept):
            kept.append(place)
    return len(kept)
