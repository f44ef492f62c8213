"""An upright cut that follows what goes on is found; of another take of the same room, it is not."""

from pathlib import Path

import numpy as np
import pytest

from app.core import Fingerprinted, Grade, default_describers, find_matches, fingerprint_file
from tests.core.rooms import UPRIGHT, WIDE, encoded, papered, room
from tests.filming import FPS, Pixels

SECONDS = 9.0
PAPER = 5
ROUND_S = 12.0


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Fingerprinted:
    folder = tmp_path_factory.mktemp("moments")
    return fingerprint_file(
        encoded(folder / "known.mp4", papered(room(SECONDS), PAPER)), default_describers()
    )


def followed(frames: list[Pixels]) -> list[Pixels]:
    """Cut the frames upright, going slowly from one side to the other around the middle."""
    turns = np.sin(2 * np.pi * np.arange(len(frames)) / (ROUND_S * FPS))
    lefts = np.rint((WIDE - UPRIGHT) * (0.5 + 0.2 * turns)).astype(int).tolist()
    return [
        np.ascontiguousarray(frame[:, left : left + UPRIGHT])
        for frame, left in zip(frames, lefts, strict=True)
    ]


@pytest.mark.parametrize(("seed", "found"), [(3, True), (4, False)])
def test_a_cut_that_follows_is_told_from_another_take(
    known: Fingerprinted, seed: int, found: bool, tmp_path: Path
) -> None:
    cut = encoded(tmp_path / "cut.mp4", followed(papered(room(SECONDS, seed), PAPER)))
    matches = find_matches(fingerprint_file(cut, default_describers()), [known])
    sure = [match for match in matches if match.grade is not Grade.LEAD]
    assert len(sure) == found
    for match in sure:
        assert match.coverage_query > 0.8
        assert abs(match.segments[0].known.start_ms - match.segments[0].query.start_ms) < 300
        assert any(each.kind == "crop" for part in match.segments for each in part.transforms)
