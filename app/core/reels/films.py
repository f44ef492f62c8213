"""Two reels laid over each other: pictures of both sides in the known item's frame, ready to be compared."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from app.core.fingerprints.reel import SIDE, Reel, Small
from app.core.reels.warping import grounds, in_pixels, shown_by, soft, warped

type Film = NDArray[np.float32]
"""Pictures (n, SIDE, SIDE)."""
type Shares = NDArray[np.float64]
"""A change of place (2×3) from shares of the query's picture to shares of the known one."""
type BoxShares = tuple[float, float, float, float]
"""x, y, width and height as shares of a picture."""
type Region = NDArray[np.bool_]
"""A part of the known frame (SIDE, SIDE)."""

LEAST_SHOWN = 0.02
"""Share of the known frame that the query must show to be laid over it."""
AS_IT_IS: Shares = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
NEARLY = 0.12
"""How far, in shares, a change of place may be from laying the frames over each other as they are."""
VISIBLE_LEAST = 0.15
"""With less to be seen the whole picture is doubtful."""
WHOLE: BoxShares = (0.0, 0.0, 1.0, 1.0)
BLOCK_PX = 6
BLOCKS = SIDE // BLOCK_PX


@dataclass(frozen=True, slots=True, eq=False)
class Overlay:
    """How the query's pictures come to lie in the known frame.

    What is `shown` of the known frame, all of it or a `part`, may still be `hidden` in the query, under
    a caption or by a blur.
    """

    shares: Shares
    mirrored: bool
    shown: Region
    hidden: Region
    blur_px: tuple[float, float]
    part: BoxShares = WHOLE

    @classmethod
    def of(cls, shares: Shares, *, mirrored: bool) -> "Overlay | None":
        """Prepare a change of place; None where too little of the known picture would be shown."""
        scale = float(np.sqrt(abs(np.linalg.det(shares[:, :2]))))
        shown = shown_by(shares, scale)
        if shown.mean() < LEAST_SHOWN:
            return None
        # The coarser of the two limits what detail can agree.
        blur_px = (max(0.0, 0.6 / scale - 0.6), max(0.0, 0.5 * scale))
        return cls(shares, mirrored, shown, np.zeros_like(shown), blur_px)

    def whole(self) -> "Overlay | None":
        """Give the query laid over all of the known frame, where it lies nearly so; else None.

        Before a camera that pans, a frame that is laid a little aside fits a moment a little off; then
        nothing beside it is a neighbour that cuts it.
        """
        off = float(np.abs(self.shares - AS_IT_IS).max())
        whole = Overlay.of(AS_IT_IS, mirrored=self.mirrored) if 0 < off <= NEARLY else None
        return whole.without(self.hidden) if whole else None

    def without(self, hidden: Region) -> "Overlay":
        """Leave out what is hidden; where little is left, nothing is left out."""
        enough = (self.shown & ~hidden).sum() > VISIBLE_LEAST * self.shown.sum()
        return replace(self, hidden=hidden if enough else np.zeros_like(hidden))

    def cut(self, part: BoxShares) -> "Overlay | None":
        """Show a part of what is shown of the known frame; None where too little of it would be shown."""
        part = within(part, self.part)
        left, top = round(part[0] * SIDE), round(part[1] * SIDE)
        right, bottom = left + round(part[2] * SIDE), top + round(part[3] * SIDE)
        shown = np.zeros_like(self.shown)
        shown[top:bottom, left:right] = self.shown[top:bottom, left:right]
        return replace(self, shown=shown, part=part) if shown.mean() >= LEAST_SHOWN else None

    @property
    def inside(self) -> Region:
        """The part of the known frame that is compared."""
        return self.shown & ~self.hidden

    @property
    def mask(self) -> NDArray[np.uint8]:
        """The part of the query's picture, mirrored where it is, that is compared: 0 or 1."""
        flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
        compared = self.inside.astype(np.uint8)
        return np.asarray(
            cv2.warpAffine(compared, in_pixels(self.shares), (SIDE, SIDE), flags=flags)
        )

    def query(self, pictures: Small) -> Film:
        """Lay the query's pictures into the known frame, without their light."""
        return self.grounded(self.placed(pictures))

    def known(self, pictures: Small) -> Film:
        """Give the known pictures as coarse as the query's are there, without their light."""
        return self.grounded(self.coarse(pictures))

    def placed(self, pictures: Small) -> Film:
        """Lay the query's pictures into the known frame."""
        turned = pictures[:, :, ::-1] if self.mirrored else pictures
        return _film([warped(soft(each, self.blur_px[0]), self.shares) for each in turned])

    def coarse(self, pictures: Small) -> Film:
        """Give the known pictures as coarse as the query's are there."""
        return _film([soft(each, self.blur_px[1]) for each in pictures])

    def grounded(self, pictures: Film) -> Film:
        """Take the light away, and what is outside."""
        weight = self.inside.astype(np.float32)
        film = grounds(pictures * weight)
        film /= np.maximum(grounds(weight), 1e-3)
        np.subtract(pictures, film, out=film)
        film *= weight
        return film


