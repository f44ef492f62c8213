"""Plain and repeated things, on which key points say nothing, are laid over each other by their edges."""

import cv2
import numpy as np
import pytest

from app.core.geometry.blocks import Pixels
from app.core.reels.edges import overlays
from app.core.reels.films import Overlay

HIGH, WIDE = 288, 512
BOX = (0.2, 0.0, 0.3165, 1.0)
"""An upright part of the scene: around the second bottle."""


def scene(bottles: tuple[int, ...] = (60, 190, 400), seed: int = 1) -> Pixels:
    """A bare wall and a table, with bottles that look all the same."""
    picture = np.full((HIGH, WIDE), 150, np.float32)
    cv2.fillPoly(picture, [np.array([[0, 200], [WIDE, 212], [WIDE, HIGH], [0, HIGH]])], 205.0)
    for x in bottles:
        cv2.rectangle(picture, (x - 16, 140), (x + 16, 245), 110.0, -1)
        cv2.rectangle(picture, (x - 6, 95), (x + 6, 140), 120.0, -1)
        cv2.circle(picture, (x, 92), 9, 60.0, -1)
    grain = np.random.default_rng(0).normal(0, 3, (HIGH // 4, WIDE // 4)).astype(np.float32)
    picture += cv2.resize(grain, (WIDE, HIGH), interpolation=cv2.INTER_CUBIC)
    noise = np.random.default_rng(seed).normal(0, 3, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def part(picture: Pixels, *, mirrored: bool = False) -> Pixels:
    """What BOX holds, with a logo and a ticker on it."""
    left, right = round(BOX[0] * WIDE), round((BOX[0] + BOX[2]) * WIDE)
    cut = np.ascontiguousarray(picture[:, left:right])
    cut = np.ascontiguousarray(cut[:, ::-1]) if mirrored else cut
    cv2.rectangle(cut, (110, 12), (155, 34), 90, -1)
    cut[250:275] = 250
    return cut


def box_of(overlay: Overlay) -> tuple[float, ...]:
    """Where the query lies in the known picture: x, y, width, height."""
    (width, _, x), (_, height, y) = overlay.shares.tolist()
    return x, y, width, height


@pytest.mark.parametrize("mirrored", [False, True])
def test_an_upright_part_is_found_among_things_that_look_alike(*, mirrored: bool) -> None:
    pairs = [(part(scene(seed=n), mirrored=mirrored), scene(seed=n + 5)) for n in range(3)]
    likeliest = overlays(pairs)[0]
    assert likeliest.mirrored == mirrored
    assert box_of(likeliest) == pytest.approx(BOX, abs=0.02)


def test_a_known_picture_is_found_within_the_query() -> None:
    around = np.full((400, 640), 20, np.uint8)
    around[60:348, 64:576] = scene(seed=3)
    likeliest = overlays([(around, scene())])[0]
    assert not likeliest.mirrored
    back = np.linalg.inv(np.vstack([likeliest.shares, [0, 0, 1]]))
    assert back[0] == pytest.approx([0.8, 0, 0.1], abs=0.03)
    assert back[1] == pytest.approx([0, 0.72, 0.15], abs=0.03)


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_known_picture_is_found_at_one_side_of_the_query(*, mirrored: bool) -> None:
    shown = scene(seed=3)[:, ::-1] if mirrored else scene(seed=3)
    around = np.full((400, 800), 20, np.uint8)
    around[60:348, 240:752] = shown
    likeliest = overlays([(around, scene())])[0]
    assert likeliest.mirrored == mirrored
    back = np.linalg.inv(np.vstack([likeliest.shares, [0, 0, 1]]))
    left = 0.06 if mirrored else 0.3
    assert back[0] == pytest.approx([0.64, 0, left], abs=0.03)
    assert back[1] == pytest.approx([0, 0.72, 0.15], abs=0.03)


def test_other_things_lie_nowhere() -> None:
    other = np.random.default_rng(4).uniform(0, 255, (9, 16)).astype(np.float32)
    drawn = cv2.resize(other, (WIDE, HIGH), interpolation=cv2.INTER_CUBIC)
    assert overlays([(np.clip(drawn, 0, 255).astype(np.uint8), scene())]) == []


def test_without_pictures_nothing_is_found() -> None:
    assert overlays([]) == []


@pytest.mark.parametrize("shape", [(1, 512), (2, 512), (512, 1), (1, 1)])
def test_a_picture_of_hardly_any_height_or_width_lies_nowhere(shape: tuple[int, int]) -> None:
    strip = np.random.default_rng(1).integers(0, 256, shape, np.uint8)
    assert overlays([(strip, scene())]) == []
    assert overlays([(scene(), strip)]) == []
