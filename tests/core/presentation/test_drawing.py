import cv2
import numpy as np
import pytest

from app.core.geometry.placement import placement
from app.core.presentation.drawing import LINE, NOTHING, OUTSIDE, difference, region, shown
from tests.filming import Pixels, picture

SIZE = (480, 320)
X, Y, WIDTH, HEIGHT = 96, 64, 288, 192
"""The part of the known picture that the query shows."""
SHARES = placement(np.array([[1.0, 0, X], [0, 1.0, Y]]), (WIDTH, HEIGHT), SIZE)


@pytest.fixture
def known() -> Pixels:
    return picture(5, SIZE)


@pytest.fixture
def query(known: Pixels) -> Pixels:
    return known[Y : Y + HEIGHT, X : X + WIDTH].copy()


def coloured(drawn: Pixels) -> Pixels:
    """How far each pixel is from grey."""
    return np.asarray(drawn.max(axis=2) - drawn.min(axis=2), np.uint8)


def near(pixel: Pixels, colour: tuple[int, int, int]) -> bool:
    return bool(np.abs(pixel.astype(int) - colour).max() < 40)


def test_the_known_picture_is_outlined_where_the_query_lies(known: Pixels) -> None:
    drawn = shown(known, SHARES)
    assert drawn.shape == known.shape
    for x, y in ((X, 160), (X + WIDTH - 1, 160), (240, Y), (240, Y + HEIGHT - 1)):
        assert near(drawn[y, x], LINE)
    assert np.array_equal(drawn[160 - 20 : 160 + 20, 200:280], known[140:180, 200:280])
    assert np.allclose(drawn[:40], known[:40] * OUTSIDE, atol=1)


def test_a_query_that_shows_only_known_material_is_outlined_at_its_edge(query: Pixels) -> None:
    drawn = region(query, SHARES, mirrored=False)
    assert near(drawn[2, 140], LINE)
    assert near(drawn[HEIGHT - 3, 140], LINE)
    assert np.array_equal(drawn[20:-20, 20:-20], query[20:-20, 20:-20])


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_picture_in_the_query_is_outlined_where_it_stands(
    known: Pixels, *, mirrored: bool
) -> None:
    frame = np.full((400, 600, 3), 90, np.uint8)
    small = cv2.resize(known, (240, 160), interpolation=cv2.INTER_AREA)
    frame[40:200, 30:270] = small[:, ::-1] if mirrored else small
    left = 600 - 270 if mirrored else 30
    matrix = np.array([[2.0, 0, 0.5 - 2 * left], [0, 2.0, 0.5 - 2 * 40]])
    drawn = region(frame, placement(matrix, (600, 400), SIZE), mirrored=mirrored)
    assert near(drawn[120, 30], LINE)
    assert near(drawn[120, 269], LINE)
    assert near(drawn[40, 150], LINE)
    assert drawn[300, 450].tolist() == [int(90 * OUTSIDE)] * 3


def test_what_shows_nothing_of_the_other_is_dark(known: Pixels, query: Pixels) -> None:
    beside = (1.0, 0.0, 2.0, 0.0, 1.0, 0.0)
    assert np.allclose(shown(known, beside), known * OUTSIDE, atol=1)
    assert (difference(query, known, beside, mirrored=False) == NOTHING).all()


def test_equal_pictures_differ_nowhere(known: Pixels, query: Pixels) -> None:
    drawn = difference(query, known, SHARES, mirrored=False)
    assert drawn.shape == known.shape
    assert drawn[10, 10].tolist() == list(NOTHING)
    assert coloured(drawn[Y + 3 : Y + HEIGHT - 3, X + 3 : X + WIDTH - 3]).max() < 20


def test_what_was_laid_over_is_bright_and_the_rest_is_not(known: Pixels, query: Pixels) -> None:
    query[20:60, 30:110] = (255, 0, 0)
    drawn = difference(query, known, SHARES, mirrored=False)[Y : Y + HEIGHT, X : X + WIDTH]
    assert np.median(coloured(drawn)[25:55, 35:105]) > 120
    assert np.quantile(coloured(drawn)[75:-5, 5:-5], 0.99) < 40


def test_another_brightness_contrast_and_a_mirror_are_no_difference(
    known: Pixels, query: Pixels
) -> None:
    paler = np.ascontiguousarray(np.clip(query[:, ::-1] * 0.7 + 50, 0, 255).astype(np.uint8))
    drawn = difference(paler, known, SHARES, mirrored=True)
    assert np.quantile(coloured(drawn), 0.99) < 20
    wrong = difference(paler, known, SHARES, mirrored=False)
    assert np.quantile(coloured(wrong), 0.9) > 100


def test_a_query_without_colour_is_compared_by_brightness(known: Pixels, query: Pixels) -> None:
    grey = cv2.cvtColor(cv2.cvtColor(query, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    drawn = difference(np.asarray(grey, np.uint8), known, SHARES, mirrored=False)
    assert np.quantile(coloured(drawn), 0.99) < 20
