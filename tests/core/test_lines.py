import tracemalloc

import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.between import Alike
from app.core.lines import Lines
from app.core.runs import Floats

STEP_MS = 200.0
PARTS, PART = 8, 15
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
