"""Copies lie where they should to a pixel; what was filmed again does not."""

import cv2
import numpy as np
import pytest

from app.core.geometry.blocks import Pixels, correlate, lay
from app.core.geometry.displacement import in_place

HERE = np.array([[1.0, 0, 0], [0, 1, 0]])


def scene(seed: int) -> Pixels:
    """Soft shapes of all sizes."""
    grains = np.random.default_rng(seed).normal(0, 1, (288, 512)).astype(np.float32)
    shapes = cv2.GaussianBlur(grains, (0, 0), 3)
    return np.asarray(128 + 60 * shapes / shapes.std(), np.float32).clip(0, 255).astype(np.uint8)


def moved(picture: Pixels, x: float, y: float) -> Pixels:
    matrix = np.array([[1.0, 0, x], [0, 1, y]])
    shifted = cv2.warpAffine(picture, matrix, picture.shape[::-1], borderMode=cv2.BORDER_REFLECT)
    return np.asarray(shifted, np.uint8)


def share(still: Pixels, video: Pixels) -> float:
    laid = lay(still, video.shape, HERE)
    other = laid.of(video)
    return in_place(laid, other, ~np.isnan(correlate(laid, other.picture)))


def test_a_copy_lies_in_its_place_however_it_was_encoded() -> None:
    picture = scene(1)
    _, encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 20])
    copy = np.asarray(cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE), np.uint8)
    assert share(copy, picture) > 0.98
    assert share((picture * 0.6 + 40).astype(np.uint8), picture) > 0.98


@pytest.mark.parametrize("shift", [(2.5, 0), (0, -2), (-3, 3), (9, 0)])
def test_what_lies_some_pixels_aside_is_not_in_its_place(shift: tuple[float, float]) -> None:
    assert share(moved(scene(1), *shift), scene(1)) < 0.1


def test_half_a_pixel_is_no_displacement() -> None:
    assert share(moved(scene(1), 0.5, -0.5), scene(1)) > 0.95


def test_another_picture_has_nothing_in_its_place() -> None:
    assert share(scene(2), scene(1)) < 0.1


def test_only_the_asked_blocks_are_looked_for() -> None:
    picture, changed = scene(1), scene(1)
    changed[:, 256:] = scene(2)[:, 256:]
    laid = lay(changed, picture.shape, HERE)
    other = laid.of(picture)
    asked = ~np.isnan(correlate(laid, other.picture))
    left, right = asked.copy(), asked.copy()
    left[:, 7:], right[:, :9] = False, False
    assert in_place(laid, other, left) > 0.98
    assert in_place(laid, other, right) < 0.1
    assert in_place(laid, other, np.zeros_like(asked)) == 0.0
