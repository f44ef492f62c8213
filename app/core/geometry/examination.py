"""Lays aligned pictures of one run over each other and sums up what that proves."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from app.core.geometry.proof import Fit, prove
from app.core.geometry.sights import Sight, Sights
from app.core.temporal.runs import Run

PAIRS = 4
FIRST = 2
"""Where the first pairs show nothing, the others are not looked at."""
HOPELESS_INLIERS = 8
SPREAD_MAX = 100
SPACING_MS = 700


@dataclass(frozen=True, slots=True, eq=False)
class Examined:
    """One aligned pair of pictures; `fit` is None where no change of place explains them.

    `query` is mirrored when the fit is.
    """

    query: Sight
    known: Sight
    query_ms: int
    known_ms: int
    similarity: float
    fit: Fit | None

    @property
    def agreement(self) -> float:
        """The share of comparable blocks that agree; 0 without a fit."""
        return self.fit.agreement if self.fit else 0.0

    @property
    def likeness(self) -> float:
        """How nearly the pictures agree, which tells neighbouring moments apart; 0 without a fit.

        The share that agrees in most hardly changes there; what does is chance, as are key points.
        """
        return self.fit.likeness if self.fit else 0.0

    @property
    def inliers(self) -> int:
        """The key points that agree on one change of place."""
        return self.fit.inliers if self.fit else 0

    @property
    def strength(self) -> float:
        """What decides between two ways to lay the pictures over each other."""
        return self.agreement * min(self.inliers, 200)


def examine(
    run: Run, times_ms: NDArray[np.int64], sides: tuple[Sights, Sights], *, mirrored: bool
) -> list[Examined]:
    """Examine up to `PAIRS` aligned pairs of a run, spread over it, the most similar first."""
    places = _spread(run, times_ms)
    if not places:
        return []
    first, turned = (
        [
            _pair(run, place, times_ms, sides, mirrored=way, known_tried=1)
            for place in places[:FIRST]
        ]
        for way in (mirrored, not mirrored)
    )
    if max(best_of(first).inliers, best_of(turned).inliers) < HOPELESS_INLIERS:
        return first
    # What looks alike both ways, as a face does, lies well in one of them only.
    mirrored ^= best_of(turned).strength > best_of(first).strength
    pairs = [_pair(run, place, times_ms, sides, mirrored=mirrored) for place in places]
    best = best_of(pairs)
    if best.fit is None:
        return pairs
    # An edit is usually the same all along: what one pair shows plainly helps the others.
    return [_again(pair, best.fit) for pair in pairs]


def best_of(pairs: Iterable[Examined]) -> Examined:
    """Give the pair that proves most; of those on which too little can be compared, the best placed."""
    return max(pairs, key=lambda pair: (pair.strength, pair.inliers))


def _spread(run: Run, times_ms: NDArray[np.int64]) -> list[int]:
    """Choose aligned frames, the most similar first, none close to another."""
    chosen: list[int] = []
    for place in np.argsort(-run.scores, kind="stable"):
        time = times_ms[run.query_rows[place]]
        if all(abs(time - times_ms[run.query_rows[other]]) >= SPACING_MS for other in chosen):
            chosen.append(int(place))
        if len(chosen) == SPREAD_MAX:
            break
    if len(chosen) <= PAIRS:
        return chosen
    strongest = sorted(chosen[: max(PAIRS, len(chosen) // 2)])
    spread = [strongest[round(i)] for i in np.linspace(0, len(strongest) - 1, PAIRS)]
    return list(dict.fromkeys([chosen[0], *sorted(spread, key=chosen.index)]))[:PAIRS]


def _pair(
    run: Run,
    place: int,
    times_ms: NDArray[np.int64],
    sides: tuple[Sights, Sights],
    *,
    mirrored: bool,
    known_tried: int = 2,
) -> Examined:
    """Examine one aligned frame against the known pictures nearest to its place in time."""
    query, known = sides
    time = int(times_ms[run.query_rows[place]])
    sight = query.at(query.nearest(time, 1)[0], mirrored=mirrored)
    options = [
        Examined(
            sight,
            known.at(theirs),
            time,
            known.time_ms(theirs),
            float(run.scores[place]),
            prove(sight, known.at(theirs), mirrored=mirrored),
        )
        for theirs in known.nearest(run.speed * time + run.offset_ms, known_tried)
    ]
    return best_of(options)


def _again(pair: Examined, hint: Fit) -> Examined:
    if pair.fit is not None and pair.fit.agreement >= hint.agreement:
        return pair
    fit = prove(pair.query, pair.known, mirrored=hint.mirrored, hint=hint.matrix)
    return replace(pair, fit=fit)
