"""Lays two films over each other more exactly, when it is known which moments belong together."""

import cv2
import numpy as np

from app.core.films import Overlay, Shares
from app.core.joining import joined
from app.core.reel import SIDE, Small, Stretch

MOMENTS = 7
TURNS, SOFT_PX = 40, 3
LEAST_LIKENESS = 0.3
LEAST_MOMENTS = 3


def refined(
    overlay: Overlay, line: tuple[float, float], films: tuple[Stretch, Stretch]
) -> Overlay | None:
    """Give a better change of place; None where the pictures of too few moments can be joined.

    Each moment's pictures are joined by their brightness; the median of several moments outlasts
    what moves in them.
    """
    query, known = films
    if len(query) < LEAST_MOMENTS or not len(known):
        return None
    places = np.linspace(0, len(query) - 1, MOMENTS).round().astype(int)
    wanted = line[0] * query.times_ms[places] + line[1]
    theirs = np.abs(known.times_ms - wanted[:, None]).argmin(axis=1)
    mine, other = query.pictures[places], known.pictures[theirs]
    if overlay.mirrored:
        mine = np.ascontiguousarray(mine[:, :, ::-1])
    mask = overlay.mask
    found = [
        better
        for first, second in zip(mine, other, strict=True)
        if (better := _aligned(first, second, overlay.shares, mask)) is not None
    ]
    if len(found) < LEAST_MOMENTS:
        return None
    laid = Overlay.of(np.median(np.stack(found), axis=0), mirrored=overlay.mirrored)
    return laid.cut(overlay.part).without(overlay.hidden) if laid else None


def _aligned(query: Small, known: Small, shares: Shares, mask: Small) -> Shares | None:
    """Give the change of place that makes two pictures most alike, starting from one."""
    back = cv2.invertAffineTransform(shares)
    warp = back.astype(np.float32)
    warp[:, 2] *= SIDE
    found = joined(query, known, warp, mask, turns=TURNS, soft_px=SOFT_PX)
    if found is None or found[0] < LEAST_LIKENESS:
        return None
    better = np.asarray(found[1], np.float64)
    better[:, 2] /= SIDE
    return np.asarray(cv2.invertAffineTransform(better), np.float64)
