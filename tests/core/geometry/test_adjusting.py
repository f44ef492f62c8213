from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.geometry.adjusting import adjusted
from app.core.geometry.blocks import Matrix, compare
from app.core.geometry.examination import Examined
from app.core.geometry.proof import Fit
from app.core.geometry.sights import bare
from tests.filming import canvas

PICTURE = canvas(41, (480, 360))[:360, :480]
TRUE = np.array([[1.6, 0.03, 40.0], [-0.02, 1.55, 31.0]])
"""Takes a cut-out, shown small, to its place in the picture."""
ROUGH = TRUE + np.array([[0.015, 0.004, 1.5], [0.002, -0.012, -1.0]])


def cut_out() -> NDArray[np.uint8]:
    """The part of the picture that TRUE lays back."""
    back = cv2.invertAffineTransform(TRUE)
    return np.asarray(cv2.warpAffine(PICTURE, back, (240, 180)), np.uint8)


def laid(query: NDArray[np.uint8], matrix: Matrix) -> Examined:
    mine, theirs = bare(query), bare(PICTURE)
    fit = Fit(matrix, mirrored=False, inliers=20, blocks=compare(mine.grey, theirs.grey, matrix))
    return Examined(mine, theirs, 0, 0, 0.7, fit)


def off(pair: Examined) -> float:
    """By how many pixels the corners of the pair lie off."""
    assert pair.fit is not None
    corners = np.array([[0, 0, 1], [239, 0, 1], [239, 179, 1], [0, 179, 1]], np.float64)
    return float(np.abs(corners @ (pair.fit.matrix - TRUE).T).max())


def test_a_rough_place_becomes_an_exact_one() -> None:
    rough = laid(cut_out(), ROUGH)
    better = adjusted(rough)
    assert off(rough) > 4
    assert off(better) < 1
    assert better.fit is not None
    assert rough.fit is not None
    assert np.nanmean(better.fit.blocks) > np.nanmean(rough.fit.blocks)


def test_a_caption_does_not_draw_the_rest_after_it() -> None:
    captioned = cut_out()
    captioned[120:160, 20:220] = 15
    captioned[130:150, 30:210:7] = 245
    assert off(adjusted(laid(captioned, ROUGH))) < 1.5


def test_what_lies_exactly_stays_and_what_is_another_picture_does_not_come_to_agree() -> None:
    exact = adjusted(laid(cut_out(), TRUE))
    assert off(exact) < 0.5
    other = laid(np.full((180, 240, 3), 90, np.uint8), ROUGH)
    assert adjusted(other).agreement == 0
    without = replace(other, fit=None)
    assert adjusted(without) is without


@pytest.mark.parametrize("height", [1, 2])
def test_tiny_pictures_are_left_alone(height: int) -> None:
    tiny = laid(np.zeros((height, 3, 3), np.uint8), ROUGH)
    assert adjusted(tiny).query is tiny.query
