"""An index in files: what was written is there after opening, what is damaged is never relied on."""

import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import faiss
import numpy as np
import pytest

from app.core.errors import UnusableIndex
from app.core.index import KnownIndex, SearchHits, SearchQuery, kept
from app.core.index.engines import TURBO, Engine, engine_of
from app.core.index.journal import Stamp
from app.core.index.kept import KeptIndex
from tests.core.made_fingerprints import make_fingerprint

ALGORITHM = "test"
FULL = 30
faiss.omp_set_num_threads(1)  # its threads wait busily for each other


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "FULL_PART_FRAMES", FULL)


@pytest.fixture(params=["turbo", "faiss"])
def engine(request: pytest.FixtureRequest) -> Engine:
    return engine_of(request.param)


def answers(index: KnownIndex, numbers: range) -> dict[tuple[object, ...], float]:
    """What is found of each number's own fingerprint: each hit and its score."""
    found: dict[tuple[object, ...], float] = {}
    for number in numbers:
        hits = index.search(SearchQuery.of(make_fingerprint(seed=number)))
        for group in (hits.frames, hits.hashes, hits.sound):
            columns = {name: column.tolist() for name, column in group.columns().items()}
            scores = columns.pop("score", [1.0] * len(group))
            for hit, score in zip(zip(*columns.values(), strict=True), scores, strict=True):
                found[(number, type(group).__name__, *hit)] = score
    return found


def anew(engine: Engine, numbers: Iterable[int], asked: range) -> object:
    """What an index made anew of these numbers answers; scores may differ in their last digits."""
    index = KnownIndex(engine.make())
    for number in numbers:
        index.add(number, make_fingerprint(seed=number))
    return pytest.approx(answers(index, asked), abs=1e-5)


def change(index: KeptIndex, seq: int, add: range = range(0), remove: range = range(0)) -> None:
    for number in remove:
        index.remove(number)
    for number in add:
        index.add(number, make_fingerprint(seed=number))
    index.write(Stamp(seq, f"at {seq}"))


def seal(index: KeptIndex, meanwhile: Callable[[], None] = lambda: None) -> bool:
    sealing = index.begin_sealing()
    if sealing is None:
        return False
    written = sealing.write()
    meanwhile()
    index.end_sealing(sealing, written)
    index.tidy()
    return True


def test_opened_it_answers_as_one_made_anew(tmp_path: Path, engine: Engine) -> None:
    folder = tmp_path / "index"
    index = KeptIndex.make(ALGORITHM, engine, folder)
    change(index, 1, add=range(1, 8))
    assert not seal(index)
    change(index, 2, add=range(8, 13), remove=range(3, 5))
    assert seal(index, lambda: change(index, 3, add=range(20, 22), remove=range(5, 6)))
    change(index, 4, add=range(3, 4), remove=range(8, 9))
    expected = [1, 2, 3, 6, 7, 9, 10, 11, 12, 20, 21]
    for _ in range(3):
        opened = KeptIndex.open(folder, engine)
        assert sorted(opened.index.numbers) == expected
        assert (opened.algorithm, opened.stamp) == (ALGORITHM, Stamp(4, "at 4"))
        wanted = anew(engine, expected, range(1, 23))
        assert answers(opened.index, range(1, 23)) == wanted
        assert answers(index.index, range(1, 23)) == wanted


def test_an_index_goes_on_from_its_files_after_each_start(tmp_path: Path, engine: Engine) -> None:
    folder, numbers = tmp_path / "index", set[int]()
    KeptIndex.make(ALGORITHM, engine, folder)
    for seq in range(1, 8):
        index = KeptIndex.open(folder, engine)
        assert set(index.index.numbers) == numbers
        change(index, seq, add=range(5 * seq, 5 * seq + 6), remove=range(5 * seq - 3, 5 * seq - 1))
        numbers -= set(range(5 * seq - 3, 5 * seq - 1))
        numbers |= set(range(5 * seq, 5 * seq + 6))
        seal(index)
    assert len(list(folder.glob("*.frames"))) >= 2
    opened = KeptIndex.open(folder, engine)
    assert answers(opened.index, range(50)) == anew(engine, numbers, range(50))


