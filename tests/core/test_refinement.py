import numpy as np
import pytest

from app.core.reel import SIDE
from app.core.refinement import refined
from tests.core.films import Film, moving, overlay, panned, reel_of
from tests.core.test_course import run_of
from tests.core.test_insets import scaled

CROP = np.array([[0.75, 0.0, 0.125], [0.0, 0.75, 0.25]])
OFF = CROP + np.array([[0.02, 0.01, -0.03], [-0.01, -0.02, 0.03]])
LINE = (1.0, 2_000.0)
RUN = run_of(6_000, 2_000.0)


def cropped(film: Film) -> Film:
    """The part that CROP says, at the size of a reel."""
    left, top, side = SIDE // 8, SIDE // 4, SIDE * 3 // 4
    return scaled(film[:, top : top + side, left : left + side], SIDE, SIDE)


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize(
    "known", [moving(50, seed=1, room=1), panned(np.arange(0, 10, 0.2), seed=1)]
)
def test_a_crop_is_laid_more_exactly(known: Film, *, mirrored: bool) -> None:
    query = cropped(known[10:40])
    query = query[:, :, ::-1] if mirrored else query
    reels = (reel_of(query), reel_of(known))
    better = refined(overlay(OFF, mirrored=mirrored), LINE, RUN, reels)
    assert better is not None
    assert better.mirrored == mirrored
    assert better.shares == pytest.approx(CROP, abs=0.01)


def test_pictures_without_anything_in_common_are_not_joined() -> None:
    noise = np.random.default_rng(2).integers(0, 256, (30, SIDE, SIDE), np.uint8)
    reels = (reel_of(noise), reel_of(moving(50, 3, room=4)))
    assert refined(overlay(OFF), LINE, RUN, reels) is None


def test_a_run_of_too_few_pictures_is_left_as_it_is() -> None:
    known = moving(50, seed=1, room=1)
    reels = (reel_of(cropped(known[10:40])), reel_of(known))
    assert refined(overlay(OFF), LINE, run_of(200, 2_000.0), reels) is None
