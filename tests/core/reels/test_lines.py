import tracemalloc

import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.reels.between import Alike
from app.core.reels.lines import Lines
from app.core.temporal.runs import Floats

STEP_MS = 200.0
PARTS, PART = 8, 15
NOISE = 40.0
APART = 30
"""Known pictures on both sides of a part: within six seconds of it."""


def pictures(places: NDArray[np.int64]) -> Floats:
    """Rows of pixels that change from picture to picture, the same at the same place."""
    return np.stack([np.random.default_rng(place).normal(size=60) for place in places.tolist()])


def parted(length_ms: float) -> Lines:
    """Two films of which stretches are looked at that are spread over `length_ms`; the known one is late."""
    starts = np.linspace(APART, length_ms / STEP_MS - PART, PARTS).astype(int)
    mine = np.unique((starts[:, None] + np.arange(PART)).ravel())
    theirs = np.unique((starts[:, None] + np.arange(-APART, PART + APART)).ravel())
    alike = Alike(pictures(mine), pictures(theirs), 1.0, 1.0)
    return Lines(alike, mine * STEP_MS, theirs * STEP_MS + 2_400)


@pytest.mark.parametrize("length_ms", [120_000, 7_200_000])
def test_the_line_through_stretches_far_apart_is_found_in_little_memory(length_ms: int) -> None:
    lines = parted(length_ms)
    tracemalloc.start()
    speed, offset_ms = lines.best((1.0, 0.0))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert speed == 1.0
    assert offset_ms == pytest.approx(2_400, abs=30)
    assert peak < 100e6


def moving(times_ms: NDArray[np.float64], seed: int) -> Floats:
    """Pictures of something that sways: neighbours half a second apart are much alike."""
    random = np.random.default_rng(seed)
    pace, phase = random.uniform(0.5, 2.5, 40), random.uniform(0, 6, 40)
    return np.cos(times_ms[:, None] / 1_000 * pace + phase) @ random.normal(size=(40, 60))


@pytest.mark.parametrize("speed", [1.0, 1.05])
def test_a_speed_must_show_all_along_where_most_of_what_moves_is_noise(speed: float) -> None:
    measured = []
    for seed in range(12):
        mine_ms, theirs_ms = np.arange(27) * 200.0, np.arange(-20, 60) * 120.0
        noise = np.random.default_rng(seed + 100).normal(scale=NOISE, size=(27, 60))
        mine = moving(mine_ms * speed, seed) + (noise if speed == 1.0 else 0.0)
        lines = Lines(Alike(mine, moving(theirs_ms, seed), 1.0, 1.0), mine_ms, theirs_ms)
        measured.append(lines.best((1.0, 0.0))[0])
    assert measured == pytest.approx([speed] * 12, rel=0.02)
