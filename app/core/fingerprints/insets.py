"""Finds rectangles laid into the picture: pictures in pictures, halves of a split screen.

The rim of an inset stays while what it divides moves: averaged over some moments, its edges stand
out as straight lines. After the splitting of stacked frames by edges and their spread over time in
the winning entry of the Video Similarity Challenge 2022 (Wang et al.), on grey pictures of a size at
which the rim of a fifth of the frame is told from what lies beside it.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from app.core.fingerprints.pictures import Pictures, read_jpeg
from app.core.fingerprints.views import Box

SIDE_PX = 256
"""Of 150 insets made of real clips 51 % were found to seven tenths of both areas at 96 pixels, 76 % here."""
PART = 20
"""Kept pictures that are looked at together."""
INSETS_MAX = 4
LEAST_SIDE = 0.16
"""Shorter insets hold too little to be recognised."""
RIDGE = 3.0
"""Grey levels by which the edge stands above the edges beside it."""
AROUND = 4
RIM_SEEN = 0.65
"""Share of the rim that must stand out; the frame's own border counts as seen."""
REACH = 2
SAME = 0.6
LINES_MAX = 16
COUNTED_MAX = 60
PARTS_MAX = 20
"""Of a long video, some stretches here and there are looked at."""
MOST_OF_FRAME = 0.9
DIVIDED = 0.9
"""Share of a line across a box that must stand out for the box to be two; a horizon stands out less."""

type Film = NDArray[np.float32]
type Ridges = NDArray[np.floating]


def insets(pictures: Pictures) -> list[Box]:
    """Give the likeliest insets of an item, those that are seen longest first."""
    seen: list[tuple[float, Box]] = []
    parts = -(-len(pictures) // PART)
    for part in np.unique(np.linspace(0, parts - 1, min(parts, PARTS_MAX)).round().astype(int)):
        places = range(part * PART, min(len(pictures), (part + 1) * PART))
        some = np.array([_small(pictures.jpegs[place]) for place in places])
        seen += [(1.0 / (rank + 1), box) for rank, box in enumerate(_inside(some))]
    counted = [
        (sum(weight for weight, other in seen if _overlap(box, other) >= SAME), box)
        for _, box in seen[:COUNTED_MAX]
    ]
    return _distinct(counted)


def _small(jpeg: bytes) -> Film:
    grey, size = cv2.cvtColor(read_jpeg(jpeg), cv2.COLOR_RGB2GRAY), (SIDE_PX, SIDE_PX)
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.float32)


def _inside(film: Film) -> list[Box]:
    """Give the likeliest insets of some pictures (n, side, side), best first."""
    side = film.shape[1]
    upright = _near(_ridges(np.abs(np.diff(film, axis=2)).mean(axis=0)) > RIDGE)
    level = _near(_ridges(np.abs(np.diff(film, axis=1)).mean(axis=0).T) > RIDGE)
    columns, rows = _lines(upright), _lines(level)
    least = round(LEAST_SIDE * side)
    sides, ends = _pairs(columns, least), _pairs(rows, least)
    # How much of each rim stands out, for every pair of columns and every pair of rows.
    beside = [_seen(upright, sides[:, n], ends) for n in (0, 1)]
    above = [_seen(level, ends[:, n], sides).T for n in (0, 1)]
    rim = np.minimum.reduce([*beside, *above])
    found = []
    for across, along in np.argwhere(rim >= RIM_SEEN).tolist():
        (left, right), (top, bottom) = sides[across].tolist(), ends[along].tolist()
        if (right - left) * (bottom - top) <= MOST_OF_FRAME * side * side:
            x, y, r, b = (value / side for value in (left, top, right, bottom))
            several = _divided(upright[top:bottom], columns, left, right)
            several |= _divided(level[left:right], rows, top, bottom)
            found.append((float(rim[across, along]) - several, Box(x, y, r - x, b - y)))
    return _distinct(found)


def _divided(rim: NDArray[np.bool_], places: NDArray[np.int64], first: int, last: int) -> bool:
    """Say whether one of some lines between two others stands out from end to end: panes come after these."""
    aside = 2 * REACH + 1
    inner = places[(places > first + aside) & (places < last - aside)]
    return bool((rim[:, inner].mean(axis=0) >= DIVIDED).any())


def _ridges(edges: Ridges) -> Ridges:
    """Give by how much each column's edges stand above those of the columns beside it.

    `edges` is (rows, columns - 1): place x of the result is the border before column x.
    """
    padded = np.pad(edges, ((0, 0), (AROUND, AROUND)), mode="reflect")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * AROUND + 1, axis=1)
    beside = np.delete(windows, slice(AROUND - 1, AROUND + 2), axis=2)
    return np.asarray(np.pad(edges - beside.max(axis=2), ((0, 0), (1, 0))), np.float32)


def _near(rim: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Let a rim count a little beside its place; the frame's own border counts as seen."""
    padded = np.pad(rim, ((0, 0), (REACH, REACH + 1)))
    near = np.lib.stride_tricks.sliding_window_view(padded, 2 * REACH + 1, axis=1).any(axis=2)
    near[:, 0] = near[:, -1] = True
    return np.asarray(near, np.bool_)


def _lines(rim: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Give the places (along the second axis) where a long part stands out, with both borders."""
    length = rim.sum(axis=0)
    kept: list[int] = []
    for place in np.argsort(-length[REACH + 1 : -REACH - 1], kind="stable") + REACH + 1:
        enough = length[place] >= LEAST_SIDE * len(rim)
        if enough and all(abs(int(place) - other) > REACH for other in kept):
            kept.append(int(place))
        if len(kept) == LINES_MAX:
            break
    return np.array(sorted([0, *kept, rim.shape[1] - 1]), np.int64)


def _pairs(places: NDArray[np.int64], least: int) -> NDArray[np.int64]:
    """Give all pairs of places at least so far apart: (n, 2)."""
    first, second = np.triu_indices(len(places), 1)
    pairs = np.stack([places[first], places[second]], axis=1)
    return pairs[pairs[:, 1] - pairs[:, 0] >= least]


def _seen(
    rim: NDArray[np.bool_], places: NDArray[np.int64], spans: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Give the share of the line at each place that stands out within each span: (places, spans)."""
    total = np.concatenate([np.zeros((1, rim.shape[1])), rim.cumsum(axis=0)])
    shown = total[spans[:, 1]][:, places] - total[spans[:, 0]][:, places]
    return np.asarray((shown / (spans[:, 1] - spans[:, 0])[:, None]).T, np.float64)


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
