import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.fingerprints.reel import SIDE, Stretch
from app.core.reels.films import BoxShares
from app.core.reels.hidden import covered_boxes, hidden_boxes, hidden_region, laid_box
from tests.core.films import SAME, STEP_MS, Film, moving, overlay

CROP = np.array([[0.5, 0.0, 0.25], [0.0, 0.5, 0.5]])


def grid(*parts: tuple[slice, slice]) -> NDArray[np.bool_]:
    """16 by 16 blocks of which these are hidden."""
    blocks = np.zeros((16, 16), np.bool_)
    for part in parts:
        blocks[part] = True
    return blocks


CAPTION = (slice(12, 15), slice(2, 10))
LOGO = (slice(1, 3), slice(12, 15))
CHANCE = (slice(6, 7), slice(5, 6))


def test_regions_become_boxes_the_largest_first() -> None:
    boxes = hidden_boxes(grid(LOGO, CAPTION), 256, SAME, mirrored=False)
    expected = [(2 / 16, 12 / 16, 8 / 16, 3 / 16), (12 / 16, 1 / 16, 3 / 16, 2 / 16)]
    assert np.allclose(boxes, expected, atol=0.002)


def test_of_a_mirrored_picture_the_box_lies_on_the_other_side() -> None:
    (box,) = hidden_boxes(grid(CAPTION), 256, SAME, mirrored=True)
    assert box == pytest.approx((1 - 10 / 16, 12 / 16, 8 / 16, 3 / 16), abs=0.002)


def test_a_box_at_the_rim_of_a_mirrored_picture_begins_at_nought() -> None:
    for x, width in ((0.9, 0.1), (0.7, 0.3), (0.601, 0.4)):
        assert str(laid_box((x, 0.0, width, 1.0), mirrored=True)) == f"(0.0, 0.0, {width}, 1.0)"


def test_in_a_crop_the_box_is_as_large_as_it_is_seen_and_cut_at_the_frame() -> None:
    (box,) = hidden_boxes(grid(CAPTION), 64, CROP, mirrored=False)
    assert box == pytest.approx((0.0, 0.5, (10 / 16 - 0.25) / 0.5, 3 / 16 / 0.5), abs=0.002)
    (turned,) = hidden_boxes(grid(CAPTION), 64, CROP, mirrored=True)
    assert turned == pytest.approx((1 - 0.75, 0.5, 0.75, 0.375), abs=0.002)


def test_single_blocks_are_chance() -> None:
    assert hidden_boxes(grid(CHANCE), 256, SAME, mirrored=False) == []
    assert len(hidden_boxes(grid(CHANCE, CAPTION), 256, SAME, mirrored=False)) == 1


def test_of_many_blocks_a_region_must_be_larger() -> None:
    two = grid((slice(6, 7), slice(5, 7)))
    assert len(hidden_boxes(two, 256, SAME, mirrored=False)) == 1
    assert hidden_boxes(two, 1_000, SAME, mirrored=False) == []


def test_a_hole_does_not_part_a_caption() -> None:
    caption = grid(CAPTION)
    caption[12:15, 5] = False
    assert len(hidden_boxes(caption, 256, SAME, mirrored=False)) == 1


def test_mostly_hidden_is_another_picture() -> None:
    assert hidden_boxes(np.ones((16, 16), np.bool_), 256, SAME, mirrored=False) == []


KNOWN = moving(20, seed=3, room=2)


def boxes(query: Film, known: Film = KNOWN) -> list[BoxShares]:
    """What hides the known film in a query that lies as it was."""
    times = np.arange(len(known), dtype=np.int64) * STEP_MS
    films = (Stretch(times, query), Stretch(times, known))
    return covered_boxes(overlay().without(hidden_region(films, (1.0, 0.0), overlay())))


def signed(film: Film, rows: slice, columns: slice, shade: int) -> Film:
    """The film with a plain sign on it."""
    with_sign = film.copy()
    with_sign[:, rows, columns] = shade
    return with_sign


def lit(film: Film, gamma: float, contrast: float) -> Film:
    """The film with its light changed: what is too dark or too bright is lost."""
    values = np.clip((film / 255.0 - 0.5) * contrast + 0.5, 0, 1) ** (1 / gamma)
    return (255 * values).astype(np.uint8)


@pytest.mark.parametrize(("gamma", "contrast"), [(1.0, 1.0), (0.55, 1.4), (1.9, 0.7), (1.9, 1.6)])
def test_a_change_of_light_hides_nothing_and_signs_are_found_under_it(
    gamma: float, contrast: float
) -> None:
    assert boxes(lit(KNOWN, gamma, contrast)) == []
    shade = 255 if gamma < 1 else 0
    sign = signed(lit(KNOWN, gamma, contrast), slice(10, 20), slice(8, 30), shade)
    (box,) = boxes(sign)
    assert box == pytest.approx((8 / SIDE, 10 / SIDE, 22 / SIDE, 10 / SIDE), abs=0.05)


def test_a_small_plain_sign_on_a_plain_wall_is_found() -> None:
    plain = KNOWN.copy()
    plain[:, :30] = 190
    (box,) = boxes(signed(plain, slice(6, 13), slice(80, 90), 60), plain)
    assert box == pytest.approx((80 / SIDE, 6 / SIDE, 10 / SIDE, 7 / SIDE), abs=0.03)


def test_a_blurred_region_is_found() -> None:
    blurred = KNOWN.copy()
    for picture in blurred:
        picture[30:60, 20:60] = cv2.GaussianBlur(picture, (0, 0), 6)[30:60, 20:60]
    x, y, width, height = boxes(blurred)[0]
    assert x >= 18 / SIDE
    assert y >= 28 / SIDE
    assert x + width <= 62 / SIDE
    assert y + height <= 62 / SIDE
    assert width * height > 0.4 * (40 * 30) / SIDE**2


def test_what_differs_at_a_few_moments_only_is_not_hidden() -> None:
    query = KNOWN.copy()
    query[4:8, 20:50, 20:50] = moving(4, seed=8, room=9)[:, 20:50, 20:50]
    assert boxes(query) == []
