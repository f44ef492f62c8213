"""A film at any moment: between two of its pictures they are blended by nearness in time.

Two films of one event are rarely sampled at the same moments; half a step apart what moves would
seem to disagree. How alike a blend is follows from products of the pictures it is made of.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.core.fingerprints.reel import GAP_MS, Stretch
from app.core.reels.films import Film, Overlay

EDGE_MS = 150
"""How far outside the known pictures the nearest of them serves, at normal speed."""

type Floats = NDArray[np.float64]
type Places = NDArray[np.int64]
type Line = tuple[float, float]
"""Speed and offset in ms: known = speed · query + offset."""


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Moments of a film: the picture before each, the share of the next one, and whether it is there."""

    before: Places
    share: Floats
    there: NDArray[np.bool_]

    @classmethod
    def along(
        cls, line: Line, mine_ms: NDArray[np.int64], theirs_ms: NDArray[np.int64]
    ) -> "Moments":
        """Find for each time of the query the moment of the known film along a line."""
        return cls.of(theirs_ms, line[0] * mine_ms + line[1], line[0])

    @classmethod
    def of(
        cls, times_ms: NDArray[np.int64] | Floats, wanted_ms: NDArray[Any], speed: float
    ) -> "Moments":
        """Find moments among two or more pictures; a little outside them the nearest serves."""
        reach_ms = EDGE_MS * max(1.0, abs(speed))
        right = np.clip(np.searchsorted(times_ms, wanted_ms), 1, len(times_ms) - 1)
        start, step = times_ms[right - 1], times_ms[right] - times_ms[right - 1]
        share = np.clip((wanted_ms - start) / np.maximum(step, 1), 0.0, 1.0)
        share = np.where(step > GAP_MS, np.round(share), share)
        nearest = start + np.round(share) * step
        inside = (wanted_ms >= start) & (wanted_ms <= start + step) & (step <= GAP_MS)
        return cls(right - 1, share, inside | (np.abs(nearest - wanted_ms) <= reach_ms))

    def where(self, kept: NDArray[Any] | slice | tuple[int, NDArray[Any]]) -> "Moments":
        """Give some of the moments."""
        return Moments(self.before[kept], self.share[kept], self.there[kept])

    def blended(self, film: Film) -> Film:
        """Give the film's pictures at the moments."""
        share = self.share[:, None, None].astype(np.float32)
        return np.asarray((1 - share) * film[self.before] + share * film[self.before + 1])


def laid(films: tuple[Stretch, Stretch], line: Line, overlay: Overlay) -> tuple[Film, Film]:
    """Give the query's pictures and the known moments along a line, where there are any, in one frame."""
    mine, other = shown(films, line, overlay)
    return overlay.grounded(mine), overlay.grounded(other)


def shown(films: tuple[Stretch, Stretch], line: Line, overlay: Overlay) -> tuple[Film, Film]:
    """Give the query's pictures and the known moments as `laid` does, but with their brightness.

    What is outside of the part that is compared is left in, too.
    """
    query, known = films
    moments = Moments.along(line, query.times_ms, known.times_ms)
    mine = overlay.placed(query.pictures[moments.there])
    return mine, moments.where(moments.there).blended(overlay.coarse(known.pictures))


class Alike:
    """How alike each picture of one film is to any moment of another."""

    def __init__(self, mine: Film, other: Film, least: float, enough: float) -> None:
        """Take films as rows of pixels; pictures weaker than `least` (norm) count as that strong.

        Pictures weaker than `enough` weigh less: what hardly moves is mostly noise.
        """
        self.least, self.enough = least, enough
        self.products = mine @ other.T
        self.mine = np.linalg.norm(mine, axis=1)
        self.squares = np.vecdot(other, other)
        self.neighbours = np.vecdot(other[:-1], other[1:])

    def at(self, moments: Moments) -> Floats:
        """Give the correlation of each picture (last axis) with its moment, by weight."""
        rows, before, share = np.arange(len(self.mine)), moments.before, moments.share
        rest = 1 - share
        product = rest * self.products[rows, before] + share * self.products[rows, before + 1]
        square = rest**2 * self.squares[before] + share**2 * self.squares[before + 1]
        square += 2 * rest * share * self.neighbours[before]
        theirs = np.sqrt(np.maximum(square, 0.0))
        weights = np.minimum(1.0, np.minimum(self.mine, theirs) / self.enough)
        strong = np.maximum(self.mine, self.least) * np.maximum(theirs, self.least)
        return np.asarray(weights * product / strong)
