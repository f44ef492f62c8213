"""Finds the stretches in which two items sound alike, from hits of sound steps."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.core.fingerprint import Fingerprint
from app.core.index import SoundHits
from app.core.sound import SOUND_STEP_MS

ERRORS_MAX = 0.30
"""Share of wrong bits: the same sound after re-encoding lies near 0.1, other sound at 0.5
(Haitsma and Kalker, A highly robust audio fingerprinting system, 2002, use 0.35)."""
WINDOW = 16
"""Sound steps over which errors are averaged: 2 s."""
SHORTEST_STEPS = 24
"""3 s of sound are the least that counts."""
VOTES_MIN = 0.5
OFFSETS_TRIED = 6
CANDIDATES_HEARD = 10
HITS_MIN = 4
"""Equal steps at one shift from which an item is worth listening to; chance gives one or two."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A stretch that sounds alike; `score` is the share of equal bits, chance being 0.5."""

    query_ms: tuple[int, int]
    known_ms: tuple[int, int]
    score: float

    @property
    def length_ms(self) -> int:
        """How long the query sounds alike."""
        return self.query_ms[1] - self.query_ms[0]


def heard_of(hits: SoundHits) -> list[int]:
    """Give the numbers of the known items worth listening to, most promising first."""
    shifts = hits.known_item.astype(np.int64) - hits.query_item
    places = np.stack([hits.number.astype(np.int64), shifts])
    together, counts = np.unique(places, axis=1, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    worth = [int(together[0, place]) for place in order if counts[place] >= HITS_MIN]
    return list(dict.fromkeys(worth))[:CANDIDATES_HEARD]


def listen(query: Fingerprint, known: Fingerprint, hits: SoundHits) -> list[Heard]:
    """Give the stretches that sound alike, longest first, without overlap in the query."""
    if not len(hits):
        return []
    shifts, counts = np.unique(
        hits.known_item.astype(np.int64) - hits.query_item, return_counts=True
    )
    heard: list[Heard] = []
    for place in np.argsort(-counts)[:OFFSETS_TRIED]:
        for found in _along(query, known, int(shifts[place])):
            if all(
                found.query_ms[1] <= other.query_ms[0] or other.query_ms[1] <= found.query_ms[0]
                for other in heard
            ):
                heard.append(found)
    return sorted(heard, key=lambda found: found.query_ms[0] - found.query_ms[1])


def _along(query: Fingerprint, known: Fingerprint, shift: int) -> list[Heard]:
    """Give the alike stretches at one shift (known step minus query step)."""
    first = max(0, -shift)
    last = min(len(query.sound), len(known.sound) - shift)
    if last - first < SHORTEST_STEPS:
        return []
    mine, theirs = query.sound[first:last], known.sound[first + shift : last + shift]
    errors = np.bitwise_count(mine ^ theirs) / 32
    votes = query.sound_votes[first:last] & known.sound_votes[first + shift : last + shift]
    smooth = _averaged(errors) <= ERRORS_MAX
    edges = np.diff(np.concatenate([[0], smooth.astype(np.int8), [0]]))
    spans = zip(np.nonzero(edges > 0)[0], np.nonzero(edges < 0)[0], strict=True)
    return [
        _heard((int(start) + first, int(end) + first), shift, float(1 - errors[start:end].mean()))
        for start, end in spans
        if end - start >= SHORTEST_STEPS and votes[start:end].mean() >= VOTES_MIN
    ]


def _averaged(errors: NDArray[np.float64]) -> NDArray[np.float64]:
    window = np.ones(WINDOW)
    return np.convolve(errors, window, "same") / np.convolve(np.ones(len(errors)), window, "same")


def _heard(span: tuple[int, int], shift: int, score: float) -> Heard:
    start, end = (round(step * SOUND_STEP_MS) for step in span)
    moved = round(shift * SOUND_STEP_MS)
    return Heard((start, end), (start + moved, end + moved), score)
