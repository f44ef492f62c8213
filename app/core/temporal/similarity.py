"""How alike each pair of frames of two items is, above the background."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.core.fingerprints.fingerprint import VIEW_SCALE, Fingerprint
from app.core.index import HashHits
from app.core.temporal.runs import Timeline

type Floats = NDArray[np.float64]

ALIKE_FROM = 0.62
"""Cosine from which two frames show the same; unrelated ones reach 0.3, drawn ones 0.6."""
LARGE = 4_000_000
"""Pairs of frames from which scores are kept in single precision: two half hours."""
AT_ONCE = 1_000_000
"""Pairs of frames compared at once."""
HASH_BITS = 64.0
"""Turns a PDQ distance of 0 to 31 bits into a similarity of 1 to 0.5."""


@dataclass(frozen=True, slots=True, eq=False)
class Likeness:
    """Similarity of every query frame with every known frame, and whether a mirrored view gave it."""

    scores: Floats
    mirrored: NDArray[np.bool_]


def timeline(fingerprint: Fingerprint) -> Timeline:
    """Take from a fingerprint what alignment needs."""
    return Timeline(fingerprint.timestamps_ms, fingerprint.shots, fingerprint.duration_ms)


def likeness(
    query: Fingerprint, known: Fingerprint, hashes: HashHits, background_scores: Floats
) -> Likeness:
    """Compare all frames of two items anew, by every view of both sides; no index is in between."""
    large = query.frames * known.frames > LARGE
    scores = np.zeros((query.frames, known.frames), np.float32 if large else np.float64)
    mirrored = np.zeros(scores.shape, bool)
    for form in np.unique(hashes.form):
        chosen = hashes.where(hashes.form == form)
        at = (chosen.query_row, chosen.known_row)
        found = 1.0 - chosen.distance / HASH_BITS
        higher = found > scores[at]
        scores[at] = np.where(higher, found, scores[at])
        mirrored[at] = np.where(higher, form >= 4, mirrored[at])
    if query.described and known.described:
        both = (query.descriptors, known.descriptors)
        _compared(both, 1, scores, mirrored, np.zeros(query.frames, np.bool_))
        _by_views(query, known, scores, mirrored)
        _by_views(known, query, scores.T, mirrored.T)
    scores -= background_scores[:, None].astype(scores.dtype)
    scores[~query.votes] = 0.0
    scores[:, ~known.votes] = 0.0
    return Likeness(scores, mirrored)


def _by_views(
    viewed: Fingerprint, whole: Fingerprint, scores: Floats, mirrored: NDArray[np.bool_]
) -> None:
    """Raise the scores (viewed × whole) where a view of one side shows the other side's frame."""
    if not len(viewed.view_descriptors):
        return
    swapped = np.array(["mirrored" in name for name in viewed.view_names])
    for place in range(viewed.view_ids.shape[1]):
        both = (viewed.view_descriptors[:, place], whole.descriptors)
        _compared(both, VIEW_SCALE, scores, mirrored, swapped[viewed.view_ids[:, place]])


def _compared(
    sides: tuple[NDArray[np.generic], NDArray[np.generic]],
    scale: int,
    scores: Floats,
    mirrored: NDArray[np.bool_],
    mirror: NDArray[np.bool_],
) -> None:
    """Keep the higher score and remember whether a mirrored view gave it; some rows at a time."""
    first, second = (np.asarray(side, np.float32) for side in sides)
    step = max(1, AT_ONCE // max(1, len(second)))
    for start in range(0, len(first), step):
        rows = slice(start, start + step)
        found = np.asarray(first[rows] @ second.T, scores.dtype) / scale
        higher = found > scores[rows]
        np.copyto(scores[rows], found, where=higher)
        np.copyto(mirrored[rows], mirror[rows, None], where=higher)
