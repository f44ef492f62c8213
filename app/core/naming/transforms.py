"""Names what was done to the known picture, from the measured change of place and the difference."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np

from app.core.geometry.blocks import Pixels
from app.core.geometry.examination import Examined, best_of
from app.core.geometry.proof import Fit
from app.core.geometry.sights import mirror
from app.core.geometry.ways import lie_alike
from app.core.naming.colours import colour_change
from app.core.naming.covering import covered
from app.core.reels.films import WHOLE, BoxShares, Overlay, pixels_of, shares_of, within
from app.core.reels.framing import area_within, bounds, corners_of, plain_around
from app.core.reels.hidden import covered_boxes, laid_box

type TransformKind = Literal[
    "reencode",
    "mirror",
    "rotation",
    "stretch",
    "crop",
    "borders",
    "picture_in_picture",
    "greyscale",
    "colour",
    "overlay",
    "reversed",
    "speed",
    "freeze_frame",
    "sound_replaced",
    "sound_removed",
]
UNEDITED = frozenset({"reencode"})
"""Names that are no edit of what the picture shows."""
TURNED_DEGREES = 2.0
SPEED_NOISE = 0.02
CROPPED_UNDER = 0.94
FILLED_UNDER = 0.9
NEARLY_WHOLE = 0.98
STRETCHED_FROM = 1.12
PROVEN_FROM = 0.2
AS_GOOD = 0.9
"""Pairs that agree less than this share of what the best does may lie askew."""
SQUARE = (1, 1)
"""The shape of a picture whose pixels are shares."""


@dataclass(frozen=True, slots=True)
class Transform:
    """One named change.

    `box` is x, y, width, height in shares of the picture it lies in: of the known picture for
    `crop`, of the query for all others.
    """

    kind: TransformKind
    box: BoxShares | None = None
    degrees: float | None = None
    factor: float | None = None


def name_transforms(
    pairs: list[Examined], speed: float, overlay: Overlay | None = None
) -> tuple[Transform, ...]:
    """Name the changes that the examined pairs of a run show; `reencode` when there is none.

    `overlay` says how the pictures lie over each other all along and what is hidden; without it
    the pairs are asked.
    """
    named: list[Transform] = []
    fitted = [pair for pair in pairs if pair.fit is not None]
    proven = [pair for pair in fitted if pair.agreement > PROVEN_FROM]
    if overlay is not None and fitted:
        # Of what is too plain for a pair to prove anything, the films tell how it lies.
        named = _all_along(proven or fitted, overlay)
    elif proven:
        named = _by_moments(proven)
    if speed < 0:
        named.append(Transform("reversed"))
    if abs(abs(speed) - 1.0) > SPEED_NOISE:
        named.append(Transform("speed", factor=round(abs(speed), 3)))
    return tuple(named) or (Transform("reencode"),)


def _by_moments(pairs: list[Examined]) -> list[Transform]:
    """Name what pairs show, each laid as it lies itself."""
    best = best_of(pairs)
    moments = {pair.query_ms for pair in pairs}, {pair.known_ms for pair in pairs}
    if min(map(len, moments)) > 1:
        # What is zoomed into begins whole: what shows least tells that anything was cut away. Beside a
        # still it may be the camera that comes nearer.
        as_good = [pair for pair in pairs if pair.agreement >= AS_GOOD * best.agreement]
        best = min(as_good, key=_shown)
    return _seen(best, pairs, covered(pairs))


def _shown(pair: Examined) -> float:
    """Give how much of the known picture a pair shows."""
    if pair.fit is None:
        return np.inf
    turned = shares_of(pair.fit.matrix, pair.query.pixels.shape, pair.known.pixels.shape)[:, :2]
    return float(abs(np.linalg.det(turned)))


def _all_along(pairs: list[Examined], overlay: Overlay) -> list[Transform]:
    """Name what pairs show, laid over each other as they lie all along."""
    along = [_laid(pair, overlay) for pair in pairs]
    # Before a cut that moves, a moment that is proven to lie elsewhere would show other colours.
    there = [laid for pair, laid in zip(pairs, along, strict=True) if lie_alike(pair, laid)]
    there = there or along
    return _seen(best_of(there), there, covered_boxes(overlay), overlay.part)


def _laid(pair: Examined, overlay: Overlay) -> Examined:
    if pair.fit is None:
        return pair
    query = pair.query if pair.fit.mirrored == overlay.mirrored else mirror(pair.query)
    matrix = pixels_of(overlay.shares, query.pixels.shape, pair.known.pixels.shape)
    fit = replace(pair.fit, matrix=matrix, mirrored=overlay.mirrored)
    return replace(pair, query=query, fit=fit)


def _seen(
    best: Examined,
    pairs: list[Examined],
    covered: Sequence[BoxShares],
    part: BoxShares = WHOLE,
) -> list[Transform]:
    if best.fit is None:
        return []
    named = [*_placed(best.fit), *_cut(best.fit, best.query.pixels, best.known.pixels, part)]
    change = colour_change(pairs, covered, part)
    named += [Transform(change)] if change else []
    return [*named, *(Transform("overlay", box=box) for box in covered)]


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


def _cut(fit: Fit, query: Pixels, known: Pixels, part: BoxShares) -> list[Transform]:
    """Name the crop, and what fills the rest of the query: borders or other footage."""
    named = []
    shares = shares_of(fit.matrix, query.shape, known.shape)
    back = np.asarray(cv2.invertAffineTransform(shares), np.float64)
    shown, whole = (
        corners_of(SQUARE, back, each) * (query.shape[1], query.shape[0]) for each in (part, WHOLE)
    )
    seen = area_within(shown, query.shape)
    if seen < CROPPED_UNDER * cv2.contourArea(whole.astype(np.float32)):
        box = within(bounds(corners_of(SQUARE, shares), SQUARE), part)
        # A picture that is turned in its frame loses its corners only.
        if not _nearly_whole(box):
            named.append(Transform("crop", box=box))
    if seen < FILLED_UNDER * query.shape[0] * query.shape[1]:
        box = bounds(shown, query.shape)
        kind: TransformKind = "borders" if plain_around(shown, query) else "picture_in_picture"
        # What is turned leaves bare corners, which are no borders.
        if not _nearly_whole(box):
            named.append(Transform(kind, box=laid_box(box, mirrored=fit.mirrored)))
    return named


def _nearly_whole(box: BoxShares) -> bool:
    """Say whether a box is nearly the whole picture along both sides, so that it is no crop.

    An upright picture that is cut for real falls short of this by far.
    """
    return min(box[2:]) >= NEARLY_WHOLE
