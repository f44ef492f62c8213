"""The tone curve between two films of one scene: what a change of light made of each brightness."""

import numpy as np
from numpy.typing import NDArray

from app.core.films import Film, Region

LEVELS = 24
"""Steps of brightness of the curve."""
SAMPLES = 20_000
"""Pixels that are asked."""
SEEN = 0.003
"""Share of these that a step must have."""
STRAY = 60.0
"""Grey levels by which a gamma leaves the straight line; further off something else is shown there."""

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
    straight = _line(light, shown)
    curve = np.clip(shown, straight - STRAY, straight + STRAY)
    table = np.interp(np.arange(256), light, curve).astype(np.float32)
    return np.asarray(table[known.round().astype(np.uint8)])


def _line(light: Floats, shown: Floats) -> Floats:
    """Give the straight line through most steps: the median of all slopes (Theil and Sen)."""
    first, second = np.triu_indices(len(light), 1)
    slope = np.median((shown[second] - shown[first]) / (light[second] - light[first]))
    return np.asarray(slope * light + np.median(shown - slope * light), np.float64)
