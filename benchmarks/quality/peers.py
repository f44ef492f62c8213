"""What other methods answer to the same queries: frames hashed or described, compared plainly.

Each is judged as its authors have it, on the frames that our own fingerprints keep, about one a
second; none looks for mirrored, turned or cut frames, and none is tuned to these clips.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.core.fingerprints.fingerprint import Fingerprint
from app.core.media import MediaKind
from benchmarks.quality.answers import Answer
from benchmarks.quality.files import Files
from benchmarks.quality.queries import Query

STEP_MS = 1000
PDQ_BITS, PDQ_QUALITY = 31, 50
"""Defaults of vPDQ: https://github.com/facebook/ThreatExchange/tree/main/vpdq"""
PHASH_BITS = 10
MATCHED_SHARE = 0.8
"""vPDQ's default share of the query's frames that must match."""
TIE = 1e-6
"""What the known item's share weighs: less than two shares of queries of a quarter of an hour differ by."""
COSINE, STILL_COSINE = 0.5, 0.75
"""The second is what SSCD's authors give for 90 % precision on DISC images: its README on GitHub."""
ALIGNED_FRAMES = 3


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a method says of one query and one known item; the score only ranks, what alerts first."""

    score: float
    alerts: bool


NOTHING = Verdict(0.0, alerts=False)
type Judge = Callable[[Fingerprint, Fingerprint], Verdict]


def vpdq(query: Fingerprint, known: Fingerprint) -> Verdict:
    """Compare PDQ hashes of frames that have something to hash, as vPDQ does."""
    sides = []
    for side in (query, known):
        rows = seconds(side)
        sides.append(side.pdq[rows][side.pdq_quality[rows] >= PDQ_QUALITY])
    return _shares(sides[0], sides[1], PDQ_BITS)


def phash(query: Fingerprint, known: Fingerprint) -> Verdict:
    """Compare pHashes of frames as ImageHash makes them, counted as vPDQ counts."""
    return _shares(query.phash[seconds(query)], known.phash[seconds(known)], PHASH_BITS)


def sscd(query: Fingerprint, known: Fingerprint) -> Verdict:
    """Compare descriptors of whole frames, of videos at the offset that has the greatest sum of cosines.

    The score is a cosine, whatever the kinds of media: of stills the greatest, of videos the mean of
    the best of as many frames as an alert needs, where those that are missing count as 0.
    """
    if not (query.described and known.described):
        return NOTHING
    cosines = _unit(query.descriptors) @ _unit(known.descriptors).T
    if MediaKind.STILL in {query.kind, known.kind}:
        best = max(0.0, float(cosines.max()))
        return _of_cosine(best, alerts=best >= STILL_COSINE)
    apart = known.timestamps_ms[None, :] - query.timestamps_ms[:, None]
    offsets = np.rint(apart / STEP_MS)
    agreeing = np.where(cosines >= COSINE, cosines, 0)
    most = np.zeros(1, np.float32)
    for offset in np.unique(offsets[agreeing > 0]):
        aligned = np.where(offsets == offset, agreeing, 0).max(1)
        if aligned.sum() > most.sum():
            most = aligned
    best = float(np.sort(most)[-ALIGNED_FRAMES:].sum()) / ALIGNED_FRAMES
    return _of_cosine(best, alerts=int((most > 0).sum()) >= ALIGNED_FRAMES)


def _of_cosine(cosine: float, *, alerts: bool) -> Verdict:
    """Rank by a cosine; before it stands whether it alerts, since both kinds have thresholds of their own."""
    return Verdict((alerts + min(1.0, cosine)) / 2, alerts)


JUDGES: dict[str, Judge] = {"PDQ": vpdq, "pHash": phash, "SSCD": sscd}


def judged(
    judge: Judge, queries: Sequence[Query], known: Sequence[Path], files: Files
) -> list[Answer]:
    """Give what one method says of every query and known item."""
    prints = {path: files(path).fingerprint for path in known}
    rows = []
    for query in queries:
        asked = files(query.path).fingerprint
        rows.append(answer(query, {path.name: judge(asked, prints[path]) for path in known}))
    return rows


def answer(query: Query, verdicts: dict[str, Verdict]) -> Answer:
    """Give a method's verdicts the form of our own answers, so that both are measured alike."""
    found = [
        {
            "known": name,
            "confidence": verdict.score,
            "grade": "certain" if verdict.alerts else "lead",
            "segments": [],
        }
        for name, verdict in verdicts.items()
        if verdict.score > 0
    ]
    truths = [asdict(truth) for truth in query.truths]
    return Answer(query.path.name, query.edit, truths, found, 0.0)


def seconds(side: Fingerprint) -> NDArray[np.intp]:
    """Give the rows of the sampled frames nearest to each full second."""
    if len(side.timestamps_ms) == 0:
        return np.zeros(0, np.intp)
    wanted = np.arange(0, side.timestamps_ms[-1] + STEP_MS / 2, STEP_MS)
    distance = np.abs(side.timestamps_ms[None, :] - wanted[:, None])
    return np.unique(distance.argmin(1))


def _shares(query: NDArray[np.uint8], known: NDArray[np.uint8], bits: int) -> Verdict:
    """Match each frame of either side to any of the other; the query's share ranks as it alerts.

    The known item's parts ties: a known still has one frame, all of which a single near frame matches.
    """
    if not (len(query) and len(known)):
        return NOTHING
    near = np.bitwise_count(query[:, None] ^ known[None, :]).sum(2, dtype=int) <= bits
    of_query, of_known = float(near.any(1).mean()), float(near.any(0).mean())
    return Verdict(of_query + TIE * of_known, of_query >= MATCHED_SHARE)


def _unit(rows: NDArray[np.float16]) -> NDArray[np.float32]:
    wide = rows.astype(np.float32)
    return np.asarray(wide / np.maximum(1e-6, np.linalg.norm(wide, axis=1, keepdims=True)))
