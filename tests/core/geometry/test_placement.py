import numpy as np
import pytest

from app.core.geometry.placement import (
    Placement,
    in_pixels,
    inverse,
    outline,
    placement,
    unmirrored,
)
from app.core.geometry.proof import prove
from app.core.geometry.sights import flipped, mirror, see
from tests.core.geometry.test_proof import scene

KNOWN, CROP = (480, 320), (320, 240)
"""Width and height of a scene, and of its cut-out from (100, 60)."""


def moved(shares: Placement, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = shares
    return a * x + b * y + c, d * x + e * y + f


def test_a_crop_lies_where_it_was_cut_out() -> None:
    shares = placement(np.array([[1.0, 0, 100], [0, 1.0, 60]]), CROP, KNOWN)
    assert moved(shares, 0, 0) == pytest.approx((100 / 480, 60 / 320), abs=1e-5)
    assert moved(shares, 1, 1) == pytest.approx((420 / 480, 300 / 320), abs=1e-5)


def test_a_whole_picture_at_half_its_size_lies_on_all_of_it() -> None:
    # Pixel centres: 0 of the small picture lies between 0 and 1 of the large one.
    shares = placement(np.array([[2.0, 0, 0.5], [0, 2.0, 0.5]]), (240, 160), KNOWN)
    assert shares == pytest.approx((1, 0, 0, 0, 1, 0), abs=1e-5)


def test_pixels_and_shares_say_the_same() -> None:
    matrix = np.array([[0.8, -0.2, 31.0], [0.25, 1.1, -7.5]])
    shares = placement(matrix, CROP, KNOWN)
    assert np.allclose(in_pixels(shares, CROP, KNOWN), matrix, atol=1e-3)
    twice = np.array(in_pixels(shares, CROP, (960, 640)))
    assert np.allclose(twice[:, :2], 2 * matrix[:, :2], atol=1e-3)


def test_the_measured_change_of_a_mirrored_crop_gives_its_place() -> None:
    known = scene(2)
    query = flipped(known[60:300, 100:420])
    fit = prove(mirror(see(query)), see(known), mirrored=True)
    assert fit is not None
    shares = placement(fit.matrix, CROP, KNOWN)
    assert moved(shares, 0, 0) == pytest.approx((100 / 480, 60 / 320), abs=0.005)
    # The left edge of the query as it is lies on the right of the part it shows.
    assert moved(unmirrored(shares, mirrored=True), 0, 0) == pytest.approx(
        (420 / 480, 60 / 320), abs=0.005
    )


def test_the_way_back_is_the_inverse() -> None:
    shares = (0.5, 0.1, 0.2, -0.1, 0.6, 0.25)
    assert moved(inverse(shares), *moved(shares, 0.3, 0.9)) == pytest.approx((0.3, 0.9))
    with pytest.raises(ValueError, match="without area"):
        inverse((1, 1, 0, 1, 1, 0))


def test_an_outline_is_cut_at_the_edges_of_the_picture() -> None:
    inside = outline((0.5, 0, 0.25, 0, 0.5, 0.25))
    assert sorted(inside) == [(0.25, 0.25), (0.25, 0.75), (0.75, 0.25), (0.75, 0.75)]
    larger = outline((2, 0, -0.5, 0, 0.5, 0.25))
    assert sorted(larger) == [(0, 0.25), (0, 0.75), (1, 0.25), (1, 0.75)]
    turned = outline((0, -1, 1, 1, 0, 0))
    assert sorted(turned) == [(0, 0), (0, 1), (1, 0), (1, 1)]
    diamond = outline((0.9, -0.9, 0.5, 0.9, 0.9, -0.4))
    assert len(diamond) == 8
    assert list(outline((1, 0, 2, 0, 1, 0))) == []
