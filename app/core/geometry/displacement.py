"""How many blocks of one picture lie in another where they should: in a copy nearly all do.

Two takes of one scene look alike block by block, for people wear the same and walls stand still. But
nobody takes a pose again to a pixel, and a camera that was put up again shows the room from elsewhere.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from app.core.geometry.blocks import AGREES, Laid, Smooth, middles, side_of

REACH_PX = 6
"""How far around its place a block is looked for."""
IN_PLACE_PX = 1.5
"""Times the blur, how far from its place it may agree best: copies are laid as exactly at worst."""
SIDE_LEAST_PX = 16


def in_place(laid: Laid, other: Laid, asked: NDArray[np.bool_]) -> float:
    """Give the share of the asked blocks that are found where they lie; 0 where none can be looked for.

    `asked` are blocks (down, across) as `blocks.correlate` gives them. A block is in its place
    when it agrees with the other picture, best within `IN_PLACE_PX` times the blur of where it lies.
    """
    side = side_of(laid)
    reach = round(max(side, SIDE_LEAST_PX) / 2) + REACH_PX
    down, across = middles(other.picture.shape, side)
    within_px = IN_PLACE_PX * laid.blur_px
    found = []
    for row, column in np.argwhere(asked):
        y, x = int(down[row]), int(across[column])
        inner = _around(laid.picture, y, x, reach - REACH_PX)
        outer = _around(other.picture, y, x, reach)
        if outer.shape == (2 * reach, 2 * reach):
            found.append(_off_px(inner, outer) <= within_px)
    return float(np.mean(found)) if found else 0.0


def _around(picture: Smooth, y: int, x: int, reach: int) -> Smooth:
    """Give what is around a place; less at the rim."""
    return picture[max(0, y - reach) : y + reach, max(0, x - reach) : x + reach]


def _off_px(block: Smooth, around: Smooth) -> float:
    """Give how far from the middle a block agrees best; infinite where it agrees nowhere."""
    likeness = np.asarray(cv2.matchTemplate(around, block, cv2.TM_CCOEFF_NORMED), np.float64)
    y, x = (int(each) for each in np.unravel_index(likeness.argmax(), likeness.shape))
    if likeness[y, x] <= AGREES:
        return np.inf
    beyond = _beyond(likeness[y - 1 : y + 2, x]), _beyond(likeness[y, x - 1 : x + 2])
    return float(np.hypot(y + beyond[0] - REACH_PX, x + beyond[1] - REACH_PX))


def _beyond(three: NDArray[np.float64]) -> float:
    """Give where between three values the highest lies, from the middle one: the top of a parabola."""
    if len(three) < 3:
        return 0.0
    before, here, after = (float(each) for each in three)
    bend = before - 2 * here + after
    return 0.5 * (before - after) / bend if bend else 0.0
