"""What is called covered: logos, captions and blurs, and nothing that only lies or is compressed badly."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.geometry.blocks import compare
from app.core.geometry.examination import Examined
from app.core.geometry.proof import Fit
from app.core.geometry.sights import bare
from app.core.naming.covering import covered
from app.core.reels.films import BoxShares
from tests.filming import canvas

type Picture = NDArray[np.uint8]
SIZE = (480, 270)
SAME = np.array([[1.0, 0, 0], [0, 1, 0]])
SCENE = canvas(43, SIZE)[: SIZE[1], : SIZE[0]].copy()
SCENE[:90] = (205, 214, 222)
"""A scene under a plain sky."""


def boxes(
    query: Picture, known: Picture = SCENE, matrix: NDArray[np.float64] = SAME
) -> list[BoxShares]:
    return covered([paired(query, known, matrix)])


def paired(query: Picture, known: Picture, matrix: NDArray[np.float64]) -> Examined:
    mine, theirs = bare(query), bare(known)
    fit = Fit(matrix, mirrored=False, inliers=100, blocks=compare(mine.grey, theirs.grey, matrix))
    return Examined(mine, theirs, 0, 0, 0.7, fit)


def with_logo(x: int, y: int) -> Picture:
    """The scene with a red sign of 70 by 32 pixels."""
    picture = SCENE.copy()
    picture[y : y + 32, x : x + 70] = (200, 20, 20)
    cv2.putText(picture, "TV5", (x + 8, y + 25), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (0, 0, 0), 2)
    return picture


def compressed(picture: Picture, quality: int) -> Picture:
    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert done
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


@pytest.mark.parametrize(("x", "y"), [(20, 20), (380, 20), (30, 210)])
def test_a_small_logo_is_covered_on_a_plain_sky_as_on_the_ground(x: int, y: int) -> None:
    (box, *others) = boxes(with_logo(x, y))
    assert not others
    middle = (box[0] + box[2] / 2) * SIZE[0], (box[1] + box[3] / 2) * SIZE[1]
    assert middle == pytest.approx((x + 35, y + 16), abs=20)


def test_a_box_lies_where_the_blocks_are_that_do_not_fill_the_picture() -> None:
    known: Picture = canvas(3, (512, 300))[:300, :512].copy()
    query = known.copy()
    query[222:290, 350:482] = (250, 10, 10)
    (box,) = boxes(query, known)
    assert box == pytest.approx((352 / 512, 224 / 300, 128 / 512, 64 / 300), abs=0.01)


def test_a_sign_is_covered_though_the_cut_around_it_follows_what_goes_on() -> None:
    pairs = []
    for left in (0, 150):
        cut = SCENE[:, left : left + 330].copy()
        cut[120:184, 120:216] = (200, 20, 20)
        pairs.append(paired(cut, SCENE, np.array([[1.0, 0, left], [0, 1, 0]])))
    (box,) = covered(pairs)
    assert box == pytest.approx((120 / 330, 120 / 270, 96 / 330, 64 / 270), abs=0.07)


def test_a_blurred_region_is_covered() -> None:
    picture = SCENE.copy()
    picture[120:230, 150:330] = cv2.GaussianBlur(picture, (0, 0), 12)[120:230, 150:330]
    found = boxes(picture)
    assert sum(width * height for _, _, width, height in found) > 0.4 * (180 * 110) / (480 * 270)
    for x, y, width, height in found:
        assert (x, y) > (120 / 480, 90 / 270)
        assert (x + width, y + height) < (360 / 480, 260 / 270)


def test_a_plain_bar_over_a_plain_sky_is_covered() -> None:
    picture = SCENE.copy()
    picture[10:80, 60:400] = 25
    (box,) = boxes(picture)
    assert box == pytest.approx((60 / 480, 10 / 270, 340 / 480, 70 / 270), abs=0.11)


@pytest.mark.parametrize("quality", [8, 20, 60])
def test_compression_covers_nothing(quality: int) -> None:
    assert boxes(compressed(SCENE, quality)) == []


def test_light_colour_and_softness_cover_nothing() -> None:
    darker = (255 * (SCENE / 255.0) ** 1.8).astype(np.uint8)
    assert boxes(darker) == []
    assert boxes(cv2.GaussianBlur(SCENE, (0, 0), 1.5)) == []


@pytest.mark.parametrize("degrees", [-12, 5, 14])
def test_a_tilted_picture_that_lies_a_little_off_covers_nothing(degrees: float) -> None:
    middle = (SIZE[0] / 2, SIZE[1] / 2)
    turn = np.asarray(cv2.getRotationMatrix2D(middle, degrees, 1.0), np.float64)
    query = np.asarray(cv2.warpAffine(SCENE, turn, SIZE), np.uint8)
    back = np.asarray(cv2.invertAffineTransform(turn), np.float64)
    assert boxes(query, matrix=back) == []
    assert boxes(query, matrix=back + np.array([[0.003, 0, 1.0], [0, 0.002, -1.0]])) == []


def test_what_is_too_bright_after_a_change_of_light_is_not_covered() -> None:
    known = (0.6 * canvas(43, SIZE)[: SIZE[1], : SIZE[0]]).astype(np.uint8)
    shirt = np.random.default_rng(4).integers(150, 200, (10, 14, 1)).astype(np.uint8)
    known[100:200, 200:340] = np.kron(shirt, np.ones((10, 10, 3), np.uint8))
    lighter = np.clip(known * 1.9, 0, 255).astype(np.uint8)
    assert boxes(compressed(lighter, 80), known) == []
    blurred = known.copy()
    blurred[100:200, 200:340] = cv2.blur(known, (45, 45))[100:200, 200:340]
    assert len(boxes(compressed(blurred, 80), known)) == 1
