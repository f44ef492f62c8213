"""The tone curve between two films of one scene: what a change of light made of each brightness."""

import numpy as np
from numpy.typing import NDArray

from app.core.reels.films import Film, Region

LEVELS = 24
"""Steps of brightness of the curve."""
SAMPLES = 20_000
"""Pixels that are asked."""
SEEN = 0.003
"""Share of these that a step must have."""
STRAY = 60.0
"""Grey levels by which a gamma leaves the straight line; further off something else is shown there."""

WHITE = 255.0

type Floats = NDArray[np.float64]


def toned(known: Film, query: Film, inside: Region) -> Film:
    """Give the known pictures as light as the query's are, dark and bright parts crushed as they are there.

    Both films hold brightness (n, SIDE, SIDE) of the same moments in one frame; `inside` is asked. What
    covers less than half of what was as bright does not bend the curve.
    """
    theirs, mine = known[:, inside].ravel(), query[:, inside].ravel()
    some = max(1, len(theirs) // SAMPLES)
    theirs, mine = theirs[::some], mine[::some]
    step = np.clip(theirs * (LEVELS / 256), 0, LEVELS - 1).astype(np.int64)
    counts = np.bincount(step, minlength=LEVELS)
    asked = np.flatnonzero(counts >= SEEN * len(theirs))
    if len(asked) < 2:
        return known + np.float32(np.median(mine - theirs)) if len(mine) else known
    light = np.bincount(step, theirs, LEVELS)[asked] / counts[asked]
    shown = np.array([np.median(mine[step == level]) for level in asked])
    slope = _slope(light, shown)
    straight = slope * light + np.median(shown - slope * light)
    curve = np.clip(shown, straight - STRAY, straight + STRAY)
    # Of a lamp in the dark there are too few pixels to be asked: the curve goes straight on to it.
    ends = [curve[0] - slope * light[0], curve[-1] + slope * (WHITE - light[-1])]
    levels = np.concatenate([[0.0], light, [WHITE]])
    made = np.concatenate([ends[:1], curve, ends[1:]]).clip(0.0, WHITE)
    table = np.interp(np.arange(256), levels, made).astype(np.float32)
    return np.asarray(table[known.round().astype(np.uint8)])


def _slope(light: Floats, shown: Floats) -> float:
    """Give how steep the straight line through most steps is: the median of all slopes (Theil and Sen)."""
    first, second = np.triu_indices(len(light), 1)
    return float(np.median((shown[second] - shown[first]) / (light[second] - light[first])))
