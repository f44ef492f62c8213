import cv2
import numpy as np
import pytest

from app.core.geometry.examination import Examined
from app.core.geometry.proof import prove
from app.core.geometry.sights import see
from app.core.geometry.straightening import straightened
from tests.core.geometry.test_proof import scene
from tests.filming import Pixels


def seen_from_aside(picture: Pixels, slant: float) -> Pixels:
    height, width = picture.shape[:2]
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    nearer = slant * height / 2 * np.array([[0, 1], [0, -1], [0, 1], [0, -1]], np.float32)
    change = cv2.getPerspectiveTransform(flat, flat + nearer)
    return np.asarray(cv2.warpPerspective(picture, change, (width, height)), np.uint8)


def pair(query: Pixels, known: Pixels) -> Examined:
    sights = see(query), see(known)
    return Examined(*sights, 0, 0, 0.5, prove(*sights, mirrored=False))


def test_a_picture_seen_from_aside_is_straightened() -> None:
    picture = scene(1)
    slanted = pair(seen_from_aside(picture, 0.12), picture)
    straight = straightened(slanted)
    assert straight is not None
    assert slanted.agreement < 0.7
    assert straight.agreement > 0.95
    assert straight.query.source is slanted.query.pixels
    again = straightened(straight)
    assert again is not None
    assert np.array_equal(again.query.pixels, straight.query.pixels)


@pytest.mark.parametrize("other", [scene(1), scene(2)])
def test_what_lies_straight_or_shows_something_else_is_left_alone(other: Pixels) -> None:
    assert straightened(pair(scene(1), other)) is None
