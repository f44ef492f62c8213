import numpy as np
import pytest

from app.core.fingerprints.reel import SIDE, Stretch
from app.core.reels.refinement import refined
from tests.core.films import Film, moving, overlay, panned, reel_of, scaled

CROP = np.array([[0.75, 0.0, 0.125], [0.0, 0.75, 0.25]])
OFF = CROP + np.array([[0.02, 0.01, -0.03], [-0.01, -0.02, 0.03]])
LINE = (1.0, 2_000.0)


def films(query: Film, known: Film) -> tuple[Stretch, Stretch]:
    """Both films whole."""
    reels = (reel_of(query), reel_of(known))
    return reels[0].between(0, 60_000), reels[1].between(0, 60_000)


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
    better = refined(overlay(OFF, mirrored=mirrored), LINE, films(query, known))
    assert better is not None
    assert better.mirrored == mirrored
    assert better.shares == pytest.approx(CROP, abs=0.01)


def test_pictures_without_anything_in_common_are_not_joined() -> None:
    noise = np.random.default_rng(2).integers(0, 256, (30, SIDE, SIDE), np.uint8)
    assert refined(overlay(OFF), LINE, films(noise, moving(50, 3, room=4))) is None


def test_a_run_of_too_few_pictures_is_left_as_it_is() -> None:
    known = moving(50, seed=1, room=1)
    assert refined(overlay(OFF), LINE, films(cropped(known[10:12]), known)) is None


@pytest.mark.parametrize("seed", [2, 3, 4])
def test_moments_of_a_bare_wall_say_nothing_of_the_place(seed: int) -> None:
    random = np.random.default_rng(seed)
    known = panned(np.arange(0, 10, 0.2), seed)
    known[14:38] = 120
    query = cropped(known[10:40])
    # Compression leaves other noise on the wall of each film.
    known, query = (
        np.clip(film + random.normal(0, 2, film.shape), 0, 255).astype(np.uint8)
        for film in (known, query)
    )
    better = refined(overlay(OFF), LINE, films(query, known))
    assert better is not None
    assert better.shares == pytest.approx(CROP, abs=0.01)
