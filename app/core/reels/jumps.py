"""Jump cuts: a run that is drawn along one slanted line, though it is some stretches at normal speed.

Whoever cuts out pauses leaves stretches of a second or two, each a little further on in the known item.
The path over the shifts that explains the query best, each change of it at a price, is found by dynamic
programming (Viterbi, 1967).
"""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from app.core.fingerprints.reel import Stretch
from app.core.geometry.side import Sides
from app.core.reels.between import Alike, Line, Moments
from app.core.reels.course import alike_of
from app.core.reels.films import Overlay, changing
from app.core.temporal.runs import Floats, Run, placed

AROUND_MS = 700.0
"""What changes is told by so much around each picture: more would reach over the cuts."""
STEP_MS = 50.0
REACH_MS = 3_000.0
"""How far beside the line of a run its stretches are looked for."""
PRICE = 1.0
"""What a cut costs, in pictures that agree fully."""
AS_WELL = 0.9
"""A single line that explains so much of what the best path does explains as much; along cuts it is 0.8."""
LEAST_MS = 1_200
"""Shorter stretches prove nothing."""
LEAST_ALIKE = 0.3
WINDOW_MS, WINDOWS_LEAST = 60_000, 5
"""Of a long run so much is looked at together, and so often before it is given up."""
PIECES_MOST = 32

type Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the query at normal speed, by how much later the known item shows it, and how alike."""

    query_ms: tuple[int, int]
    shift_ms: float
    alike: float

    @property
    def line(self) -> Line:
        """Its speed and offset."""
        return 1.0, self.shift_ms


def pieces(run: Run, line: Line, overlay: Overlay, sides: Sides) -> list[Piece]:
    """Give the stretches that a run is made of; none where its own line, or `line`, explains it as well."""
    start_ms, end_ms = run.query_ms
    parts = max(1, round((end_ms - start_ms) / WINDOW_MS))
    bounds = np.linspace(start_ms, end_ms, parts + 1)
    found: list[Piece] = []
    for number, window in enumerate(pairwise(bounds.tolist()), 1):
        told = _within(window, (run.line, line), overlay, sides)
        found += [each for each in told if _says_something(each)]
        if len(found) >= PIECES_MOST or (number >= WINDOWS_LEAST and not found):
            break
    return found[:PIECES_MOST]


def piece_of(run: Run, piece: Piece, scores: Floats, sides: Sides) -> Run:
    """Give a piece of a run as a run; `scores` are the similarities of all frames (query, known)."""
    mine, theirs = (side.timeline for side in sides)
    first, last = piece.query_ms
    rows = np.flatnonzero((mine.times_ms >= first) & (mine.times_ms <= last))
    if not len(rows):
        rows = mine.nearest(np.array([(first + last) / 2]))
    columns = theirs.nearest(mine.times_ms[rows] + piece.shift_ms)
    free = replace(run, query_rows=rows, known_rows=columns, scores=scores[rows, columns])
    return placed(free, theirs, piece.line, piece.query_ms)


def _says_something(piece: Piece) -> bool:
    first, last = piece.query_ms
    return last - first >= LEAST_MS and piece.alike >= LEAST_ALIKE


def _within(
    query_ms: tuple[float, float],
    lines: tuple[Line, Line],
    overlay: Overlay,
    sides: Sides,
) -> list[Piece]:
    query = sides[0].reel.between(*query_ms)
    ends = [lines[0][0] * at + lines[0][1] for at in query_ms]
    known = sides[1].reel.between(min(ends) - REACH_MS, max(ends) + REACH_MS)
    if min(len(query), len(known)) < 2:
        return []
    likeness = alike_of(
        changing(overlay.query(query.pictures), query.times_ms, AROUND_MS),
        changing(overlay.known(known.pictures), known.times_ms, AROUND_MS),
        overlay,
    )
    shifts = [at - mine for at, mine in zip(ends, query_ms, strict=True)]
    offsets = np.arange(min(shifts) - REACH_MS, max(shifts) + REACH_MS + 1, STEP_MS)
    table = np.array([_along((1.0, float(each)), likeness, (query, known)) for each in offsets]).T
    path, score = cheapest(table)
    # Of a clip of another speed the path is a staircase beside its line.
    slanted = _line_through(path, offsets, query.times_ms)
    ways = (*lines, slanted)
    if AS_WELL * score <= max(_along(line, likeness, (query, known)).sum() for line in ways):
        return []
    return _parted(path, offsets, table, query.times_ms, query_ms)


def _along(line: Line, likeness: Alike, films: tuple[Stretch, Stretch]) -> Floats:
    """Give how alike each picture of the query and its known moment are, 0 where there is none."""
    moments = Moments.along(line, films[0].times_ms, films[1].times_ms)
    return np.asarray(np.where(moments.there, likeness.at(moments), 0.0), np.float64)


def cheapest(table: Floats) -> tuple[Ints, float]:
    """Give the path through a table (pictures, shifts) that scores most, and its score."""
    best = table[0].copy()
    stays = np.arange(table.shape[1])
    came = np.tile(stays, (len(table), 1))
    for row in range(1, len(table)):
        top = int(best.argmax())
        jumps = best[top] - PRICE > best
        came[row] = np.where(jumps, top, stays)
        best = np.where(jumps, best[top] - PRICE, best) + table[row]
    path = [int(best.argmax())]
    for row in range(len(table) - 1, 0, -1):
        path.append(int(came[row][path[-1]]))
    return np.array(path[::-1]), float(best.max())


def _line_through(path: Ints, offsets: Floats, times_ms: Ints) -> Line:
    """Give the single line that lies nearest to a path (least squares)."""
    speed, offset_ms = np.polyfit(times_ms, times_ms + offsets[path], 1)
    return float(speed), float(offset_ms)


def _parted(
    path: Ints, offsets: Floats, table: Floats, times_ms: Ints, query_ms: tuple[float, float]
) -> list[Piece]:
    """Give the stretches of a path; they meet half-way between two pictures."""
    cuts = np.flatnonzero(np.diff(path)) + 1
    between = (times_ms[cuts - 1] + times_ms[cuts]) // 2
    bounds = [round(query_ms[0]), *between.tolist(), round(query_ms[1])]
    found = []
    for n, rows in enumerate(np.split(np.arange(len(path)), cuts)):
        score = float(table[rows, path[rows]].mean())
        found.append(Piece((bounds[n], bounds[n + 1]), float(offsets[path[rows[0]]]), score))
    return found
