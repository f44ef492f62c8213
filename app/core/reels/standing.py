"""Stretches of a clip in which the picture stands still, or is zoomed into evenly, as of a photograph."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from app.core.geometry.proof import Fit, prove
from app.core.geometry.side import Side
from app.core.reels.films import AS_IT_IS, Shares, shares_of
from app.core.temporal.runs import Floats

LEAST_MS = 1_000
ALIKE = 0.8
"""Cosine of neighbouring frames from which they are worth a look; zooms of a tenth a second reach 0.88."""
STEPS_MOST = 40
"""So many pairs of neighbouring frames are asked whether they show the same."""
SAME, ALL_BUT = 0.95, 2
"""Correlation above which blocks of a standing picture lie, all but this percentage.

Of held frames all lie above 0.98. Of neighbouring frames before a fixed camera half lie under 0.7, where
something moves, in a tenth of the picture or less; an empty scene is as still as a held frame.
"""
STANDS_TOO, BUT_FOR = 0.9, 10
"""The same of a known item that hardly moves: there nothing is held."""
HELD = 0.01
"""Share of the picture by which a held one may lie aside."""

type Stretch = tuple[int, int]
"""First and last row of an item's frames."""


def standing_stretches(
    side: Side, asked: NDArray[np.bool_], sooner: NDArray[np.bool_]
) -> list[Stretch]:
    """Give the stretches of the frames that are `asked` in which an item stands still, longest first.

    Of many frames those that are to be asked `sooner` come before others, and of these the most alike.
    """
    times_ms, alike = side.timeline.times_ms, _alike(side)
    steps = np.flatnonzero(asked[:-1] & asked[1:] & (alike >= ALIKE))
    steps = np.sort(steps[np.lexsort((-alike[steps], ~sooner[steps]))][:STEPS_MOST])
    stands = [int(row) for row in steps if _stands(times_ms[row : row + 2].tolist(), side)]
    parts = np.split(np.array(stands), np.flatnonzero(np.diff(stands) > 1) + 1) if stands else []
    found = [(int(part[0]), int(part[-1]) + 1) for part in parts]
    lasting = [each for each in found if times_ms[each[1]] - times_ms[each[0]] >= LEAST_MS]
    return sorted(lasting, key=lambda each: times_ms[each[0]] - times_ms[each[1]])


def _alike(side: Side) -> Floats:
    """Give how alike the model finds each frame and the next one; without descriptors all are."""
    found = side.fingerprint.descriptors.astype(np.float64)
    if not len(found):
        return np.ones(max(0, side.fingerprint.frames - 1))
    return np.asarray(np.vecdot(found[:-1], found[1:]), np.float64)


def hardly_moves(side: Side, times_ms: Floats) -> bool:
    """Say whether an item shows nearly one picture at most of some times, however the camera turns."""
    steps, stands = list(pairwise(times_ms.tolist())), []
    # A slide may stand for an hour: some of its seconds say as much.
    some = np.linspace(0, len(steps) - 1, min(len(steps), STEPS_MOST)).round().astype(int)
    for place in some.tolist():
        fit, _ = _fit(steps[place], side)
        stands.append(fit is not None and _agrees(fit, STANDS_TOO, BUT_FOR))
    return 2 * sum(stands) >= len(stands)


def _stands(step: Sequence[float], side: Side) -> bool:
    fit, shares = _fit(step, side)
    return fit is not None and _agrees(fit, SAME, ALL_BUT) and _held_or_zoomed(shares)


def _fit(step: Sequence[float], side: Side) -> tuple[Fit | None, Shares]:
    """Lay one moment of an item over another; gives the change of place in shares, too."""
    one, other = (side.sights.at(side.sights.nearest(at, 1)[0]) for at in step)
    fit = prove(one, other, mirrored=False)
    if fit is None or fit.mute:
        return None, AS_IT_IS
    return fit, shares_of(fit.matrix, one.grey.shape, other.grey.shape)


def _agrees(fit: Fit, alike: float, but_for: int) -> bool:
    return bool(np.nanpercentile(fit.blocks, but_for) >= alike)


def _held_or_zoomed(shares: Shares) -> bool:
    """Say whether a picture stays, or only grows or shrinks around a place in it: cameras turn."""
    if float(np.abs(shares - AS_IT_IS).max()) <= HELD:
        return True
    grown = 1 - shares.diagonal()
    if max(abs(shares[0, 1]), abs(shares[1, 0])) > HELD or float(np.abs(grown).min()) <= HELD / 2:
        return False
    around = shares[:, 2] / grown
    return bool((around >= 0).all() and (around <= 1).all())
