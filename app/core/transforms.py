"""Names what was done to the known picture, from the measured change of place and the difference."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from app.core.blocks import Pixels
from app.core.examination import Examined
from app.core.films import Overlay, pixels_of, shares_of
from app.core.hidden import BoxShares, hidden_boxes
from app.core.proof import Fit

UNEDITED = frozenset({"reencode", "scale"})
"""Names that are no edit of what the picture shows."""
TURNED_DEGREES = 2.0
SPEED_NOISE = 0.02
CROPPED_UNDER = 0.94
FILLED_UNDER = 0.9
STRETCHED_FROM = 1.12
GREY_SHARE = 0.3
COLOURED_MIN = 2.0
SOFT_PX = 15
"""Colours are compared as softly as this: edges that are a little off would count."""
DISTANT, DISTANT_LEAST = 0.45, 5.0
"""Mean distance of colours, as a share of the known picture's chroma and in Lab units."""
PLAIN_DETAIL = 3.5
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


def name_transforms(
    pairs: list[Examined],
    speed: float,
    overlay: Overlay | None = None,
    covered: Sequence[BoxShares] | None = None,
) -> tuple[Transform, ...]:
    """Name the changes that the examined pairs of a run show; `reencode` when there is none.

    `overlay` says how the pictures lie over each other all along, `covered` which regions are hidden
    all along; without them the pairs are asked.
    """
    named: list[Transform] = []
    proven = [pair for pair in pairs if pair.fit is not None and pair.agreement > 0.2]
    if proven:
        best = max(proven, key=lambda pair: pair.strength)
        named = _seen(_as_all_along(best, overlay) if overlay else best)
        boxes = _covered(proven, best) if covered is None else covered
        named += [Transform("overlay", box=box) for box in boxes]
    if speed < 0:
        named.append(Transform("reversed"))
    if abs(abs(speed) - 1.0) > SPEED_NOISE:
        named.append(Transform("speed", factor=round(abs(speed), 3)))
    return tuple(named) or (Transform("reencode"),)


def _as_all_along(pair: Examined, overlay: Overlay) -> Examined:
    """Give the pair as the pictures lie over each other all along."""
    if pair.fit is None or pair.fit.mirrored != overlay.mirrored:
        return pair
    matrix = pixels_of(overlay.shares, pair.query.pixels.shape, pair.known.pixels.shape)
    return replace(pair, fit=replace(pair.fit, matrix=matrix))


def _seen(best: Examined) -> list[Transform]:
    fit = best.fit
    if fit is None:
        return []
    query, known = best.query.pixels, best.known.pixels
    return [*_placed(fit), *_cut(fit, query, known), *_coloured(fit, query, known)]


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
        cv2.cvtColor(cv2.blur(pixels, (SOFT_PX, SOFT_PX)), cv2.COLOR_RGB2LAB)[inside].astype(
            np.float64
        )[:, 1:]
        - 128
        for pixels in (laid, known)
    )
    chroma = [float(np.hypot(side[:, 0], side[:, 1]).mean()) for side in (mine, theirs)]
    if chroma[1] > COLOURED_MIN and chroma[0] < GREY_SHARE * chroma[1]:
        return [Transform("greyscale")]
    apart = float(np.hypot(*(mine - theirs).T).mean())
    return [Transform("colour")] if apart > max(DISTANT_LEAST, DISTANT * chroma[1]) else []


def _covered(pairs: list[Examined], best: Examined) -> list[BoxShares]:
    """Give the regions that disagree in every pair."""
    fit = best.fit
    blocks = [pair.fit.blocks for pair in pairs if pair.fit is not None]
    if fit is None:
        return []
    alike = [each for each in blocks if each.shape == fit.blocks.shape]
    worst = np.nanmax(np.nan_to_num(np.array(alike), nan=1.0), axis=0)
    shares = shares_of(fit.matrix, best.query.pixels.shape, best.known.pixels.shape)
    hidden = worst < OVERLAY_AGREES_UNDER
    return hidden_boxes(hidden, fit.comparable, shares, mirrored=fit.mirrored)
