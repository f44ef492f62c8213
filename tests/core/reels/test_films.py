import cv2
import numpy as np
import pytest

from app.core.fingerprints.reel import SIDE
from app.core.geometry.blocks import compare, mean_likeness
from app.core.reels.films import Overlay, Shares, likeness_of, pixels_of, shares_of
from tests.core.films import SAME, Film, ground, overlay, panned, scaled

CROP = np.array([[0.6, 0.0, 0.1], [0.0, 0.6, 0.3]])
"""What shows the part of the known picture from (0.1, 0.3), 0.6 wide and high."""
KNOWN = panned(np.arange(0, 2, 0.5), seed=1)


def cropped(film: Film) -> Film:
    """The part that CROP says, at the size of a reel."""
    left, top, side = round(0.1 * SIDE), round(0.3 * SIDE), round(0.6 * SIDE)
    return scaled(film[:, top : top + side, left : left + side], SIDE, SIDE)


def shift(x: float, y: float) -> Shares:
    return np.array([[0.0, 0.0, x], [0.0, 0.0, y]])


def test_shares_and_pixels_undo_each_other() -> None:
    matrix = np.array([[0.8, -0.2, 31.0], [0.25, 1.1, -7.5]])
    shares = shares_of(matrix, (240, 320), (480, 270))
    assert pixels_of(shares, (240, 320), (480, 270)) == pytest.approx(matrix)
    # The upper right corner of the query, 320 pixels wide, lies half a pixel beside its last pixel's middle.
    corner = (matrix @ [319.5, -0.5, 1] + 0.5) / [270, 480]
    assert shares @ [1.0, 0.0, 1.0] == pytest.approx(corner)


def test_a_small_copy_lies_on_the_whole_picture_to_a_part_of_a_pixel() -> None:
    known = ground(1, 480)
    small = np.asarray(cv2.resize(known, (120, 120), interpolation=cv2.INTER_AREA), np.uint8)
    for query, other in ((small, known), (known, small)):
        matrix = pixels_of(SAME, query.shape, other.shape)
        assert mean_likeness(compare(query, other, matrix)) > 0.995


def test_what_shows_almost_nothing_cannot_be_laid() -> None:
    assert Overlay.of(np.array([[0.1, 0, 0.4], [0, 0.1, 0.4]]), mirrored=False) is None
    assert Overlay.of(SAME + shift(2.0, 0.0), mirrored=False) is None


def test_a_part_that_the_query_hardly_shows_is_none() -> None:
    assert overlay(SAME + shift(0.5, 0.0)).cut((0.0, 0.0, 0.51, 1.0)) is None


def test_a_crop_lies_where_it_was_cut_out() -> None:
    laid = overlay(CROP)
    assert laid.inside.mean() == pytest.approx(0.36, abs=0.04)
    assert likeness_of(laid.query(cropped(KNOWN)), laid.known(KNOWN)).min() > 0.9
    elsewhere = overlay(CROP + shift(0.2, -0.2))
    apart = likeness_of(elsewhere.query(cropped(KNOWN)), elsewhere.known(KNOWN))
    assert apart.max() < 0.5


def test_a_mirrored_crop_is_mirrored_back() -> None:
    turned = cropped(KNOWN)[:, :, ::-1]
    laid, as_it_is = overlay(CROP, mirrored=True), overlay(CROP)
    assert likeness_of(laid.query(turned), laid.known(KNOWN)).min() > 0.9
    assert likeness_of(as_it_is.query(turned), as_it_is.known(KNOWN)).max() < 0.5


def test_light_is_no_likeness() -> None:
    bright = np.clip(KNOWN * 0.7 + 60, 0, 255).astype(np.uint8)
    laid = overlay()
    assert likeness_of(laid.query(bright), laid.known(KNOWN)).min() > 0.95
    flat = np.full_like(KNOWN, 128)
    assert np.abs(likeness_of(laid.query(flat), laid.known(KNOWN))).max() < 0.01


def test_films_without_pictures_are_compared_to_nothing() -> None:
    assert len(likeness_of(overlay().query(KNOWN[:0]), overlay().known(KNOWN[:0]))) == 0


def test_a_frame_laid_as_it_is_has_no_neighbour() -> None:
    cut = overlay(SAME + shift(0.08, 0.0)).cut((0.0, 0.0, 0.9, 1.0))
    whole = cut.whole() if cut else None
    assert whole is not None
    assert whole.part == (0.0, 0.0, 1.0, 1.0)
    assert whole.inside.all()
