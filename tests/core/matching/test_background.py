from dataclasses import replace

import numpy as np
import pytest

from app.core.fingerprints.describe import unit
from app.core.fingerprints.fingerprint import DIMENSION, Fingerprint
from app.core.index import FrameHits
from app.core.matching.background import (
    COPIES_SPARED,
    ITEMS_LOOKED_AT,
    MOST,
    RANKS,
    background,
)
from tests.core.made_fingerprints import make_fingerprint

ITEMS = COPIES_SPARED + RANKS


def background_row(hits: FrameHits, row: int) -> float:
    best: dict[int, np.float32] = {}
    for place in np.flatnonzero(hits.query_row == row):
        number = int(hits.number[place])
        best[number] = max(hits.score[place], best.get(number, hits.score[place]))
    ranked = sorted(best.values(), reverse=True)[COPIES_SPARED:]
    ranked = ranked[:RANKS]
    if len(ranked) < RANKS:
        return 0.0
    return min(float(np.array(ranked).mean()), MOST)


@pytest.mark.parametrize("seed", range(5))
def test_background_is_what_comes_after_the_ten_best_items(seed: int) -> None:
    random = np.random.default_rng(seed)
    count = 30 * (4, 12, 25, 60, 200)[seed]
    hits = FrameHits.make(
        query_row=random.integers(0, 30, count),
        view=np.zeros(count),
        number=random.integers(0, 60, count),
        known_row=np.zeros(count),
        score=np.round(random.uniform(-0.1, 0.5, count), 2),
    )
    usual = background(hits, 32)
    assert usual.tolist() == [background_row(hits, row) for row in range(32)]


def test_without_hits_nothing_is_background() -> None:
    assert background(FrameHits.empty(), 3, {}.__getitem__).tolist() == [0.0] * 3


def one_frame_each(
    vectors: np.ndarray, best: float = 0.6
) -> tuple[FrameHits, dict[int, Fingerprint]]:
    """The hits of one query frame with an item a vector, each as its second frame."""
    made = make_fingerprint(frames=2)
    items = {
        number: replace(made, descriptors=np.stack([np.zeros(DIMENSION), each]).astype(np.float16))
        for number, each in enumerate(vectors)
    }
    scores = np.linspace(best, best - 0.1, len(items))
    hits = FrameHits.make(
        query_row=np.zeros(len(items)),
        view=np.zeros(len(items)),
        number=list(items),
        known_row=np.ones(len(items)),
        score=scores,
    )
    return hits, items


@pytest.mark.parametrize("best", [0.4, 0.9])
def test_copies_of_what_is_likest_are_no_background(best: float) -> None:
    random = np.random.default_rng(0)
    picture = random.normal(size=DIMENSION)
    copies = unit((picture + 0.5 * random.normal(size=(ITEMS, DIMENSION))).astype(np.float32))
    hits, items = one_frame_each(copies, best)
    assert background(hits, 1, items.__getitem__).tolist() == [0.0]


def test_other_pictures_that_look_as_like_are_background() -> None:
    others = unit(np.random.default_rng(0).normal(size=(ITEMS, DIMENSION)).astype(np.float32))
    hits, items = one_frame_each(others)
    assert background(hits, 1, items.__getitem__).tolist() == [MOST]


def test_few_items_are_read_however_many_are_hit() -> None:
    random = np.random.default_rng(0)
    count = 60_000
    hits = FrameHits.make(
        query_row=random.integers(0, 600, count),
        view=np.zeros(count),
        number=random.integers(0, 5_000, count),
        known_row=np.zeros(count),
        score=random.uniform(0.25, 0.35, count),
    )
    made = make_fingerprint(frames=1)
    read: list[int] = []

    def known(number: int) -> Fingerprint:
        read.append(number)
        return made

    usual = background(hits, 600, known)
    assert len(set(read)) == len(read) <= ITEMS_LOOKED_AT
    assert (usual > 0.25).mean() > 0.9
