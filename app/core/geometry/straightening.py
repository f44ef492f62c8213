"""Straightens what was filmed or photographed at a slant, as off a screen: no affine change does.

A plane seen from elsewhere is changed by a homography. What is left of that beside an affine change is
taken out of the query's picture, which then lies on the known one as any other does.
"""

from dataclasses import replace

import cv2
import numpy as np

from app.core.geometry.blocks import Matrix, Pixels
from app.core.geometry.examination import Examined
from app.core.geometry.proof import REPROJECTION_PX, matched, plausible, prove
from app.core.geometry.sights import Points, Sight, full, see

POINTS_LEAST = 30
"""Key points on one plane; eight numbers make a homography, and any few points lie on one."""
SLANT = 0.02, 0.8
"""By which share one side of a picture is nearer than the other: less is none, more no screen."""
AGREES_LEAST = 0.4
"""A plane of another scene, or at another moment, agrees less."""


def straightened(pair: Examined) -> Examined | None:
    """Give a pair with its query straightened; None where that was not seen at a slant."""
    found = _planes(pair)
    if pair.fit is None or found is None:
        return None
    slant, matrix = found
    source = _source(pair.query).pixels
    straight = replace(see(leaned(source, slant)), source=source)
    known = full(pair.known)
    fit = prove(straight, known, mirrored=pair.fit.mirrored, hint=matrix)
    if fit is None or fit.agreement < AGREES_LEAST:
        return None
    return replace(pair, query=straight, known=known, fit=fit)


def slant_of(pair: Examined) -> Matrix | None:
    """Give what straightens a pair's query (3×3, in its pixels, mirrored where the fit is), if anything."""
    found = _planes(pair)
    return found[0] if found else None


def leaned(picture: Pixels, slant: Matrix) -> Pixels:
    """Give a picture seen from elsewhere."""
    size = picture.shape[1::-1]
    laid = cv2.warpPerspective(picture, slant, size, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(laid, np.uint8)


def _source(sight: Sight) -> Sight:
    """Give a sight as it was before it was straightened."""
    return full(sight) if sight.source is None else see(sight.source)


def _planes(pair: Examined) -> tuple[Matrix, Matrix] | None:
    """Give the slant of a pair's query, and the affine change of place (2×3) of what is straightened."""
    query = _source(pair.query)
    points = matched(query, full(pair.known))
    found = _fitted(*points) if len(points[0]) >= POINTS_LEAST else None
    if found is None or not plausible(found[1]):
        return None
    sides = np.array(query.grey.shape[::-1])
    tilt = found[0][2, :2] * sides / (found[0][2] @ [*(sides / 2), 1])
    return found if SLANT[0] <= float(np.abs(tilt).max()) <= SLANT[1] else None


def _fitted(source: Points, target: Points) -> tuple[Matrix, Matrix] | None:
    """Part the homography that most points agree on in a slant and an affine change."""
    cv2.setRNGSeed(1)
    plane, inside = cv2.findHomography(
        source, target, cv2.RANSAC, REPROJECTION_PX, maxIters=3000, confidence=0.999
    )
    if plane is None or inside.sum() < POINTS_LEAST:
        return None
    told = inside.ravel() > 0
    places = np.column_stack([source[told], np.ones(int(told.sum()))])
    matrix = np.asarray(np.linalg.lstsq(places, target[told], rcond=None)[0].T, np.float64)
    back = cv2.invertAffineTransform(matrix)
    return np.asarray(np.vstack([back, [0, 0, 1]]) @ plane, np.float64), matrix
