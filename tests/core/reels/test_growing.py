"""Before fast movement a copy of few frames is followed by the known item's own frames."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.decoding.original import Original
from app.core.fingerprints.reel import SIDE, Reel
from app.core.media import DecodeLimits
from app.core.reels.extent import extent
from app.core.reels.growing import Growing
from app.core.reels.rereading import reread
from tests.core.films import Film, moving, overlay, reel_of
from tests.filming import FPS, ffmpeg

LINE = (1.0, 0.0)
SLOW_S, LONG_S = 2.0, 7.0
STEP_MS = 200
SLOW, FAST = 15, 120
"""Pixels a second."""
CELLS = np.random.default_rng(3).uniform(30, 220, (12, 110)).astype(np.float32)
WALL = cv2.resize(CELLS, (880, SIDE), interpolation=cv2.INTER_CUBIC).clip(0, 255).astype(np.uint8)


def seen(times_s: NDArray[np.float64]) -> Film:
    """What passes a window: a long wall, slowly at first, then eight times as fast."""
    passed = SLOW * np.minimum(times_s, SLOW_S) + FAST * np.maximum(times_s - SLOW_S, 0)
    return np.stack([WALL[:, x : x + SIDE] for x in passed.round().astype(int)])


def copied(seconds: float) -> Film:
    """Five pictures a second of it, half-way between those of its reel."""
    return seen(0.1 + np.arange(0, seconds - 0.1, STEP_MS / 1000))


def late(film: Film) -> Reel:
    """The reel of a copy whose first picture plays a tenth of a second after its beginning."""
    reel = reel_of(film, STEP_MS)
    return Reel(reel.times_ms + 100, reel.tiles)


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Original:
    path = tmp_path_factory.mktemp("growing") / "known.mp4"
    form = f"-f rawvideo -pix_fmt gray -s {SIDE}x{SIDE} -r {FPS} -i -".split()
    coding = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "20", "-pix_fmt", "yuv420p"]
    ffmpeg(*form, *coding, path, stdin=seen(np.arange(0, LONG_S, 1 / FPS)).tobytes())
    return Original(path, DecodeLimits())


def grown(query: Reel, known: Original, run_ms: tuple[int, int]) -> tuple[int, int]:
    again = reread(known, LINE, run_ms, query)
    assert again is not None
    return Growing(query, known, LINE, overlay()).grown(run_ms, again)


def test_a_copy_is_followed_where_the_reels_lose_it(known: Original) -> None:
    query = late(copied(LONG_S))
    reels = (query, reel_of(seen(np.arange(0, LONG_S, 0.2))))
    lost = extent(LINE, (0, 1_800), reels, overlay())
    assert lost is not None
    assert lost.end_ms < 5_000
    start, end = grown(query, known, (0, 1_800))
    assert start == 0
    assert end == pytest.approx(LONG_S * 1_000, abs=300)


def test_it_ends_where_other_footage_begins(known: Original) -> None:
    strange = moving(20, seed=8, room=5)
    query = late(np.concatenate([strange, copied(LONG_S)[20:28], strange]))
    start, end = grown(query, known, (4_600, 5_000))
    assert start == pytest.approx(4_000, abs=260)
    assert end == pytest.approx(5_600, abs=260)


def test_of_a_file_that_is_gone_nothing_more_is_found(known: Original, tmp_path: Path) -> None:
    query = late(copied(LONG_S))
    again = reread(known, LINE, (0, 1_800), query)
    assert again is not None
    gone = Original(tmp_path / "gone.mp4", DecodeLimits())
    start, end = Growing(query, gone, LINE, overlay()).grown((0, 1_800), again)
    assert start == 0
    # What was read already reaches half a second further.
    assert 1_800 <= end < 2_600
