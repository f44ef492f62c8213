"""What every frame index must do, held against a plain product of all vectors."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.index import ExhaustiveIndex, FrameIndex, TurboIndex

MAKERS: list[Callable[[], FrameIndex]] = [ExhaustiveIndex, TurboIndex]
CODE_ERROR = 0.03

type Vectors = NDArray[np.float32]


@pytest.fixture(params=MAKERS)
def index(request: pytest.FixtureRequest) -> FrameIndex:
    made: FrameIndex = request.param()
    return made


def unit(vectors: NDArray[np.float64]) -> Vectors:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def random_vectors(count: int, seed: int = 1) -> Vectors:
    return unit(np.random.default_rng(seed).normal(size=(count, 512)))


def copies(vectors: Vectors, cosine: float) -> Vectors:
    noise = random_vectors(len(vectors), seed=9).astype(np.float64)
    noise = unit(noise - (noise * vectors).sum(axis=1, keepdims=True) * vectors)
    return (cosine * vectors + np.sqrt(1 - cosine**2) * noise).astype(np.float32)


def ids(*numbers: int) -> NDArray[np.uint64]:
    return np.array(numbers, np.uint64)


@pytest.mark.parametrize("size", [0, 1, 2])
def test_tiny_index_gives_all_it_has(index: FrameIndex, size: int) -> None:
    vectors = random_vectors(size)
    index.add(np.arange(size, dtype=np.uint64), vectors)
    found = index.search(random_vectors(2), 200, -1.0)
    assert len(index) == size
    assert sorted(found.ids.tolist()) == sorted([*range(size)] * 2)
    assert found.rows.tolist() == [0] * size + [1] * size


def test_faint_copies_are_found_as_by_the_oracle(index: FrameIndex) -> None:
    known = random_vectors(3000)
    index.add(np.arange(3000, dtype=np.uint64) + 2**40, known)
    oracle = ExhaustiveIndex()
    oracle.add(np.arange(3000, dtype=np.uint64) + 2**40, known)
    queries = copies(known[:100], 0.3)
    found, true = index.search(queries, 200, 0.25), oracle.search(queries, 200, 0.25)
    scores = dict(zip(zip(found.rows, found.ids, strict=True), found.scores, strict=True))
    expected = list(zip(true.rows, true.ids, true.scores, strict=True))
    assert {row for row, frame, _ in expected if frame == row + 2**40} == set(range(100))
    for row, frame, score in expected:
        assert score < 0.25 + CODE_ERROR or abs(scores[row, frame] - score) < CODE_ERROR


def test_added_and_removed_count_at_the_next_search(index: FrameIndex) -> None:
    vectors = random_vectors(3)
    index.add(ids(7), vectors[:1])
    assert index.search(vectors, 5, 0.9).ids.tolist() == [7]
    index.add(ids(8, 9), vectors[1:])
    assert index.search(vectors, 5, 0.9).ids.tolist() == [7, 8, 9]
    index.remove(ids(8, 12345))
    assert len(index) == 2
    assert index.search(vectors, 5, 0.9).ids.tolist() == [7, 9]
    index.add(ids(8), vectors[1:2])
    assert index.search(vectors, 5, 0.9).ids.tolist() == [7, 8, 9]


def test_emptied_index_can_be_filled_again(index: FrameIndex) -> None:
    index.add(ids(1), random_vectors(1))
    index.remove(ids(1))
    assert len(index.search(random_vectors(1), 5, -1.0).ids) == 0
    index.add(ids(2), random_vectors(1))
    assert index.search(random_vectors(1), 5, 0.9).ids.tolist() == [2]


def test_equal_vectors_are_all_found(index: FrameIndex) -> None:
    vector = random_vectors(1)
    index.add(np.arange(50, dtype=np.uint64), np.repeat(vector, 50, axis=0))
    assert sorted(index.search(vector, 200, 0.9).ids.tolist()) == list(range(50))


def test_an_id_is_taken_once(index: FrameIndex) -> None:
    index.add(ids(1), random_vectors(1))
    with pytest.raises(ValueError, match="already"):
        index.add(ids(1), random_vectors(1))


def test_no_queries_no_hits(index: FrameIndex) -> None:
    index.add(ids(1), random_vectors(1))
    assert len(index.search(np.empty((0, 512), np.float32), 5, 0.0).ids) == 0
