"""Lays aligned pictures of one run over each other and sums up what that proves."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from app.core.blocks import compare, halved
from app.core.motion import motion
from app.core.original import Original
from app.core.pictures import Pictures
from app.core.policy import UNASKED, Moving
from app.core.proof import Fit, Sight, bare, flipped, full, mirror, prove, see
from app.core.runs import Run

PAIRS = 5
SPACING_MS = 700
WEAK_INLIERS = 25
WEAK_AGREEMENT = 0.6
ASIDE_MS = 500
OTHER_MOMENTS = 4
REACH_MS = 800
"""How far from its expected time a picture is looked for: over half a sampling step."""
NARROW_MS = 350
PLACED_AGREEMENT = 0.5
"""A pair that agrees less says nothing about the very moment."""


class Sights:
    """The prepared pictures of one item, each prepared once, and its file for a closer look."""

    def __init__(self, pictures: Pictures, original: Original | None) -> None:
        self._pictures = pictures
        self._seen: dict[tuple[int, bool], Sight] = {}
        self.original = original

    def time_ms(self, place: int) -> int:
        """Give the time of a picture."""
        return self._pictures.timestamps_ms[place]

    def nearest(self, time_ms: float, count: int) -> list[int]:
        """Give the places of the pictures nearest to a time."""
        away = np.abs(np.asarray(self._pictures.timestamps_ms) - time_ms)
        return [int(place) for place in np.argsort(away, kind="stable")[:count]]

    def around(self, time_ms: int) -> list[Sight]:
        """Give pictures of other moments near a time, at least half a second from it."""
        away = np.abs(np.asarray(self._pictures.timestamps_ms) - time_ms)
        near = np.argsort(away, kind="stable")
        return [self.at(int(place)) for place in near[away[near] >= ASIDE_MS][:OTHER_MOMENTS]]

    def at(self, place: int, *, mirrored: bool = False) -> Sight:
        """Give a prepared picture."""
        key = (place, mirrored)
        if key not in self._seen:
            self._seen[key] = (
                mirror(self.at(place))
                if mirrored
                else see(self._pictures.at(self._pictures.timestamps_ms[place]))
            )
        return self._seen[key]


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
    pairs = [_pair(run, place, times_ms, sides, mirrored=mirrored) for place in places]
    if not pairs:
        return []
    best = _best(pairs)
    if best.inliers < WEAK_INLIERS or best.agreement < WEAK_AGREEMENT:
        other = _pair(run, places[0], times_ms, sides, mirrored=not mirrored)
        if other.strength > best.strength:
            rest = [_pair(run, p, times_ms, sides, mirrored=not mirrored) for p in places[1:]]
            pairs = [other, *rest]
            best = _best(pairs)
    if best.fit is None:
        return pairs
    # An edit is usually the same all along: what one pair shows plainly helps the others.
    return [_again(pair, best.fit) for pair in pairs]


def look_closer(run: Run, pairs: list[Examined], sides: tuple[Sights, Sights]) -> list[Examined]:
    """Examine pairs anew with the frames of the very moment, read from the known item's file.

    Half a sampling step apart, moving subjects of a true copy disagree as those of another take
    in the same room do; at the same moment only the copy agrees all over. Where the known item is
    a still, the moment is looked for in the query.
    """
    best = _best(pairs)
    query, known = (side.original for side in sides)
    if best.fit is None or not (query or known):
        return pairs
    looked: list[Examined] = []
    correction, reach_ms = 0.0, REACH_MS
    for pair in sorted(pairs, key=lambda each: -each.strength):
        expected = run.speed * pair.query_ms + run.offset_ms if known else float(pair.query_ms)
        moment = (expected + correction, reach_ms)
        closer = _closer(pair, best.fit, (query, known), moment)
        if closer is not pair and closer.agreement >= PLACED_AGREEMENT:
            # The others are off by about as much: their moments are found in a shorter stretch.
            found_ms = closer.known_ms if known else closer.query_ms
            correction, reach_ms = found_ms - expected, NARROW_MS
        looked.append(closer)
    return sorted(looked, key=lambda each: each.query_ms)


def _closer(
    pair: Examined,
    best: Fit,
    files: tuple[Original | None, Original | None],
    moment: tuple[float, float],
) -> Examined:
    hint = pair.fit if pair.fit and pair.fit.agreement >= best.agreement / 2 else best
    query, known = files
    start_ms, end_ms = moment[0] - moment[1], moment[0] + moment[1]
    if known:
        options = [
            replace(pair, known_ms=time_ms, known=bare(pixels))
            for time_ms, pixels in known.between(start_ms, end_ms)
        ]
    elif query:
        options = [
            replace(
                pair, query_ms=time_ms, query=bare(flipped(pixels) if hint.mirrored else pixels)
            )
            for time_ms, pixels in query.between(start_ms, end_ms)
        ]
    if not options:
        return pair
    likest = max(options, key=lambda each: _likeness(each, hint))
    closer = replace(likest, query=full(likest.query), known=full(likest.known))
    fit = prove(closer.query, closer.known, mirrored=hint.mirrored, hint=hint.matrix)
    return max(pair, replace(closer, fit=fit), key=lambda each: (each.agreement, each.inliers))


def _likeness(pair: Examined, hint: Fit) -> float:
    """Give how well the pair agrees along a known change of place, at half the size."""
    matrix = hint.matrix.copy()
    matrix[:, 2] /= 2
    blocks = compare(halved(pair.query.grey), halved(pair.known.grey), matrix)
    return float(np.nanmean(blocks)) if not np.isnan(blocks).all() else -1.0


def _best(pairs: Iterable[Examined]) -> Examined:
    return max(pairs, key=lambda pair: pair.strength)


def _spread(run: Run, times_ms: NDArray[np.int64]) -> list[int]:
    """Choose aligned frames, the most similar first, none close to another."""
    chosen: list[int] = []
    for place in np.argsort(-run.scores, kind="stable"):
        time = times_ms[run.query_rows[place]]
        if all(abs(time - times_ms[run.query_rows[other]]) >= SPACING_MS for other in chosen):
            chosen.append(int(place))
    if len(chosen) <= PAIRS:
        return chosen
    strongest = chosen[: max(PAIRS, len(chosen) // 2)]
    inside = sorted(strongest)
    return [inside[round(i)] for i in np.linspace(0, len(inside) - 1, PAIRS)]


def _pair(
    run: Run,
    place: int,
    times_ms: NDArray[np.int64],
    sides: tuple[Sights, Sights],
    *,
    mirrored: bool,
) -> Examined:
    """Examine one aligned frame against the two known pictures nearest to its place in time."""
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
        for theirs in known.nearest(run.speed * time + run.offset_ms, 2)
    ]
    return _best(options)


def _again(pair: Examined, hint: Fit) -> Examined:
    if pair.fit is not None and pair.fit.agreement >= hint.agreement:
        return pair
    fit = prove(pair.query, pair.known, mirrored=hint.mirrored, hint=hint.matrix)
    return replace(pair, fit=fit)


def moves_alike(pairs: list[Examined], known: Sights) -> Moving:
    """Ask whether what moves in the known item moves so in the query."""
    best = _best(pairs)
    if best.fit is None:
        return UNASKED
    alike = [pair for pair in pairs if pair.fit and pair.fit.mirrored == best.fit.mirrored]
    others = [] if len(alike) > 1 else known.around(best.known_ms)
    return motion(
        [pair.query.grey for pair in alike],
        [pair.known.grey for pair in alike],
        [each.grey for each in others],
        best.fit.matrix,
    )
