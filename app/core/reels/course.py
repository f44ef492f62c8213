"""Along which line of time two films show the same: speed and offset, forwards or backwards, and how surely.

What changes in the pictures is compared, so that a room that stands still says nothing: in a copy
every movement falls together at one offset; in another take of the same scene at none.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.core.fingerprints.reel import Reel, Stretch
from app.core.reels.between import Alike, Line
from app.core.reels.films import BLOCK_PX, Film, Overlay, blocks, changing, likeness_of, spread
from app.core.reels.lines import REACH_MS, STEP_MS, Lines

MOST_QUERY = 120
MOST_KNOWN = 600
PARTS, LEAST_PARTS = 10, 5
"""Of a long run so many stretches are looked at, or else only its middle."""
AROUND_MS, AROUND_PICTURES = 1_500.0, 2
"""What changes is told by so much around each picture; of a film of few pictures by so many of them."""
ASIDE_MS = 500.0
STILL_RMS = 1.2
"""Grey levels of change below which a picture counts as not moving: noise and compression."""
MOVES_RMS = 2.5
AGREES = 0.5
COVERED = 0.5
LEAST = 2
"""Pictures of either film that make a course."""

type Floats = NDArray[np.float64]
type Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Course:
    """A line known = speed · query + offset and how well two films agree along it, each -1 to 1.

    `speed` is negative where the query plays backwards. `motion` compares what changes, `beside`
    is the best that any other offset reaches, `moving` the grey levels by which pictures change,
    `compared` how many blocks are shown, `asked` and `agreeing` how many of them move on both sides and
    the share of these that move alike.
    """

    speed: float
    offset_ms: float
    motion: float
    beside: float
    moving: float
    compared: int
    asked: int
    agreeing: float

    @property
    def line(self) -> Line:
        """Its speed and offset."""
        return self.speed, self.offset_ms


def stretches(
    line: Line,
    query_ms: tuple[int, int],
    reels: tuple[Reel, Reel],
    reach_ms: float = REACH_MS,
) -> tuple[Stretch, Stretch]:
    """Give the query's pictures of a stretch, and the known ones near where a line expects them."""
    query, known = reels
    mine, near = _chosen(line, query_ms, reels, reach_ms)
    return query.some(mine), known.some(near)


def _chosen(
    line: Line, query_ms: tuple[int, int], reels: tuple[Reel, Reel], reach_ms: float
) -> tuple[Places, Places]:
    """Give the places of the query's pictures, and of all known ones near them, in either reel.

    Of a long run there are fewer parts, or only the middle, so that the known ones are not too many.
    """
    start_ms, end_ms = query_ms
    while True:
        for parts in range(PARTS, LEAST_PARTS - 1, -1):
            mine = spread(reels[0], start_ms, end_ms, MOST_QUERY, parts)
            near = _near(line, reels[0].times_ms[mine], reels[1].times_ms, reach_ms)
            if len(near) <= MOST_KNOWN:
                return mine, near
        aside_ms = max(1, (end_ms - start_ms) // 10)
        start_ms, end_ms = start_ms + aside_ms, end_ms - aside_ms


def _near(line: Line, mine_ms: Places, theirs_ms: Places, reach_ms: float) -> Places:
    """Give the places of the known pictures within reach of where a line expects the query's."""
    expected = line[0] * mine_ms + line[1]
    near = np.zeros(len(theirs_ms) + 1, np.int64)
    np.add.at(near, np.searchsorted(theirs_ms, expected - reach_ms, "left"), 1)
    np.add.at(near, np.searchsorted(theirs_ms, expected + reach_ms, "right"), -1)
    return np.flatnonzero(near.cumsum()[:-1] > 0)


def course(
    line: Line, films: tuple[Stretch, Stretch], overlay: Overlay, reach_ms: float = REACH_MS
) -> Course | None:
    """Find the line along which two films agree best, near a given one; None where they are too short."""
    query, known = films
    if min(len(query), len(known)) < LEAST:
        return None
    around_ms = max(AROUND_MS, AROUND_PICTURES * float(np.median(np.diff(query.times_ms))))
    mine = changing(overlay.query(query.pictures), query.times_ms, around_ms)
    other = changing(overlay.known(known.pictures), known.times_ms, around_ms * abs(line[0]))
    times = query.times_ms.astype(np.float64), known.times_ms.astype(np.float64)
    lines = Lines(alike_of(mine, other, overlay), *times)
    return _judged(lines, lines.best(line, reach_ms), (mine, other), overlay)


def alike_of(mine: Film, other: Film, overlay: Overlay) -> Alike:
    """Compare every changing picture with every other; what stands still is like nothing."""
    inside = overlay.inside
    size = float(np.sqrt(inside.sum()))
    return Alike(mine[:, inside], other[:, inside], STILL_RMS * size, MOVES_RMS * size)


def _judged(lines: Lines, line: Line, films: tuple[Film, Film], overlay: Overlay) -> Course:
    """Say how well the films agree along a line, and how well beside it."""
    speed, offset = line
    middle = speed * lines.middle_ms + offset
    aside = np.arange(ASIDE_MS, REACH_MS + 1, STEP_MS)
    beside = lines.scores(speed, np.concatenate([middle - aside, middle + aside]))
    moments = lines.moments(speed, np.array([middle]))
    rows = np.flatnonzero(moments.there[0])
    mine, other = films[0][rows], moments.where((0, rows)).blended(films[1])
    both = np.minimum(_moving(mine, overlay), _moving(other, overlay))
    along = likeness_of(mine, other)
    compared, asked, agreeing = _blockwise(mine, other, overlay)
    return Course(
        speed,
        offset,
        motion=float((along * both).sum() / max(both.sum(), 1e-6)),
        beside=float(beside.max()),
        moving=float(both.mean()) if len(rows) else 0.0,
        compared=compared,
        asked=asked,
        agreeing=agreeing,
    )


def _moving(film: Film, overlay: Overlay) -> Floats:
    """Give by how many grey levels each picture changes."""
    pixels = max(1, int(overlay.inside.sum()))
    return np.asarray(np.sqrt((film**2).sum(axis=(1, 2), dtype=np.float64) / pixels), np.float64)


def _blockwise(mine: Film, other: Film, overlay: Overlay) -> tuple[int, int, float]:
    """Ask each block that moves on both sides, over all pictures, whether it moves alike."""
    shown = blocks(overlay.inside[None].astype(np.float32))[0]
    compared = shown > COVERED * BLOCK_PX**2
    if not len(mine):
        return int(compared.sum()), 0, 0.0
    both, first, second = (
        blocks(part).sum(axis=0, dtype=np.float64) for part in (mine * other, mine**2, other**2)
    )
    change = np.sqrt(np.minimum(first, second) / (np.maximum(shown, 1.0) * len(mine)))
    moves = compared & (change > MOVES_RMS)
    alike = both[moves] / np.sqrt(first[moves] * second[moves])
    agreeing = float((alike > AGREES).mean()) if moves.any() else 0.0
    return int(compared.sum()), int(moves.sum()), agreeing
