"""Lays the query over the known picture and asks each textured block whether both agree."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

type Pixels = NDArray[np.uint8]
type Smooth = NDArray[np.float32]
type Matrix = NDArray[np.float64]
type Blocks = NDArray[np.float64]

ACROSS = 16
"""Blocks along the longer side of what both pictures show."""
SIDE_PX_MIN = 8.0
AGREES = 0.6
"""Correlation of one block; copies after re-encoding lie above 0.9, chance below 0.3."""
TEXTURE = 16.0
"""Variance under which a block says nothing, in squared grey levels."""
SAID_MIN = 6
BLUR_PX = 1.2
INSIDE = 0.7


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """A grey picture laid into the known picture's frame, and which part of that it covers."""

    picture: Smooth
    inside: Smooth
    blur_px: float

    def of(self, picture: Pixels) -> "Laid":
        """Give another picture of that frame, on the same part and as coarse."""
        return replace(self, picture=smooth(picture, self.blur_px))


def lay(query: Pixels, shape: tuple[int, ...], matrix: Matrix) -> Laid:
    """Lay a grey query picture by a change of place (2×3) into a frame of (height, width)."""
    height, width = shape
    scale = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    # The coarser of the two pictures limits the detail that can agree.
    blur_px = max(BLUR_PX, scale)
    source = query if scale >= 1 else cv2.GaussianBlur(query, (0, 0), 0.5 / scale)
    # What lies outside must not bleed into the rim when it is blurred.
    placed = cv2.warpAffine(source, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    covered = np.ones(query.shape, np.float32)
    inside = cv2.warpAffine(covered, matrix, (width, height), flags=cv2.INTER_NEAREST)
    return Laid(
        smooth(np.asarray(placed, np.uint8), blur_px), np.asarray(inside, np.float32), blur_px
    )


def smooth(picture: Pixels, blur_px: float) -> Smooth:
    """Blur a picture to the detail that can be compared."""
    return np.asarray(cv2.GaussianBlur(picture.astype(np.float32), (0, 0), blur_px), np.float32)


def halved(picture: Pixels) -> Pixels:
    """Give a grey or RGB picture at half its size."""
    height, width = picture.shape[:2]
    size = (max(1, width // 2), max(1, height // 2))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def compare(query: Pixels, known: Pixels, matrix: Matrix) -> Blocks:
    """Give the correlation of each block of the known picture with the query laid over it."""
    laid = lay(query, known.shape, matrix)
    return correlate(laid, smooth(known, laid.blur_px))


def side_of(laid: Laid) -> float:
    """Give the side of a block in pixels."""
    shown = cv2.boundingRect((laid.inside > 0).astype(np.uint8))
    return max(SIDE_PX_MIN, max(shown[2:]) / ACROSS)


def correlate(laid: Laid, other: Smooth) -> Blocks:
    """Give the correlation of each block, NaN where nothing can be said."""
    side = side_of(laid)
    window = (int(side) | 1, int(side) | 1)
    share = cv2.blur(laid.inside, window)

    def mean(values: Smooth) -> Smooth:
        return np.asarray(
            cv2.blur(values * laid.inside, window) / np.maximum(share, 1e-3), np.float32
        )

    mean_1, mean_2 = mean(laid.picture), mean(other)
    spread_1 = mean(laid.picture * laid.picture) - mean_1**2
    spread_2 = mean(other * other) - mean_2**2
    both = mean(laid.picture * other) - mean_1 * mean_2
    value = both / np.sqrt(np.maximum(spread_1, 1.0) * np.maximum(spread_2, 1.0))
    said = (share > INSIDE) & (np.maximum(spread_1, spread_2) > TEXTURE)
    return np.where(said, value, np.nan)[_grid(other.shape, side)].astype(np.float64)


def at_blocks(values: Smooth, laid: Laid) -> NDArray[np.float64]:
    """Give the mean of each block."""
    side = side_of(laid)
    window = (int(side) | 1, int(side) | 1)
    return np.asarray(cv2.blur(values, window)[_grid(values.shape, side)], np.float64)


def middles(shape: tuple[int, ...], side: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the places of the blocks' middles, down and across: one at least, also of a strip."""
    firsts = (side / 2 if length > side / 2 else length // 2 for length in shape)
    down, across = (
        np.arange(first, length, side).astype(np.int64)
        for first, length in zip(firsts, shape, strict=True)
    )
    return down, across


def _grid(shape: tuple[int, ...], side: float) -> tuple[NDArray[np.int64], ...]:
    """Give the blocks' middles as an index into an array of that shape."""
    return np.ix_(*middles(shape, side))


def within(blocks: Blocks, laid: Laid, box: tuple[float, float, float, float]) -> Blocks:
    """Say nothing of blocks of what is laid whose middles are outside of a box.

    `box` is x, y, width and height as shares of the known picture.
    """
    shape = laid.inside.shape
    (down, top, height), (across, left, width) = (
        ((places + 0.5) / length, box[axis], box[axis + 2])
        for places, length, axis in zip(middles(shape, side_of(laid)), shape, (1, 0), strict=True)
    )
    rows = (down >= top) & (down <= top + height)
    columns = (across >= left) & (across <= left + width)
    return np.where(rows[:, None] & columns, blocks, np.nan)


def share_agreeing(blocks: Blocks) -> float:
    """Give the share of comparable blocks that agree; 0 where too few can be compared."""
    said = blocks[~np.isnan(blocks)]
    return float((said > AGREES).mean()) if len(said) >= SAID_MIN else 0.0


def mean_likeness(blocks: Blocks) -> float:
    """Give how nearly the comparable blocks agree, 0 to 1; 0 where none can be compared."""
    said = blocks[~np.isnan(blocks)]
    return float(np.clip(said, 0, 1).mean()) if len(said) else 0.0
