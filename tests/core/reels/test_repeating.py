"""What comes again and again is told from what plays once, and from when to when it does."""

import numpy as np
import pytest

from app.core.reels.repeating import loop_around
from tests.core.films import moving, reel_of

ROUND, STEP_MS = 11, 200


def test_a_loop_is_told_with_its_round_and_its_ends() -> None:
    intro, clip = moving(25, seed=1, room=3), moving(ROUND, seed=2)
    loop = loop_around(reel_of(np.concatenate([intro, *[clip] * 6])), (7_400, 8_600))
    assert loop is not None
    assert loop.round_ms == pytest.approx(ROUND * STEP_MS, abs=50)
    assert loop.start_ms == pytest.approx(5_000, abs=400)
    assert loop.end_ms == pytest.approx(5_000 + 6 * 2_200, abs=400)
    first, *_, last = loop.rounds(3)
    assert first[0] == pytest.approx(5_000, abs=400)
    assert last[1] == pytest.approx(5_000 + 6 * 2_200, abs=400)


def test_what_moves_about_in_one_room_is_no_loop() -> None:
    assert loop_around(reel_of(moving(80, seed=3)), (4_000, 6_000)) is None


def test_what_stands_still_is_no_loop() -> None:
    assert loop_around(reel_of(np.repeat(moving(1, seed=4), 60, axis=0)), (4_000, 6_000)) is None
