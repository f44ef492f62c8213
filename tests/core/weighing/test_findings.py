import numpy as np
import pytest

from app.core.policy import CERTAIN_FROM, PROBABLE_FROM, grade
from app.core.temporal.runs import Run
from app.core.weighing.confidence import Strength
from app.core.weighing.findings import Finding, Seen, conclude
from tests.core.made_fingerprints import make_fingerprint


@pytest.mark.parametrize("least", [PROBABLE_FROM, CERTAIN_FROM])
def test_a_confidence_is_told_as_it_is_graded(least: float) -> None:
    rows = np.arange(3)
    run = Run(rows, rows, np.ones(3), 1.0, 0.0, (0, 3000), (0, 3000))
    strength = Strength(still=False, similarity=1.0, agreement=1.0, inliers=9, witnesses=3)
    seen = Seen(run, [], least - 0.00001, (), strength)
    item = make_fingerprint()
    (match,) = conclude([Finding(0, item, item, [seen], [])])
    assert match.grade is grade(match.confidence)
