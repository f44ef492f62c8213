"""Along which line of time two reels show the same: speed and offset, forwards or backwards, and how surely.

What changes in the pictures is compared, so that a room that stands still says nothing: in a copy
every movement falls together at one offset; in another take of the same scene at none.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.core.films import BLOCK_PX, Film, Overlay, blocks, changing, likeness_of, stretch
from app.core.lines import REACH_MS, STEP_MS, Lines
from app.core.reel import Reel
from app.core.runs import Run

MOST_QUERY = 120
MOST_KNOWN = 600
AROUND_MS = 1_500.0
ASIDE_MS = 500.0
STILL_RMS = 1.2
"""Grey levels of change below which a picture counts as not moving: noise and compression."""
MOVES_RMS = 2.5
AGREES = 0.5
COVERED = 0.5

type Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Course:
    """A line known = speed · query + offset and how well the reels agree along it, each -1 to 1.

    `speed` is negative where the query plays backwards. `motion` compares what changes, `beside`
    is the best that any other offset reaches, `moving` the grey levels by which pictures change,
    `asked` and `agreeing` the blocks that move on both sides and the share of them that move alike.
    """

    speed: float
    offset_ms: float
    motion: float
    beside: float
    moving: float
    asked: int
    agreeing: float
    frames: int


def course(run: Run, reels: tuple[Reel, Reel], overlay: Overlay) -> Course | None:
    """Find the line along which the reels agree best, near where the run lies; None without reels."""
    query, known = reels
    places = stretch(query, *run.query_ms, MOST_QUERY)
    if len(places) < 2:
        return None
    mine_ms = query.times_ms[places].astype(np.float64)
    theirs = _known_places(known, run.speed * mine_ms + run.offset_ms)
    if len(theirs) < 2:
        return None
    theirs_ms = known.times_ms[theirs].astype(np.float64)
    mine = changing(overlay.query(query.at(places)), query.times_ms[places], AROUND_MS)
    other = changing(
        overlay.known(known.at(theirs)), known.times_ms[theirs], AROUND_MS * abs(run.speed)
    )
    alike = _table(mine, other, overlay)
    lines = Lines(alike, mine_ms, theirs_ms)
    speed, offset = lines.best((run.speed, run.offset_ms))
    return _judged(lines, (speed, offset), (mine, other), overlay)


def _known_places(known: Reel, expected_ms: Floats) -> NDArray[np.int64]:
    """Give the places of the known pictures within reach of where they are expected."""
    first = np.searchsorted(known.times_ms, expected_ms - REACH_MS, "left")
    end = np.searchsorted(known.times_ms, expected_ms + REACH_MS, "right")
    near = np.zeros(len(known) + 1, np.int64)
    np.add.at(near, first, 1)
    np.add.at(near, end, -1)
    return np.flatnonzero(near.cumsum()[:-1] > 0)[:MOST_KNOWN]


def _table(mine: Film, other: Film, overlay: Overlay) -> Floats:
    """Give the correlation of every changing picture with every other; what stands still has none."""
    inside = overlay.inside
    first, second = (film[:, inside].astype(np.float64) for film in (mine, other))
    pixels = np.sqrt(inside.sum())
    sizes = [np.linalg.norm(side, axis=1) for side in (first, second)]
    floor = [np.maximum(size, STILL_RMS * pixels) for size in sizes]
    return np.asarray((first @ second.T) / np.outer(*floor), np.float64)


def _judged(
    lines: Lines, line: tuple[float, float], films: tuple[Film, Film], overlay: Overlay
) -> Course:
    """Say how well the reels agree along a line, and how well beside it."""
    speed, offset = line
    middle = speed * lines.middle_ms + offset
    aside = np.arange(ASIDE_MS, REACH_MS + 1, STEP_MS)
    beside = lines.scores(speed, np.concatenate([middle - aside, middle + aside]))
    places, there = lines.near(speed, np.array([middle]))
    rows = np.flatnonzero(there[0])
    mine, other = films[0][rows], films[1][places[0][rows]]
    moving = _moving(mine, overlay), _moving(other, overlay)
    both = np.minimum(*moving)
    along = likeness_of(mine, other) if len(rows) else np.zeros(0)
    motion = float((along * both).sum() / max(both.sum(), 1e-6)) if both.sum() > 0 else 0.0
    asked, agreeing = _blockwise(mine, other, overlay)
    return Course(
        speed,
        offset,
        motion,
        float(beside.max()),
        float(both.mean()) if len(rows) else 0.0,
        asked,
        agreeing,
        len(rows),
    )


def _moving(film: Film, overlay: Overlay) -> Floats:
    """Give by how many grey levels each picture changes."""
    pixels = max(1, int(overlay.inside.sum()))
    return np.asarray(np.sqrt((film**2).sum(axis=(1, 2), dtype=np.float64) / pixels), np.float64)


def _blockwise(mine: Film, other: Film, overlay: Overlay) -> tuple[int, float]:
    """Ask each block that moves on both sides, over all pictures, whether it moves alike."""
    if not len(mine):
        return 0, 0.0
    pixels = np.maximum(blocks(overlay.inside[None].astype(np.float32))[0], 1.0) * len(mine)
    both, first, second = (
        blocks(part).sum(axis=0, dtype=np.float64) for part in (mine * other, mine**2, other**2)
    )
    moves = np.sqrt(np.minimum(first, second) / pixels) > MOVES_RMS
    moves &= pixels > COVERED * len(mine) * BLOCK_PX**2
    alike = both[moves] / np.sqrt(first[moves] * second[moves])
    return int(moves.sum()), float((alike > AGREES).mean()) if moves.any() else 0.0
