import numpy as np
from numpy.typing import NDArray

from app.core.geometry.examination import Examined
from app.core.geometry.proof import Fit
from app.core.geometry.sights import bare
from app.core.geometry.ways import steady, ways_to_lie
from tests.filming import picture

SIGHT = bare(picture())
AGREEING = np.ones((16, 16))


def pair(x: float, scale: float = 1.0, inliers: int = 60, *, mirrored: bool = False) -> Examined:
    """A pair that lies `x` pixels to the right."""
    matrix: NDArray[np.float64] = np.array([[scale, 0, x], [0, scale, 0]])
    return Examined(SIGHT, SIGHT, 0, 0, 0.5, Fit(matrix, mirrored, inliers, AGREEING))


def test_pairs_that_only_an_edit_moved_lie_in_one_way() -> None:
    pairs = [pair(40, 0.5), pair(42, 0.5), pair(41, 0.505)]
    assert len(ways_to_lie(pairs)) == 1
    assert steady(pairs)


def test_before_a_moving_camera_pairs_lie_in_several_ways() -> None:
    pairs = [pair(0), pair(30), pair(31), pair(60)]
    assert not steady(pairs)
    ways = ways_to_lie(pairs)
    assert len(ways) == 3
    # The way of most pairs comes first.
    assert ways[0] in pairs[1:3]


def test_a_mirrored_pair_lies_in_another_way() -> None:
    assert len(ways_to_lie([pair(0), pair(0, mirrored=True)])) == 2


def test_one_pair_or_weak_ones_say_nothing_of_the_others() -> None:
    assert not steady([pair(0)])
    assert not steady([pair(0), pair(0, inliers=10)])
    assert ways_to_lie([Examined(SIGHT, SIGHT, 0, 0, 0.5, None)]) == []
