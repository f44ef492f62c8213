from dataclasses import replace

import numpy as np

from app.core.geometry.examination import Examined
from app.core.geometry.proof import Fit
from app.core.geometry.sights import bare
from app.core.temporal.runs import Run
from app.core.weighing.strength import agreement_of, inliers_of, strength
from tests.core.made_fingerprints import make_fingerprint
from tests.filming import picture

SIGHT = bare(picture())
PLACE = np.array([[1.0, 0, 0], [0, 1.0, 0]])


def pair(blocks: float, inliers: int, comparable: int = 60) -> Examined:
    """A pair of which so many blocks can be compared, all of this correlation."""
    said = np.full(64, np.nan)
    said[:comparable] = blocks
    return Examined(
        SIGHT, SIGHT, 0, 0, 0.5, Fit(PLACE, mirrored=False, inliers=inliers, blocks=said)
    )


def test_pairs_of_a_bare_wall_are_no_evidence_against_the_others() -> None:
    wall = pair(0.9, inliers=0, comparable=3)
    assert agreement_of([pair(0.9, 60), wall, wall]) == 1.0
    assert inliers_of([pair(0.9, 60), wall, wall]) == 60


def test_pairs_that_can_be_compared_and_disagree_are() -> None:
    assert agreement_of([pair(0.9, 60), pair(0.1, 0)]) == 0.5
    assert inliers_of([pair(0.9, 60), pair(0.1, 0)]) == 30


def test_without_anything_to_compare_nothing_agrees() -> None:
    assert agreement_of([pair(0.9, 0, comparable=3)]) == 0.0
    assert agreement_of([]) == 0.0
    assert inliers_of([]) == 0


def test_witnesses_are_looked_for_all_along_a_long_run() -> None:
    made = make_fingerprint(frames=600, sound=0)
    content = np.maximum(0, np.arange(600) - 300) // 50
    item = replace(made, descriptors=made.descriptors[content])
    rows = np.arange(600)
    run = Run(rows, rows, np.ones(600), 1.0, 0.0, (0, 600_000), (0, 600_000))
    assert strength(run, (item, item), []).witnesses == len(np.unique(content))
