import numpy as np
import pytest

from app.core.geometry.blocks import SIDE_PX_MIN, compare, lay, middles, within
from tests.core.fingerprints.test_usable import scene

AS_IT_IS = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


@pytest.mark.parametrize("height", [1, 8, 16, 17, 32, 288])
def test_a_strip_has_a_row_of_blocks(height: int) -> None:
    strip = np.ascontiguousarray(scene()[:height, :, 0])
    blocks = compare(strip, strip, AS_IT_IS)
    assert blocks.shape == (max(1, round(height / 32)), 16)
    assert np.nanmin(blocks, initial=1.0) > 0.99


def test_blocks_begin_at_the_rim() -> None:
    down, across = middles((20, 40), SIDE_PX_MIN)
    assert down.tolist() == [4, 12]
    assert across.tolist() == [4, 12, 20, 28, 36]


def test_what_is_outside_of_a_box_says_nothing_where_blocks_do_not_fill_the_picture() -> None:
    picture = np.ascontiguousarray(scene()[:270, :, 0])
    laid, blocks = lay(picture, picture.shape, AS_IT_IS), compare(picture, picture, AS_IT_IS)
    # Blocks of 32 pixels, whose middles lie at 16, 48 and so on.
    assert blocks.shape == (8, 16)
    lower = within(blocks, laid, (0.0, 0.5, 0.5, 0.5))
    assert np.isnan(lower[:4]).all()
    assert np.isnan(lower[:, 8:]).all()
    assert not np.isnan(lower[4:, :8]).any()
    assert not np.isnan(within(blocks, laid, (0.0, 0.0, 1.0, 130 / 270))[:4]).any()
    assert not np.isnan(within(blocks, laid, (0.0, 0.0, 1.0, 244 / 270))).any()
