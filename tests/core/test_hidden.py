import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.hidden import hidden_boxes
from tests.core.films import SAME

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