def _film(pictures: list[NDArray[np.float32]]) -> Film:
    return np.array(pictures, np.float32).reshape(-1, SIDE, SIDE)


def within(box: BoxShares, part: BoxShares) -> BoxShares:
    """Give what two boxes share."""
    x, y = max(box[0], part[0]), max(box[1], part[1])
    right = min(box[0] + box[2], part[0] + part[2])
    bottom = min(box[1] + box[3], part[1] + part[3])
    return (
        round(x, 3),
        round(y, 3),
        round(max(0.0, right - x), 3),
        round(max(0.0, bottom - y), 3),
    )


def box_on_box(mine: BoxShares, theirs: BoxShares) -> Shares:
    """Give the change of place that lays a box of the query's picture over one of the known picture."""
    across, down = theirs[2] / mine[2], theirs[3] / mine[3]
    return np.array(
        [[across, 0.0, theirs[0] - across * mine[0]], [0.0, down, theirs[1] - down * mine[1]]]
    )


def shares_of(matrix: Shares, query: tuple[int, ...], known: tuple[int, ...]) -> Shares:
    """Turn a change of place in pixels of two pictures (height, width, …) into one in shares.

    Shares count from the pictures' corners, pixels from their middles.
    """
    turned, into = matrix[:, :2], np.diag([query[1], query[0]]).astype(np.float64)
    moved = matrix[:, 2] + 0.5 - 0.5 * turned.sum(axis=1)
    return np.column_stack([turned @ into, moved]) / [[known[1]], [known[0]]]


def pixels_of(shares: Shares, query: tuple[int, ...], known: tuple[int, ...]) -> Shares:
    """Turn a change of place in shares into one in pixels of two pictures (height, width, …)."""
    placed = shares * [[known[1]], [known[0]]]
    turned = placed[:, :2] / [query[1], query[0]]
    return np.column_stack([turned, placed[:, 2] + 0.5 * turned.sum(axis=1) - 0.5])


def blocks(values: Film) -> NDArray[np.float32]:
    """Sum up pictures (n, SIDE, SIDE) block by block: (n, blocks)."""
    parted = values.reshape(len(values), BLOCKS, BLOCK_PX, BLOCKS, BLOCK_PX)
    return np.asarray(parted.sum(axis=(2, 4)).reshape(len(values), -1), np.float32)


def changing(film: Film, times_ms: NDArray[np.int64], within_ms: float) -> Film:
    """Give what changes: each picture without the mean of those around it in time."""
    total = np.concatenate([np.zeros((1, SIDE, SIDE), np.float32), film.cumsum(0)])
    first = np.searchsorted(times_ms, times_ms - within_ms, "left")
    end = np.searchsorted(times_ms, times_ms + within_ms, "right")
    mean = total[end] - total[first]
    mean /= (end - first).astype(np.float32)[:, None, None]
    return np.asarray(film - mean, np.float32)


def likeness_of(first: Film, second: Film) -> NDArray[np.float64]:
    """Give the correlation of pictures pair by pair."""
    one, other = (film.reshape(len(film), SIDE * SIDE) for film in (first, second))
    size = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    return np.asarray(np.vecdot(one, other) / np.maximum(size, 1.0), np.float64)


def spread(reel: Reel, start_ms: float, end_ms: float, most: int, parts: int) -> NDArray[np.int64]:
    """Give the places of a reel's pictures between two times; of too many, so many parts of it."""
    first = int(np.searchsorted(reel.times_ms, start_ms, "left"))
    end = int(np.searchsorted(reel.times_ms, end_ms, "left"))
    if end - first <= most:
        return np.arange(first, end)
    length = most // parts
    starts = np.linspace(first, end - length, parts).astype(int)
    return np.unique((starts[:, None] + np.arange(length)).ravel())