def test_a_part_that_lost_all_its_items_leaves_no_files(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    index = KeptIndex.make(ALGORITHM, TURBO, folder)
    change(index, 1, add=range(10))
    assert seal(index)
    change(index, 2, add=range(10, 20), remove=range(10))
    assert seal(index)
    assert [path.name for path in folder.glob("*.frames")] == ["00000002.frames"]
    assert set(KeptIndex.open(folder, TURBO).index.numbers) == set(range(10, 20))


def written(folder: Path) -> list[Path]:
    index = KeptIndex.make(ALGORITHM, TURBO, folder)
    change(index, 1, add=range(12))
    assert seal(index)
    change(index, 2, add=range(12, 16), remove=range(2))
    change(index, 3, add=range(16, 18), remove=range(12, 13))
    return sorted(folder.iterdir())


def states(folder: Path) -> Iterator[KeptIndex | None]:
    """The index after each kind of damage to each file, None where it was refused."""
    for path in written(folder / "made"):
        whole = path.read_bytes()
        middle, end = len(whole) // 2, len(whole)
        flipped = bytes([whole[middle] ^ 1])
        damages = [whole[:length] for length in (0, 3, middle, end - 1)]
        damages += [whole[:middle] + flipped + whole[middle + 1 :], b"x" * end, None]
        for damage in damages:
            copy = folder / "copy"
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(folder / "made", copy)
            if damage is None:
                (copy / path.name).unlink()
            else:
                (copy / path.name).write_bytes(damage)
            try:
                yield KeptIndex.open(copy, TURBO)
            except UnusableIndex:
                yield None


def test_damage_is_refused_or_costs_whole_changes_at_the_end(tmp_path: Path) -> None:
    whole = [set(range(12)), set(range(2, 16)), set(range(2, 12)) | set(range(13, 18))]
    seen = list(states(tmp_path))
    assert any(each is None for each in seen)
    opened = [each for each in seen if each is not None]
    assert opened
    for index in opened:
        assert set(index.index.numbers) in whole
        assert answers(index.index, range(18)) == anew(TURBO, index.index.numbers, range(18))
        change(index, 9, add=range(30, 32))


def test_a_torn_end_is_cut_off_and_written_over(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    index = KeptIndex.make(ALGORITHM, TURBO, folder)
    change(index, 1, add=range(3))
    change(index, 2, add=range(3, 5))
    (path,) = folder.glob("*.journal")
    path.write_bytes(path.read_bytes()[:-7])
    opened = KeptIndex.open(folder, TURBO)
    assert set(opened.index.numbers) == set(range(3))
    assert opened.stamp == Stamp(1, "at 1")
    change(opened, 3, add=range(6, 8))
    assert set(KeptIndex.open(folder, TURBO).index.numbers) == {0, 1, 2, 6, 7}


def test_files_of_another_kind_are_refused(tmp_path: Path) -> None:
    KeptIndex.make(ALGORITHM, TURBO, tmp_path / "index")
    with pytest.raises(UnusableIndex, match="turbo"):
        KeptIndex.open(tmp_path / "index", engine_of("faiss"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(UnusableIndex):
        KeptIndex.open(tmp_path / "empty", TURBO)


def test_what_sealing_left_when_it_was_killed_counts_once(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    index = KeptIndex.make(ALGORITHM, TURBO, folder)
    change(index, 1, add=range(12))
    sealing = index.begin_sealing()
    assert sealing is not None
    change(index, 2, add=range(12, 14), remove=range(1))
    sealing.write()
    (folder / "00000001.items.new").write_bytes(b"half")
    opened = KeptIndex.open(folder, TURBO)
    assert set(opened.index.numbers) == set(range(1, 14))
    assert sorted(path.suffix for path in folder.iterdir()) == [".journal", ".journal", ".json"]
    assert seal(opened)
    again = KeptIndex.open(folder, TURBO)
    assert answers(again.index, range(14)) == anew(TURBO, range(1, 14), range(14))


def test_hits_say_whose_they_are_after_many_items_in_one_change(tmp_path: Path) -> None:
    index = KeptIndex.make(ALGORITHM, TURBO, tmp_path / "index")
    items = {
        number: make_fingerprint(frames=number % 4, sound=5 * number, seed=number)
        for number in range(9)
    }
    for number, item in items.items():
        index.add(number, item)
    index.write(Stamp(1, "at 1"))
    seal(index)
    opened = KeptIndex.open(tmp_path / "index", TURBO).index
    for number, item in items.items():
        hits: SearchHits = opened.search(SearchQuery.of(item))
        for group, rows in (
            (hits.frames, item.frames),
            (hits.hashes, item.frames),
            (hits.sound, 5 * number),
        ):
            assert set(group.number.tolist()) == ({number} if rows else set())
    assert np.array_equal(hits.frames.known_row, hits.frames.query_row)


def test_a_part_of_which_little_is_left_is_given_up(tmp_path: Path, engine: Engine) -> None:
    folder = tmp_path / "index"
    index = KeptIndex.make(ALGORITHM, engine, folder)
    change(index, 1, add=range(1, 13))
    assert seal(index)
    change(index, 2, add=range(20, 22), remove=range(1, 9))
    before = stored_bytes(folder)
    opened = KeptIndex.open(folder, engine)
    assert set(opened.index.numbers) == {20, 21}
    assert stored_bytes(folder) < before / 2
    change(opened, 3, add=range(9, 13))
    again = KeptIndex.open(folder, engine)
    everything = range(1, 23)
    expected = anew(engine, [*range(9, 13), 20, 21], everything)
    assert answers(opened.index, everything) == expected
    assert answers(again.index, everything) == expected
    assert again.stamp == Stamp(3, "at 3")


def stored_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())
