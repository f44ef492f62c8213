"""What is filmed from the hand is found again; another take of the same room, filmed so, is not."""

from pathlib import Path

import numpy as np
import pytest

from app.core import Fingerprinted, Grade, default_describers, find_matches, fingerprint_file
from tests.core.rooms import HIGH, WIDE, encoded, room
from tests.filming import FPS, Pixels

SECONDS = 6.0
SHAKE_PX = 24
"""Nearly a tenth of the height to all sides."""


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Fingerprinted:
    folder = tmp_path_factory.mktemp("steadying")
    return fingerprint_file(encoded(folder / "known.mp4", room(SECONDS)), default_describers())


def from_the_hand(frames: list[Pixels]) -> list[Pixels]:
    """Cut the frames as a hand would that holds the camera."""
    time_s = np.arange(len(frames)) / FPS
    across = 0.6 * np.sin(3.1 * time_s) + 0.4 * np.sin(7.3 * time_s + 1)
    down = 0.6 * np.cos(2.7 * time_s) + 0.4 * np.sin(8.9 * time_s)
    places = np.rint(SHAKE_PX * (1 + np.stack([across, down], axis=1))).astype(int).tolist()
    width, height = WIDE - 2 * SHAKE_PX, HIGH - 2 * SHAKE_PX
    return [
        np.ascontiguousarray(frame[y : y + height, x : x + width])
        for frame, (x, y) in zip(frames, places, strict=True)
    ]


@pytest.mark.parametrize(("seed", "found"), [(3, True), (4, False)])
def test_footage_from_the_hand_is_told_from_another_take(
    known: Fingerprinted, seed: int, found: bool, tmp_path: Path
) -> None:
    shaken = encoded(tmp_path / "shaken.mp4", from_the_hand(room(SECONDS, seed)))
    matches = find_matches(fingerprint_file(shaken, default_describers()), [known])
    sure = [match for match in matches if match.grade is not Grade.LEAD]
    assert len(sure) == found
    for match in sure:
        assert match.coverage_query > 0.9
        assert any(each.kind == "crop" for part in match.segments for each in part.transforms)
