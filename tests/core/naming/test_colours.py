import cv2
import numpy as np
import pytest

from app.core.geometry.blocks import Pixels
from app.core.geometry.examination import Examined
from app.core.geometry.proof import Fit
from app.core.geometry.sights import bare
from app.core.naming.colours import colour_change
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


def pair(query: Pixels, known: Pixels = PICTURE, fit: Fit = FIT) -> Examined:
    return Examined(bare(query), bare(known), 0, 0, 0.7, fit)


def pale(pixels: Pixels) -> Pixels:
    """The picture with hardly any colour left."""
    return np.asarray((0.95 * grey() + 0.05 * pixels).round(), np.uint8)


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
    assert colour_change([pair(query)], []) == name


def test_grey_is_told_of_what_was_nearly_grey_before() -> None:
    assert colour_change([pair(grey(), pale(PICTURE))], []) == "greyscale"
    assert colour_change([pair(pale(PICTURE), pale(PICTURE))], []) is None


def test_noise_over_what_is_hardly_coloured_is_no_change_of_colour() -> None:
    faint = np.asarray((0.85 * grey() + 0.15 * PICTURE).round(), np.uint8)
    noise = np.random.default_rng(1).normal(0, 4, (9, 16, 3)).astype(np.float32)
    blotches = cv2.resize(noise, (320, 240), interpolation=cv2.INTER_CUBIC)
    noisy = np.clip(faint + blotches, 0, 255).astype(np.uint8)
    assert colour_change([pair(noisy, faint)], []) is None


def test_a_pair_that_shows_another_moment_is_outvoted() -> None:
    other = PICTURE.copy()
    other[:, 160:] = PICTURE[::-1, 160:]
    assert colour_change([pair(other)], []) == "colour"
    assert colour_change([pair(PICTURE), pair(PICTURE), pair(other)], []) is None


def test_a_neighbour_beside_the_part_that_is_shown_is_not_asked() -> None:
    query = PICTURE.copy()
    query[:, 200:] = (255, 120, 0)
    assert colour_change([pair(query)], []) == "colour"
    assert colour_change([pair(query)], [], (0.0, 0.0, 200 / 320, 1.0)) is None


def test_what_is_covered_is_not_asked() -> None:
    query = PICTURE.copy()
    query[60:180, 40:160] = (255, 220, 0)
    box = (40 / 320, 60 / 240, 120 / 320, 120 / 240)
    assert colour_change([pair(query)], []) == "colour"
    assert colour_change([pair(query)], [box]) is None


def test_a_covered_box_of_a_mirrored_query_lies_on_the_other_side() -> None:
    query = PICTURE.copy()
    query[60:180, 40:160] = (255, 220, 0)
    mirrored = Fit(FIT.matrix, mirrored=True, inliers=100, blocks=FIT.blocks)
    box = (1 - 160 / 320, 60 / 240, 120 / 320, 120 / 240)
    assert colour_change([pair(query, fit=mirrored)], [box]) is None


def test_a_thumbnail_has_the_colours_of_the_picture_that_it_is_too_small_to_show() -> None:
    tiles = np.random.default_rng(3).integers(40, 215, (20, 26, 3)).astype(np.uint8)
    known = np.kron(tiles, np.ones((24, 24, 1), np.uint8))
    small = cv2.resize(known, (52, 40), interpolation=cv2.INTER_AREA)
    fit = Fit(
        np.array([[12.0, 0, 5.5], [0, 12.0, 5.5]]),
        mirrored=False,
        inliers=40,
        blocks=np.ones((4, 4)),
    )
    # As coders leave it: half as much of colour as of light.
    halved = cv2.resize(small, (26, 20), interpolation=cv2.INTER_AREA)
    spread = cv2.resize(halved, (52, 40), interpolation=cv2.INTER_LINEAR)
    lab, soft = (cv2.cvtColor(each, cv2.COLOR_RGB2LAB) for each in (small, spread))
    lab[..., 1:] = soft[..., 1:]
    thumb = np.asarray(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), np.uint8)
    assert colour_change([pair(thumb, known, fit)], []) is None
    assert colour_change([pair(thumb, known[..., ::-1], fit)], []) == "colour"
