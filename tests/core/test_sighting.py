import numpy as np
import pytest

from app.core import sighting
from app.core.confidence import Strength
from app.core.findings import Seen
from app.core.index import HashHits
from app.core.laying import Side
from app.core.pictures import NO_PICTURES
from app.core.runs import Run
from app.core.sighting import Tried, sight
from app.core.sights import Sights
from tests.core.fingerprints import make_fingerprint

STRONG = Strength(still=False, similarity=0.9, agreement=0.9, inliers=300, witnesses=4)
NONE = np.empty(0, np.int64)


def seen(start_ms: int, end_ms: int, confidence: float) -> Seen:
    run = Run(NONE, NONE, np.empty(0), 1.0, 0.0, (start_ms, end_ms), (start_ms, end_ms))
    return Seen(run, [], confidence, (), STRONG)


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
    others: list[tuple[int, int]],
    kept: list[tuple[int, int]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runs = [seen(0, 30_000, 0.9), *(seen(*each, 0.99) for each in others)]
    monkeypatch.setattr(sighting, "_tried", lambda *_: [Tried(each.run, each) for each in runs])
    side = Side(make_fingerprint(frames=30), Sights(NO_PICTURES, None))
    found = sight(side, side, HashHits.empty(), np.zeros(30))
    assert sorted(each.run.query_ms for each in found) == kept
