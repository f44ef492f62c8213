import numpy as np
import pytest

from app.core.blocks import SIDE_PX_MIN, compare, middles
from tests.core.test_usable import scene

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
