"""Finds rectangles laid into the picture: pictures in pictures, halves of a split screen.

The rim of an inset stays while what it divides moves: averaged over some seconds, its edges stand
out as straight lines. After the splitting of stacked frames by edges and their spread over time in
the winning entry of the Video Similarity Challenge 2022 (Wang et al.), on small grey pictures.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from app.core.reel import TILE, Reel, Small
from app.core.views import Box

INSETS_MAX = 3
LEAST_SIDE = 0.16
"""Shorter insets hold too little to be recognised."""
RIDGE = 4.0
"""Grey levels by which the edge stands above the edges beside it."""
AROUND = 4
GAP = 2
RIM_SEEN = 0.72
"""Share of the rim that must stand out; the frame's own border counts as seen."""
REACH = 2
SAME = 0.6
RUNS_MAX = 40
COUNTED_MAX = 60
PARTS_MAX = 20
"""Of a long video, ten seconds here and there are looked at."""
MOST_OF_FRAME = 0.9

type Ridges = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Run:
    """A straight stretch of rim: at `place` across, from `start` to `end` along; frame borders too."""

    place: int
    start: int
    end: int


def insets(reel: Reel) -> list[Box]:
    """Give the likeliest insets of an item, those that are seen longest first."""
    seen: list[tuple[float, Box]] = []
    parts = max(1, -(-len(reel) // TILE))
    for part in np.unique(np.linspace(0, parts - 1, min(parts, PARTS_MAX)).round().astype(int)):
        places = np.arange(part * TILE, min(len(reel), (part + 1) * TILE))
        seen += [(1.0 / (rank + 1), box) for rank, box in enumerate(_inside(reel.at(places)))]
    counted = [
        (sum(weight for weight, other in seen if _overlap(box, other) >= SAME), box)
        for _, box in seen[:COUNTED_MAX]
    ]
    return _distinct(counted)


def _inside(pictures: Small) -> list[Box]:
    """Give the likeliest insets of some seconds of film (n, side, side), best first."""
    film = pictures.astype(np.float32)
    side = film.shape[1]
    upright = _ridges(np.abs(np.diff(film, axis=2)).mean(axis=0, dtype=np.float32))
    level = _ridges(np.abs(np.diff(film, axis=1)).mean(axis=0, dtype=np.float32).T)
    rims = (upright > RIDGE, level > RIDGE)
    columns = [*_runs(rims[0], side), _Run(0, 0, side), _Run(side, 0, side)]
    found: list[tuple[float, Box]] = []
    least = round(LEAST_SIDE * side)
    for left in columns:
        for right in columns:
            if right.place - left.place >= least:
                found += _closed(left, right, rims, side)
    return _distinct(found)


def _ridges(edges: Ridges) -> Ridges:
    """Give by how much each column's edges stand above those of the columns beside it.

    `edges` is (rows, columns - 1): place x of the result is the border before column x.
    """
    padded = np.pad(edges, ((0, 0), (AROUND, AROUND)), mode="reflect")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * AROUND + 1, axis=1)
    beside = np.delete(windows, slice(AROUND - 1, AROUND + 2), axis=2)
    return np.asarray(np.pad(edges - beside.max(axis=2), ((0, 0), (1, 0))), np.float32)


def _runs(rim: NDArray[np.bool_], side: int) -> list[_Run]:
    """Give the long unbroken stretches of rim, the longest first."""
    found: list[_Run] = []
    for place in range(1, side):
        rows = np.flatnonzero(rim[:, place - 1 : place + 2].any(axis=1) & True)
        parts = np.split(rows, np.flatnonzero(np.diff(rows) > GAP + 1) + 1)
        found += [
            _Run(place, int(part[0]), int(part[-1]) + 1)
            for part in parts
            if len(part) and part[-1] - part[0] + 1 >= LEAST_SIDE * side
        ]
    return sorted(found, key=lambda run: run.start - run.end)[:RUNS_MAX]


def _closed(
    left: _Run, right: _Run, rims: tuple[NDArray[np.bool_], NDArray[np.bool_]], side: int
) -> list[tuple[float, Box]]:
    """Give the box between two upright rims where most of its rim stands out."""
    spans = [run for run in (left, right) if 0 < run.place < side]
    if not spans:
        tops = [(0, side)] if left.place == 0 and right.place == side else []
        tops = _bands(rims[1], side) if tops else []
    else:
        tops = [(min(run.start for run in spans), max(run.end for run in spans))]
    found = []
    for top, bottom in tops:
        if bottom - top < LEAST_SIDE * side:
            continue
        box = (left.place, top, right.place, bottom)
        if (right.place - left.place) * (bottom - top) > MOST_OF_FRAME * side * side:
            continue
        seen = _rim_seen(box, rims, side)
        if seen >= RIM_SEEN:
            x, y, r, b = (value / side for value in box)
            found.append((seen, Box(x, y, r - x, b - y)))
    return found


def _bands(level: NDArray[np.bool_], side: int) -> list[tuple[int, int]]:
    """Give the parts above, below and between lines that cross the whole frame."""
    crossing = [place for place in range(2, side - 1) if _along(level, place, 0, side) >= RIM_SEEN]
    lines = [place for n, place in enumerate(crossing) if not n or place - crossing[n - 1] > GAP]
    ends = [0, *lines, side]
    return [*pairwise(ends)] if lines else []


def _rim_seen(
    box: tuple[int, int, int, int], rims: tuple[NDArray[np.bool_], NDArray[np.bool_]], side: int
) -> float:
    """Give the least share of any inner side of the box that stands out."""
    left, top, right, bottom = box
    sides = [_along(rims[0], place, top, bottom) for place in (left, right) if 0 < place < side] + [
        _along(rims[1], place, left, right)
        for place in (top, bottom)
        if REACH < place < side - REACH
    ]
    return min(sides, default=0.0)


def _along(rim: NDArray[np.bool_], place: int, start: int, end: int) -> float:
    """Give the share of a line that stands out; `rim` is (along, across)."""
    near = rim[start:end, max(0, place - REACH) : place + REACH + 1]
    return float(near.any(axis=1).mean()) if near.size else 0.0


def _distinct(found: Sequence[tuple[float, Box]]) -> list[Box]:
    """Keep the best of boxes that are nearly the same."""
    kept: list[Box] = []
    for _, box in sorted(found, key=lambda each: (-each[0], -each[1].width * each[1].height)):
        if all(_overlap(box, other) < SAME for other in kept):
            kept.append(box)
        if len(kept) == INSETS_MAX:
            break
    return kept


def _overlap(first: Box, second: Box) -> float:
    """Give the shared area as a share of the joined area."""
    width = min(first.x + first.width, second.x + second.width) - max(first.x, second.x)
    height = min(first.y + first.height, second.y + second.height) - max(first.y, second.y)
    shared = max(0.0, width) * max(0.0, height)
    return shared / (first.width * first.height + second.width * second.height - shared)
