"""Cuts of two clips beside each other: each is found in its half, though the other lies on its frame, too."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from app.core import Fingerprinted, Grade, default_describers, find_matches, fingerprint_file
from app.core.fingerprints.views import Box
from app.core.matches import Match
from app.core.reels.films import AS_IT_IS, Overlay
from app.core.sight.panes import shown_in
from tests.core.rooms import HIGH, UPRIGHT, WIDE, encoded, papered, room
from tests.filming import Pixels

SECONDS = 6.0


def upright(frame: Pixels) -> Pixels:
    """The middle of a frame, as phones show it."""
    left = (WIDE - UPRIGHT) // 2
    return frame[:, left : left + UPRIGHT]


@pytest.fixture(scope="module")
def rooms() -> tuple[list[Pixels], list[Pixels]]:
    return papered(room(SECONDS, 3, number=3), 3), papered(room(SECONDS, 8, number=8), 8)


@pytest.fixture(scope="module")
def known(
    rooms: tuple[list[Pixels], list[Pixels]], tmp_path_factory: pytest.TempPathFactory
) -> list[Fingerprinted]:
    folder = tmp_path_factory.mktemp("panes")
    paths = [encoded(folder / f"{number}.mp4", frames) for number, frames in enumerate(rooms)]
    return [fingerprint_file(path, default_describers()) for path in paths]


def found_in(frames: list[Pixels], known: list[Fingerprinted], folder: Path) -> dict[int, Match]:
    """The matches of a clip by the number of the known one."""
    query = fingerprint_file(encoded(folder / "query.mp4", frames), default_describers())
    return {match.number: match for match in find_matches(query, known)}


@pytest.mark.parametrize("mirrored", [pytest.param(False, marks=pytest.mark.long), True])
def test_each_half_of_a_split_screen_is_found_in_its_half(
    rooms: tuple[list[Pixels], list[Pixels]],
    known: list[Fingerprinted],
    mirrored: bool,
    tmp_path: Path,
) -> None:
    split = [np.hstack([upright(mine), upright(other)]) for mine, other in zip(*rooms, strict=True)]
    if mirrored:
        split = [np.ascontiguousarray(each[:, ::-1]) for each in split]
    found = found_in(split, known, tmp_path)
    assert found.keys() == {0, 1}
    for number, match in found.items():
        assert match.grade is not Grade.LEAD
        (segment,) = match.segments
        named = {each.kind: each.box for each in segment.transforms}
        assert named.keys() == {"crop", "picture_in_picture"} | ({"mirror"} if mirrored else set())
        assert named["crop"] == pytest.approx((0.34, 0, 0.32, 1), abs=0.04)
        pane = (number != mirrored) / 2, 0, 0.5, 1
        assert named["picture_in_picture"] == pytest.approx(pane, abs=0.04)


@pytest.mark.parametrize("mirrored", [False, pytest.param(True, marks=pytest.mark.long)])
def test_a_picture_of_a_fifth_of_the_frame_is_placed_by_its_rims(
    rooms: tuple[list[Pixels], list[Pixels]],
    known: list[Fingerprinted],
    mirrored: bool,
    tmp_path: Path,
) -> None:
    width, height = WIDE // 5, HIGH // 5
    left, top = round(0.72 * WIDE), round(0.08 * HIGH)
    frames = []
    for inner, around in zip(*rooms, strict=True):
        outer = around.copy()
        small = cv2.resize(inner, (width, height), interpolation=cv2.INTER_AREA)
        outer[top : top + height, left : left + width] = small[:, ::-1] if mirrored else small
        frames.append(outer)
    found = found_in(frames, known, tmp_path)
    assert found[0].grade is not Grade.LEAD
    (segment,) = found[0].segments
    named = {each.kind: each.box for each in segment.transforms}
    assert ("mirror" in named) is mirrored
    box = left / WIDE, top / HIGH, width / WIDE, height / HIGH
    assert named["picture_in_picture"] == pytest.approx(box, abs=0.03)


def test_a_small_part_of_the_same_place_is_no_pane_of_a_copy() -> None:
    overlay = Overlay.of(AS_IT_IS, mirrored=False)
    assert overlay is not None
    assert shown_in(overlay, Box(0.6, 0.75, 0.3, 0.22)) is None
    half = shown_in(overlay, Box(0.5, 0.0, 0.5, 1.0))
    assert half is not None
    assert half.part == pytest.approx((0.5, 0, 0.5, 1))
