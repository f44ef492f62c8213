"""What every frame index must do, held against a plain product of all vectors."""

from collections.abc import Callable

import faiss
import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.errors import BadEncoding
from app.core.index import ExhaustiveIndex, FrameIndex, TurboIndex
from app.core.index.faiss_scan import TRAINED_FROM, FaissIndex
from app.core.index.frames import StorableIndex
from app.core.index.segmented import SegmentedIndex


class InParts(SegmentedIndex):
    """Parts of turbovec, a new one after every addition."""

    def __init__(self) -> None:
        super().__init__(TurboIndex)

    def add(self, ids: NDArray[np.uint64], vectors: NDArray[np.float32]) -> None:
        super().add(ids, vectors)
        self.seal()


MAKERS: list[Callable[[], FrameIndex]] = [
    ExhaustiveIndex,
    TurboIndex,
    FaissIndex,
    InParts,
]
STORABLE: list[type[StorableIndex]] = [TurboIndex, FaissIndex]
CODE_ERROR = 0.03
faiss.omp_set_num_threads(1)  # its threads wait busily for each other

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


def alike(count: int, seed: int = 1) -> Vectors:
    """Shots of 8 frames (cosine 0.9) about common topics: unrelated pairs reach 0.3 and more."""
    random = np.random.default_rng(seed)
    topics = random_vectors(max(1, count // 4000), seed + 1)
    strength = random.gamma(1.0, 0.12, (count // 8 + 1, 1))
    scenes = topics[random.integers(0, len(topics), len(strength))] * strength
    scenes = unit(scenes + random_vectors(len(scenes), seed + 2))
    return copies(np.repeat(scenes, 8, axis=0)[:count], 0.9)


@pytest.mark.parametrize("maker", [FaissIndex, TurboIndex, InParts])
def test_among_alike_and_removed_frames_faint_copies_are_found(
    maker: Callable[[], FrameIndex],
) -> None:
    known, numbers = alike(TRAINED_FROM + 1000), np.arange(TRAINED_FROM + 1000, dtype=np.uint64)
    index = maker()
    for start in range(0, len(known), 15_000):
        index.add(numbers[start : start + 15_000], known[start : start + 15_000])
    chosen = numbers[::1500]
    queries = copies(known[chosen], 0.3)
    removed = numbers[(numbers % 1500 != 0) & (numbers % 1500 < 400)]
    for gone in (np.empty(0, np.uint64), removed[::20], removed):
        index.remove(gone)
        found = index.search(queries, 200, 0.25)
        assert not np.isin(found.ids, gone).any()
        pairs = set(zip(found.rows.tolist(), found.ids.tolist(), strict=True))
        assert pairs >= set(enumerate(chosen.tolist()))
        assert len(index) == len(known) - len(gone)
    index.add(removed, known[removed])
    assert set(index.search(known[removed[:50]], 1, 0.9).ids.tolist()) == set(removed[:50].tolist())


@pytest.mark.parametrize("kind", STORABLE)
@pytest.mark.parametrize("size", [0, 1, 2, TRAINED_FROM])
def test_read_from_bytes_it_answers_the_same_and_goes_on(
    kind: type[StorableIndex], size: int
) -> None:
    vectors, numbers = random_vectors(size + 2), np.arange(size + 2, dtype=np.uint64)
    index = kind()
    index.add(numbers[:size], vectors[:size])
    index.remove(numbers[:size][:1])
    read = kind.from_bytes(index.to_bytes())
    for each in (index, read):
        each.remove(numbers[:size][1:2])
        each.add(numbers[size:], vectors[size:])
    assert len(read) == len(index)
    first, second = (each.search(vectors[-20:], 50, 0.1) for each in (index, read))
    assert np.array_equal(first.ids, second.ids)
    assert np.array_equal(first.scores, second.scores)


@pytest.mark.parametrize("kind", STORABLE)
def test_damaged_bytes_are_refused(kind: type[StorableIndex]) -> None:
    index = kind()
    index.add(np.arange(40, dtype=np.uint64), random_vectors(40))
    data = index.to_bytes()
    for broken in (b"", data[:-1], data[: len(data) // 2], b"x" * len(data)):
        with pytest.raises(BadEncoding):
            kind.from_bytes(broken)
