"""Names what was done to the known picture, from the measured change of place and the difference."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from app.core.blocks import Pixels
from app.core.examination import Examined
from app.core.proof import Fit

type BoxShares = tuple[float, float, float, float]

UNEDITED = frozenset({"reencode", "scale"})
"""Names that are no edit of what the picture shows."""
TURNED_DEGREES = 2.0
CROPPED_UNDER = 0.94
FILLED_UNDER = 0.9
STRETCHED_FROM = 1.12
GREY_SHARE = 0.3
COLOURED_MIN = 20.0
DISTANT_COLOUR = 18.0
PLAIN_DETAIL = 7.0
OVERLAY_SHARE = (0.01, 0.45)
OVERLAY_AGREES_UNDER = 0.35


@dataclass(frozen=True, slots=True)
class Transform:
    """One named change.

    `box` is x, y, width, height in shares of the picture it lies in: of the known picture for
    `crop`, of the query for all others.
    """

    kind: str
    box: BoxShares | None = None
    degrees: float | None = None
    factor: float | None = None


def name_transforms(pairs: list[Examined], speed: float) -> tuple[Transform, ...]:
    """Name the changes that the examined pairs of a run show; `reencode` when there is none."""
    named: list[Transform] = []
    proven = [pair for pair in pairs if pair.fit is not None and pair.agreement > 0.3]
    if proven:
        best = max(proven, key=lambda pair: pair.agreement * pair.inliers)
        named = _seen(best, [pair.fit for pair in proven if pair.fit is not None])
    if abs(speed - 1.0) > 0.02:
        named.append(Transform("speed", factor=round(speed, 3)))
    return tuple(named) or (Transform("reencode"),)


def _seen(best: Examined, fits: list[Fit]) -> list[Transform]:
    fit = best.fit
    if fit is None:
        return []
    query, known = best.query.pixels, best.known.pixels
    return [
        *_placed(fit),
        *_cut(fit, query, known),
        *_coloured(fit, query, known),
        *_covered(fits, fit, query, known),
    ]


def _placed(fit: Fit) -> list[Transform]:
    """Name mirror, rotation and stretch."""
    left, sizes, right = np.linalg.svd(fit.matrix[:, :2])
    turn = left @ right
    degrees = float(np.degrees(np.arctan2(turn[1, 0], turn[0, 0])))
    named = [Transform("mirror")] if fit.mirrored else []
    if abs(degrees) > TURNED_DEGREES:
        # The matrix takes the query back; what was done to the known picture is the reverse.
        named.append(Transform("rotation", degrees=round(degrees if fit.mirrored else -degrees, 1)))
    if sizes[0] / sizes[1] > STRETCHED_FROM:
        named.append(Transform("stretch", factor=round(float(sizes[0] / sizes[1]), 2)))
    return named


def _corners(shape: tuple[int, ...], matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    height, width = shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    return np.asarray(corners @ matrix[:, :2].T + matrix[:, 2], np.float64)


def _bounds(corners: NDArray[np.float64], shape: tuple[int, ...]) -> BoxShares:
    height, width = shape[:2]
    low = np.clip(corners.min(axis=0) / (width, height), 0, 1)
    high = np.clip(corners.max(axis=0) / (width, height), 0, 1)
    x, y, right, bottom = (round(float(v), 3) for v in (*low, *high))
    return x, y, round(right - x, 3), round(bottom - y, 3)


def _shown(shape: tuple[int, ...], other: tuple[int, ...], matrix: NDArray[np.float64]) -> float:
    """Give the share of a picture that lies inside the other one."""
    height, width = other[:2]
    corners = _corners(shape, matrix).astype(np.float32)
    frame = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    area, _ = cv2.intersectConvexConvex(corners, frame)
    return float(area / max(1.0, cv2.contourArea(corners)))


def _cut(fit: Fit, query: Pixels, known: Pixels) -> list[Transform]:
    """Name the crop, and what fills the rest of the query: borders or another picture."""
    named = []
    back = np.asarray(cv2.invertAffineTransform(fit.matrix), np.float64)
    if _shown(known.shape, query.shape, back) < CROPPED_UNDER:
        box = _bounds(_corners(query.shape, fit.matrix), known.shape)
        named.append(Transform("crop", box=box))
    if _shown(query.shape, known.shape, fit.matrix) < FILLED_UNDER:
        box = _flipped(_bounds(_corners(known.shape, back), query.shape), mirrored=fit.mirrored)
        kind = "borders" if _plain_around(fit, query, known) else "picture_in_picture"
        named.append(Transform(kind, box=box))
    return named


def _flipped(box: BoxShares, *, mirrored: bool) -> BoxShares:
    x, y, width, height = box
    return (round(1 - x - width, 3), y, width, height) if mirrored else box


def _plain_around(fit: Fit, query: Pixels, known: Pixels) -> bool:
    """Say whether the query is flat or blurred around the known picture."""
    height, width = query.shape[:2]
    covered = cv2.warpAffine(
        np.ones(known.shape[:2], np.uint8),
        fit.matrix,
        (width, height),
        flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP,
    )
    outside = cv2.erode((covered == 0).astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    grey = cv2.cvtColor(query, cv2.COLOR_RGB2GRAY)
    detail = np.abs(cv2.Laplacian(grey, cv2.CV_32F))
    return not outside.any() or float(detail[outside].mean()) < PLAIN_DETAIL


def _coloured(fit: Fit, query: Pixels, known: Pixels) -> list[Transform]:
    """Name greyscale and other changes of colour, where both pictures show the same."""
    height, width = known.shape[:2]
    laid = cv2.warpAffine(query, fit.matrix, (width, height))
    inside = cv2.warpAffine(np.ones(query.shape[:2], np.uint8), fit.matrix, (width, height)) > 0
    if not inside.any():
        return []
    mine, theirs = (
        cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB)[inside].astype(np.float64)[:, 1:] - 128
        for pixels in (laid, known)
    )
    chroma = [float(np.hypot(side[:, 0], side[:, 1]).mean()) for side in (mine, theirs)]
    if chroma[1] > COLOURED_MIN / 4 and chroma[0] < GREY_SHARE * chroma[1]:
        return [Transform("greyscale")]
    moved = float(np.hypot(*(mine.mean(axis=0) - theirs.mean(axis=0))))
    return [Transform("colour")] if moved > DISTANT_COLOUR else []


def _covered(fits: list[Fit], fit: Fit, query: Pixels, known: Pixels) -> list[Transform]:
    """Name the region that disagrees in every pair: a logo, a caption, a blacked-out part."""
    alike = [other.blocks for other in fits if other.blocks.shape == fit.blocks.shape]
    if len(alike) < min(2, len(fits)):
        return []
    worst = np.nanmax(np.nan_to_num(np.array(alike), nan=1.0), axis=0)
    apart = (worst < OVERLAY_AGREES_UNDER).astype(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(apart, connectivity=8)
    named = []
    for x, y, w, h, area in stats[1:count]:
        if area < 2 or not OVERLAY_SHARE[0] <= area / max(1, fit.comparable) <= OVERLAY_SHARE[1]:
            continue
        scale = np.array([known.shape[1] / apart.shape[1], known.shape[0] / apart.shape[0]])
        corners = np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]]) * scale
        back = cv2.invertAffineTransform(fit.matrix)
        box = _bounds(corners @ back[:, :2].T + back[:, 2], query.shape)
        named.append(Transform("overlay", box=_flipped(box, mirrored=fit.mirrored)))
    return named
