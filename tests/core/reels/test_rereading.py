from pathlib import Path

import numpy as np
import pytest

from app.core.decoding.original import Original
from app.core.fingerprints.reel import Reel
from app.core.media import DecodeLimits
from app.core.reels.rereading import ASIDE_MS, reread, windows
from tests.core.films import panned, reel_of
from tests.filming import film


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Original:
    path = film(tmp_path_factory.mktemp("rereading") / "clip.mp4", seconds=24, audio=False)
    return Original(path, DecodeLimits())


def long_reel() -> Reel:
    return reel_of(panned(np.arange(0, 20, 0.2), seed=1))


def test_of_a_short_run_everything_is_read(clip: Original) -> None:
    again = reread(clip, (1.0, 3_000.0), (1_000, 5_000), long_reel())
    assert again is not None
    query, known = again.films
    assert query.times_ms.tolist() == list(range(1_000, 5_001, 200))
    assert known.times_ms[0] == pytest.approx(4_000 - ASIDE_MS, abs=100)
    assert known.times_ms[-1] == pytest.approx(8_000 + ASIDE_MS, abs=100)
    # More than twice as densely as the reel.
    assert np.diff(known.times_ms).max() < 100


def test_of_a_long_run_its_beginning_middle_and_end_are_read(clip: Original) -> None:
    assert windows((0, 18_000)) == [(0, 2_000), (8_000, 10_000), (16_000, 18_000)]
    again = reread(clip, (1.0, 2_000.0), (0, 18_000), long_reel())
    assert again is not None
    times = again.films[1].times_ms
    assert ((times > 1_400) & (times < 4_600)).sum() > 30
    assert not ((times > 5_000) & (times < 9_000)).any()


def test_backwards_the_moments_are_read_in_their_own_order(clip: Original) -> None:
    again = reread(clip, (-1.0, 10_000.0), (0, 4_000), long_reel())
    assert again is not None
    times = again.films[1].times_ms
    assert (np.diff(times) > 0).all()
    assert times[0] == pytest.approx(6_000 - ASIDE_MS, abs=100)
    time_ms, pixels = again.nearest(7_013)
    assert abs(time_ms - 7_013) <= 45
    assert pixels.shape == (240, 320, 3)


def test_a_file_that_is_gone_shows_nothing(tmp_path: Path) -> None:
    gone = Original(tmp_path / "gone.mp4", DecodeLimits())
    assert reread(gone, (1.0, 0.0), (0, 4_000), long_reel()) is None
