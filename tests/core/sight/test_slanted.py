"""What was filmed or photographed off a screen, at a slant, is found as what the screen shows would be."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from app.core import Fingerprinted, Grade, default_describers, find_matches, fingerprint_file
from app.core.matches import Match
from tests.core.rooms import HIGH, WIDE, encoded, papered, room
from tests.filming import FPS, Pixels

SECONDS, MOMENT_S = 5.0, 2.4


def filmed(picture: Pixels, slant: float = 0.1) -> Pixels:
    """A screen in a dark room, its left side nearer to the camera than its right one."""
    inside = np.array([[0, 0], [WIDE, 0], [WIDE, HIGH], [0, HIGH]], np.float32)
    nearer = slant * HIGH / 2 * np.array([[0, -1], [0, 1], [0, -1], [0, 1]], np.float32)
    moved = inside + nearer + np.array([60, 40], np.float32)
    change = cv2.getPerspectiveTransform(inside, moved)
    size = (WIDE + 120, HIGH + 80)
    seen = cv2.warpPerspective(picture, change, size, borderValue=(34, 30, 30))
    return np.asarray(cv2.GaussianBlur(seen, (0, 0), 0.7), np.uint8)


def take(seed: int) -> list[Pixels]:
    return papered(room(SECONDS, seed), 1)


def moment(seed: int) -> Pixels:
    return take(seed)[round(MOMENT_S * FPS)]


def still(path: Path, picture: Pixels) -> Fingerprinted:
    cv2.imwrite(str(path), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    return fingerprint_file(path, default_describers())


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Fingerprinted:
    path = tmp_path_factory.mktemp("slanted") / "known.mp4"
    return fingerprint_file(encoded(path, take(3)), default_describers())


def alerting(query: Fingerprinted, known: Fingerprinted) -> list[Match]:
    return [each for each in find_matches(query, [known]) if each.grade is not Grade.LEAD]


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_still_of_a_slanted_screen_is_found(
    known: Fingerprinted, mirrored: bool, tmp_path: Path
) -> None:
    shown = np.ascontiguousarray(moment(3)[:, :: -1 if mirrored else 1])
    (match,) = alerting(still(tmp_path / "query.jpg", filmed(shown)), known)
    (segment,) = match.segments
    middle_ms = (segment.known.start_ms + segment.known.end_ms) / 2
    assert abs(middle_ms - 1000 * MOMENT_S) <= 100
    named = {each.kind for each in segment.transforms}
    assert named == ({"borders", "mirror"} if mirrored else {"borders"})


def test_a_still_of_another_take_on_a_slanted_screen_is_not(
    known: Fingerprinted, tmp_path: Path
) -> None:
    assert not alerting(still(tmp_path / "query.jpg", filmed(moment(5))), known)


def test_a_proof_is_shown_on_the_picture_as_it_was_photographed(tmp_path: Path) -> None:
    photograph = filmed(moment(3))
    query, known = still(tmp_path / "a.png", photograph), still(tmp_path / "b.png", moment(3))
    (match,) = alerting(query, known)
    pictures = match.evidence[0].pictures
    assert pictures is not None
    height, width = pictures[0].shape[:2]
    small = cv2.resize(photograph, (width, height), interpolation=cv2.INTER_AREA)
    assert float(np.abs(pictures[0].astype(int) - small).mean()) < 4


@pytest.mark.parametrize(("seed", "found"), [(3, True), (5, False)])
def test_a_clip_of_a_slanted_screen_is_told_from_another_take(
    known: Fingerprinted, seed: int, found: bool, tmp_path: Path
) -> None:
    part = [filmed(each, 0.24) for each in take(seed)[FPS : 4 * FPS]]
    query = fingerprint_file(encoded(tmp_path / "query.mp4", part), default_describers())
    matches = alerting(query, known)
    assert len(matches) == found
    for segment in (each for match in matches for each in match.segments):
        assert abs(segment.known.start_ms - segment.query.start_ms - 1000) <= 100
