"""Jump cuts: what was left of a clip is found piece by piece, each at its own place and at normal speed."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from app.core import Fingerprinted, Grade, default_describers, find_matches, fingerprint_file
from app.core.reels.jumps import PRICE, cheapest
from tests.core.rooms import encoded, room
from tests.filming import FPS, Pixels

PIECES_S = ((0.5, 2.9), (3.5, 5.7), (6.5, 8.9), (9.7, 11.7))
SECONDS = 12.0


def without_pauses(frames: list[Pixels]) -> list[Pixels]:
    return [
        frame
        for first, last in PIECES_S
        for frame in frames[round(first * FPS) : round(last * FPS)]
    ]


def fingerprinted(path: Path, frames: list[Pixels]) -> Fingerprinted:
    return fingerprint_file(encoded(path, frames), default_describers())


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Fingerprinted:
    return fingerprinted(tmp_path_factory.mktemp("jumps") / "known.mp4", room(SECONDS))


def test_each_piece_is_found_at_its_place(known: Fingerprinted, tmp_path: Path) -> None:
    query = fingerprinted(tmp_path / "query.mp4", without_pauses(room(SECONDS)))
    (match,) = find_matches(query, [known])
    assert match.grade is Grade.CERTAIN
    assert [each.speed for each in match.segments] == pytest.approx([1.0] * 4, abs=0.03)
    at_ms = np.cumsum([0, *(1000 * (last - first) for first, last in PIECES_S)])
    for segment, piece_s, (start_ms, end_ms) in zip(
        match.segments, PIECES_S, pairwise(at_ms), strict=True
    ):
        assert segment.query.start_ms == pytest.approx(start_ms, abs=400)
        assert segment.query.end_ms == pytest.approx(end_ms, abs=400)
        shift_ms = segment.known.start_ms - segment.query.start_ms
        assert shift_ms == pytest.approx(1000 * piece_s[0] - start_ms, abs=200)


def test_another_take_does_not_fit_piece_by_piece(known: Fingerprinted, tmp_path: Path) -> None:
    other = fingerprinted(tmp_path / "other.mp4", without_pauses(room(SECONDS, seed=11)))
    assert all(match.grade is Grade.LEAD for match in find_matches(other, [known]))


@pytest.mark.parametrize("left_out", [5, pytest.param(14, marks=pytest.mark.long)])
def test_what_plays_faster_is_one_piece(
    left_out: int, known: Fingerprinted, tmp_path: Path
) -> None:
    faster = [frame for place, frame in enumerate(room(SECONDS)) if place % left_out]
    (match,) = find_matches(fingerprinted(tmp_path / "faster.mp4", faster), [known])
    (segment,) = match.segments
    assert segment.speed == pytest.approx(left_out / (left_out - 1), abs=0.03)


def test_a_path_changes_where_that_pays() -> None:
    likeness = np.zeros((20, 3))
    likeness[:10, 0] = likeness[10:, 2] = 0.5
    likeness[4, 1] = 0.5 + PRICE
    path, score = cheapest(likeness)
    assert path.tolist() == [0] * 10 + [2] * 10
    assert score == pytest.approx(20 * 0.5 - PRICE)
