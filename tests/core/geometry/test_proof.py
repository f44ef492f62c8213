import cv2
import numpy as np
import pytest

from app.core.geometry.proof import plausible, prove
from app.core.geometry.sights import mirror, see
from tests.filming import Pixels


def scene(seed: int) -> Pixels:
    random = np.random.default_rng(seed)
    picture = cv2.resize(random.integers(60, 200, (40, 60, 3), np.uint8), (480, 320))
    for _ in range(60):
        x, y = random.integers(0, 480), random.integers(0, 320)
        colour = tuple(int(value) for value in random.integers(0, 255, 3))
        cv2.rectangle(picture, (int(x), int(y)), (int(x) + 40, int(y) + 25), colour, -1)
    return picture


def test_a_crop_is_proven_and_measured() -> None:
    known = scene(1)
    fit = prove(see(known[60:300, 100:420].copy()), see(known), mirrored=False)
    assert fit is not None
    assert fit.agreement > 0.95
    assert np.allclose(fit.matrix, [[1, 0, 100], [0, 1, 60]], atol=2)


def test_a_mirrored_picture_is_proven_by_mirroring_it_back() -> None:
    known = see(scene(2))
    turned = see(scene(2)[:, ::-1].copy())
    fit = prove(mirror(turned), known, mirrored=True)
    assert fit is not None
    assert fit.agreement > 0.95
    assert fit.mirrored


def test_other_content_on_the_same_ground_disagrees_where_it_stands() -> None:
    known, other = scene(3), scene(3)
    other[80:300, 120:360] = scene(4)[80:300, 120:360]
    fit = prove(see(other), see(known), mirrored=False)
    assert fit is not None
    assert fit.agreement < 0.8


def test_different_pictures_prove_nothing() -> None:
    fit = prove(see(scene(5)), see(scene(6)), mirrored=False)
    assert fit is None or fit.agreement < 0.3


def test_a_mirrored_picture_has_the_key_points_that_would_be_found_in_it() -> None:
    picture = scene(7)
    mirrored, found = mirror(see(picture)), see(picture[:, ::-1].copy())
    fit = prove(mirrored, found, mirrored=False)
    assert fit is not None
    assert fit.inliers > 0.8 * len(found.points)
    assert np.allclose(fit.matrix, [[1, 0, 0], [0, 1, 0]], atol=0.05)


def test_a_plain_picture_can_be_mirrored() -> None:
    plain = np.full((90, 120, 3), 128, np.uint8)
    assert prove(mirror(see(plain)), see(scene(2)), mirrored=True) is None


@pytest.mark.parametrize(
    ("degrees", "stretch", "said"),
    [
        (0, 2.9, True),
        (12, 1.78, True),
        (90, 1.78, True),
        (40, 1.1, True),
        (24, 1.65, False),
        (0, 3.2, False),
    ],
)
def test_people_stretch_pictures_upright(degrees: float, stretch: float, said: bool) -> None:
    turn = np.radians(degrees)
    turned = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    change = np.hstack([turned @ np.diag([stretch, 1.0]), np.zeros((2, 1))])
    assert plausible(change) is said
