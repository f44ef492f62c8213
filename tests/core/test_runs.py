import numpy as np
import pytest

from app.core.runs import Run, Timeline

NONE = np.empty(0, np.int64)


def known(duration_ms: int) -> Timeline:
    return Timeline(NONE, np.empty(0, np.int32), duration_ms)


@pytest.mark.parametrize(
    ("start_ms", "duration_ms", "all_of_it"),
    [
        (0, 3_000, True),
        (500, 5_000, True),
        (0, 5_500, False),
        (4_000, 7_000, False),
        (30_000, 60_000, False),
    ],
)
@pytest.mark.parametrize("speed", [1.0, -1.0])
def test_a_short_known_item_is_reached_from_everywhere(
    start_ms: int, duration_ms: int, speed: float, *, all_of_it: bool
) -> None:
    offset_ms = start_ms if speed > 0 else start_ms + 2_000
    shown = (start_ms, start_ms + 2_000)
    run = Run(NONE, NONE, np.empty(0), speed, offset_ms, (0, 2_000), shown)
    assert run.reaches_all(known(duration_ms), 6_000.0) is all_of_it
