import time
from collections.abc import Sequence

import numpy as np
import pytest

from app.core.index import FrameHits, HashHits, SearchHits, SoundHits
from app.core.matching.candidates import CANDIDATES_MAX, FOR_THE_REST, candidates
from app.core.temporal.runs import Floats


def hits_of(seed: int, frames: int, items: int, each: int) -> SearchHits:
    """Hits of random items, of which many score the same; some frames have none."""
    random = np.random.default_rng(seed)
    count = frames * each
    rows, numbers = random.integers(0, frames, count), random.integers(0, items, count)
    scores = np.round(random.uniform(-0.1, 0.5, count), 2)
    found = FrameHits.make(
        query_row=rows, view=np.zeros(count), number=numbers, known_row=rows, score=scores
    )
    some = random.choice(count, count // 10)
    hashes = HashHits.make(
        query_row=rows[some],
        form=np.zeros(len(some)),
        number=numbers[some],
        known_row=rows[some],
        distance=random.integers(0, 32, len(some)),
    )
    return SearchHits(found, hashes, SoundHits.empty())


def seen(rows: Sequence[int], numbers: Sequence[int], scores: Sequence[float]) -> SearchHits:
    """Hits of frames alone."""
    nowhere = np.zeros(len(rows))
    found = FrameHits.make(
        query_row=rows, view=nowhere, number=numbers, known_row=nowhere, score=scores
    )
    return SearchHits(found, HashHits.empty(), SoundHits.empty())


def promise_of(hits: SearchHits, usual: Floats, number: int) -> float:
    best: dict[int, float] = {}
    for row, score in (
        *((int(h), float(s) - usual[h]) for h, s in _with(number, hits.frames, "score")),
        *((int(h), 1 - float(d) / 64) for h, d in _with(number, hits.hashes, "distance")),
    ):
        best[row] = max(score, best.get(row, 0.0))
    return float(sum(best[row] ** 2 for row in sorted(best)))


def _with(number: int, hits: FrameHits | HashHits, name: str) -> list[tuple[int, float]]:
    mine = hits.where(hits.number == number)
    return list(zip(mine.query_row.tolist(), mine.columns()[name].tolist(), strict=True))


@pytest.mark.parametrize("seed", range(5))
def test_promise_is_that_of_each_item(seed: int) -> None:
    hits = hits_of(seed, frames=30, items=60, each=(1, 12, 25, 60, 200)[seed])
    usual = np.random.default_rng(seed).uniform(0, 0.3, 32)
    promise = {n: promise_of(hits, usual, n) for n in np.unique(np.concatenate(hits.numbers[:2]))}
    ranked = sorted(promise, key=lambda number: (-round(promise[number], 12), number))
    found = candidates(hits, usual)
    first = CANDIDATES_MAX - FOR_THE_REST
    assert found[:first] == ranked[:first]
    assert found == [number for number in ranked if number in set(found)]
    assert len(found) == min(len(ranked), CANDIDATES_MAX)


def test_many_copies_of_one_clip_leave_room_for_what_shows_the_rest() -> None:
    copies, others = range(100), (200, 201)
    rows = [row for _ in copies for row in range(20)] + [20, 21, 22, 23]
    numbers = [number for number in copies for _ in range(20)] + [200, 200, 201, 201]
    hits = seen(rows, numbers, [0.9] * len(rows))
    found = candidates(hits, np.zeros(24))
    assert len(found) == CANDIDATES_MAX
    assert set(others) < set(found)


def test_chance_all_along_hours_does_not_outweigh_a_short_clip() -> None:
    random = np.random.default_rng(3)
    frames, long_items, clip = 5_400, 30, 99
    by_chance = [
        (row, item) for item in range(long_items) for row in random.integers(0, frames, 300)
    ]
    rows, numbers = zip(*by_chance, *((row, clip) for row in range(2_000, 2_008)), strict=True)
    hits = seen(rows, numbers, [0.5 if number == clip else 0.28 for number in numbers])
    assert candidates(hits, np.zeros(frames))[0] == clip


def test_a_stretch_counts_wherever_it_begins() -> None:
    places = range(40)
    rows = [50 + place + frame for place in places for frame in range(10)]
    numbers = [place for place in places for _ in range(10)]
    hits = seen(rows, numbers, np.linspace(0.5, 0.4, 40).repeat(10).tolist())
    assert candidates(hits, np.zeros(200)) == list(places)


def test_without_hits_there_are_no_candidates() -> None:
    none = SearchHits(FrameHits.empty(), HashHits.empty(), SoundHits.empty())
    assert candidates(none, np.zeros(3)) == []


def test_two_hours_of_hits_are_ranked_in_seconds() -> None:
    hits = hits_of(1, frames=7_200, items=900, each=200)
    started = time.process_time()
    assert len(candidates(hits, np.zeros(7_200))) == CANDIDATES_MAX
    assert time.process_time() - started < 5
