"""In which stretch of a clip a known still is shown."""

import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.fingerprints.pictures import Pictures, write_jpeg
from app.core.geometry.examination import Examined
from app.core.geometry.sights import Sights
from app.core.sight.showings import showings, shown
from app.core.temporal.runs import Run, Timeline
from tests.filming import canvas

FLOOR = 0.28
LENGTH = 14
SECOND_MS = 1_000
STILL = Timeline(np.zeros(1, np.int64), np.zeros(1, np.int32), 0)
SIZE = (320, 240)
SCENES = {seed: canvas(seed, (480, 360)) for seed in (51, 52)}


def clip(cuts: tuple[int, ...] = ()) -> Timeline:
    """A clip of a frame a second; a new shot begins with each of these frames."""
    times = SECOND_MS * np.arange(LENGTH, dtype=np.int64)
    shots = np.searchsorted(np.asarray(cuts), np.arange(LENGTH), "right").astype(np.int32)
    return Timeline(times, shots, LENGTH * SECOND_MS)


def scores(*rows: int) -> NDArray[np.float64]:
    """What the frames of a clip resemble the still by: these rows much."""
    found = np.full((LENGTH, 1), 0.1)
    found[list(rows)] = 0.6
    return found


def test_frames_that_follow_each_other_are_one_showing_and_gaps_part_them() -> None:
    found = showings(scores(2, 3, 5, 6, 12), clip(), STILL, FLOOR)
    assert [run.query_rows.tolist() for run in found] == [[2, 3, 5, 6], [12]]
    assert found[0].query_ms == (1_500, 6_500)
    assert found[0].known_ms == (0, 0)
    assert showings(scores(), clip(), STILL, FLOOR) == []


def test_frames_of_the_still_that_stand_for_seconds_are_one_showing() -> None:
    times = 5 * SECOND_MS * np.arange(LENGTH, dtype=np.int64)
    slow = Timeline(times, np.zeros(LENGTH, np.int32), 5 * LENGTH * SECOND_MS)
    found = showings(scores(2, 3, 4, 8), slow, STILL, FLOOR)
    assert [run.query_rows.tolist() for run in found] == [[2, 3, 4], [8]]


def test_a_showing_between_cuts_ends_at_the_cuts() -> None:
    (run,) = showings(scores(4, 5, 6, 7), clip((4, 8)), STILL, FLOOR)
    assert run.query_ms == (4_000, 8_000)


def frame(seed: int, zoom: float = 1.0) -> NDArray[np.uint8]:
    """A scene, zoomed into."""
    width, height = round(SIZE[0] / zoom), round(SIZE[1] / zoom)
    rows = np.linspace(60, 60 + height - 1, SIZE[1]).round().astype(int)
    columns = np.linspace(80, 80 + width - 1, SIZE[0]).round().astype(int)
    return SCENES[seed][np.ix_(rows, columns)]


def shown_in(first: int, last: int, *, mirrored: bool = False) -> tuple[Run, list[Examined]]:
    """What is said of a clip that zooms into the still in these frames, where all frames resemble it."""
    pictures = [frame(51, 1 + 0.02 * n) if first <= n <= last else frame(52) for n in range(LENGTH)]
    times = tuple(SECOND_MS * n for n in range(LENGTH))
    sides = (
        Sights(Pictures(times, [write_jpeg(each) for each in pictures]), None),
        Sights(Pictures((0,), [write_jpeg(frame(51))]), None),
    )
    (run,) = showings(scores(*range(LENGTH)), clip(), STILL, FLOOR)
    weighted = Run(
        run.query_rows,
        run.known_rows,
        np.where((run.query_rows >= first) & (run.query_rows <= last), 0.7, 0.4),
        run.speed,
        run.offset_ms,
        run.query_ms,
        run.known_ms,
    )
    return shown(weighted, clip(), sides, mirrored=mirrored)


@pytest.mark.parametrize(("first", "last"), [(0, LENGTH - 1), (4, 9), (6, 6), (0, 3)])
def test_the_stretch_is_that_whose_frames_lie_on_the_still(first: int, last: int) -> None:
    run, pairs = shown_in(first, last)
    assert run.query_rows.tolist() == list(range(first, last + 1))
    assert run.query_ms[0] == pytest.approx(SECOND_MS * first, abs=500)
    assert run.query_ms[1] == pytest.approx(SECOND_MS * (last + 1), abs=500)
    assert all(first * SECOND_MS <= pair.query_ms <= last * SECOND_MS for pair in pairs)
    assert all(pair.agreement > 0.9 for pair in pairs)


def test_each_witness_lies_in_its_own_way() -> None:
    _, pairs = shown_in(2, 11)
    zooms = [1 / pair.fit.matrix[0, 0] for pair in pairs if pair.fit]
    assert len(zooms) >= 3
    assert zooms == pytest.approx(
        [1 + 0.02 * pair.query_ms / SECOND_MS for pair in pairs], abs=0.01
    )


def test_a_wrong_guess_about_the_mirror_is_put_right_and_another_scene_shows_nothing() -> None:
    run, pairs = shown_in(4, 9, mirrored=True)
    assert run.query_rows.tolist() == list(range(4, 10))
    assert not any(pair.fit.mirrored for pair in pairs if pair.fit)
    run, pairs = shown_in(20, 20)
    assert len(run.query_rows) == LENGTH
    assert [pair.agreement for pair in pairs] == [0.0]
