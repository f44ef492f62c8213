import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from app.core.index import HashHits
from app.core.temporal import similarity
from app.core.temporal.alignment import align
from app.core.temporal.runs import Timeline
from app.core.temporal.similarity import likeness
from tests.core.made_fingerprints import make_fingerprint


def test_large_comparisons_give_the_scores_of_small_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    query = make_fingerprint(frames=40)
    known = replace(make_fingerprint(frames=50, seed=1), votes=np.arange(50) != 7)
    known.descriptors[5:25] = query.descriptors[:20]
    hits = HashHits.make(query_row=[30], form=[4], number=[1], known_row=[33], distance=[6])
    usual = np.full(40, 0.05)
    small = likeness(query, known, hits, usual)
    monkeypatch.setattr(similarity, "LARGE", 100)
    monkeypatch.setattr(similarity, "AT_ONCE", 300)
    large = likeness(query, known, hits, usual)
    assert (small.scores.dtype, large.scores.dtype) == (np.float64, np.float32)
    np.testing.assert_allclose(large.scores, small.scores, atol=1e-5)
    assert large.mirrored[30, 33]
    assert large.scores[30, 33] == pytest.approx(1 - 6 / 64 - 0.05)
    assert not large.scores[:, 7].any()


def test_long_pairs_take_little_more_memory_than_their_scores() -> None:
    frames = 2_500
    query = make_fingerprint(frames=frames, views=1)
    tracemalloc.start()
    alike = likeness(query, query, HashHits.empty(), np.zeros(frames))
    line = Timeline(query.timestamps_ms, query.shots, query.duration_ms)
    runs = align(alike.scores, line, line, 0.25)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [len(run.query_rows) for run in runs] == [frames]
    # Scores twice (alignment takes from its own), which of them are mirrored, and working space.
    assert peak < frames**2 * (4 + 4 + 1) + 40e6
