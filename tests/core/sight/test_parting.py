import numpy as np
import pytest

from app.core.sight.parting import apart
from app.core.temporal.runs import Run
from app.core.weighing.confidence import Strength
from app.core.weighing.findings import Seen

STRONG = Strength(still=False, similarity=0.9, agreement=0.9, inliers=300, witnesses=4)
NONE = np.empty(0, np.int64)


def seen(start_ms: int, end_ms: int, confidence: float) -> Seen:
    run = Run(NONE, NONE, np.empty(0), 1.0, 0.0, (start_ms, end_ms), (start_ms, end_ms))
    return Seen(run, [], confidence, (), STRONG)


def stretches(told: list[Seen]) -> list[tuple[int, int]]:
    return sorted(each.run.query_ms for each in told)


@pytest.mark.parametrize(
    ("others", "kept"),
    [
        ([(10_000, 12_000)], [(0, 10_000), (10_000, 12_000), (12_000, 30_000)]),
        ([(400, 3_000)], [(400, 3_000), (3_000, 30_000)]),
        ([(0, 12_000), (13_000, 25_000)], [(0, 12_000), (13_000, 25_000)]),
        ([(2_000, 24_000)], [(2_000, 24_000)]),
    ],
)
def test_a_run_is_told_with_what_surer_ones_leave_of_it(
    others: list[tuple[int, int]], kept: list[tuple[int, int]]
) -> None:
    runs = [seen(0, 30_000, 0.9), *(seen(*each, 0.99) for each in others)]
    assert stretches(apart(runs)) == kept


def test_what_was_kept_before_stays_as_it_is_beside_a_surer_run() -> None:
    before = apart([seen(5_000, 10_000, 0.9)])
    told = apart([seen(0, 20_000, 0.99)], before)
    assert told[: len(before)] == before
    assert stretches(told) == [(0, 5_000), (5_000, 10_000), (10_000, 20_000)]
