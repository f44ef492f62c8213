import cv2
import numpy as np
import pytest

from app.core.blocks import Pixels
from app.core.colours import colour_change
from app.core.proof import Fit
from tests.filming import canvas

PICTURE = canvas(4, (320, 240))[:240, :320]
FIT = Fit(np.array([[1.0, 0, 0], [0, 1.0, 0]]), mirrored=False, inliers=100, blocks=np.ones((4, 4)))


def turned(degrees: int) -> Pixels:
    hue = cv2.cvtColor(PICTURE, cv2.COLOR_RGB2HSV)
    hue[..., 0] = (hue[..., 0].astype(int) + degrees // 2) % 180
    return np.asarray(cv2.cvtColor(hue, cv2.COLOR_HSV2RGB), np.uint8)


def grey() -> Pixels:
    return np.asarray(
        np.repeat(cv2.cvtColor(PICTURE, cv2.COLOR_RGB2GRAY)[..., None], 3, 2), np.uint8
    )


def warm() -> Pixels:
    return np.clip(PICTURE * np.array([1.2, 1.0, 0.75]), 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        (PICTURE, None),
        (np.clip(PICTURE * 0.7 + 20, 0, 255).astype(np.uint8), None),
        (grey(), "greyscale"),
        (turned(40), "colour"),
        (warm(), "colour"),
    ],
)
def test_a_change_of_colour_is_named_and_light_is_none(query: Pixels, name: str | None) -> None:
    assert colour_change(FIT, query, PICTURE, []) == name


def test_what_is_covered_is_not_asked() -> None:
    query = PICTURE.copy()
    query[60:180, 40:160] = (255, 220, 0)
    assert colour_change(FIT, query, PICTURE, []) == "colour"
    assert colour_change(FIT, query, PICTURE, [(40 / 320, 60 / 240, 120 / 320, 120 / 240)]) is None


def test_a_covered_box_of_a_mirrored_query_lies_on_the_other_side() -> None:
    query = PICTURE.copy()
    query[60:180, 40:160] = (255, 220, 0)
    mirrored = Fit(FIT.matrix, mirrored=True, inliers=100, blocks=FIT.blocks)
    box = (1 - 160 / 320, 60 / 240, 120 / 320, 120 / 240)
    assert colour_change(mirrored, query, PICTURE, [box]) is None
