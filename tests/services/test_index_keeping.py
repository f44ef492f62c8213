"""The keeper's files: whatever became of them or of the database, it holds what is known."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from app.core.fingerprints.fingerprint import encode
from app.core.index import SearchQuery, files, kept
from app.core.index.files import PartFiles
from app.db import Database
from app.db.fingerprints import StoredFingerprint
from app.db.known import KnownChange, KnownLogEntry
from app.services.index_keeping import IndexKeeper
from tests.core.made_fingerprints import make_fingerprint
from tests.databases import SqliteTemplate
from tests.meanwhile import meanwhile
from tests.records import add_item

FULL = 9
SEEDS = range(12)


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "FULL_PART_FRAMES", FULL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


def make_known(database: Database, *seeds: int, algorithm: str = "test") -> list[int]:
    numbers = []
    with database.write() as session:
        for seed in seeds:
            item = make_fingerprint(seed=seed, algorithm=algorithm)
            stored = StoredFingerprint(
                media_id=add_item(session),
                algorithm=algorithm,
                frames=item.frames,
                encoded=encode(item),
            )
            session.add(stored)
            session.flush()
            numbers.append(stored.number)
            log(session, stored.number, KnownChange.ADDED)
    return numbers


def log(session: Session, number: int, change: KnownChange) -> None:
    session.add(KnownLogEntry(fingerprint_number=number, change=change))


def forget(database: Database, number: int) -> None:
    with database.write() as session:
        log(session, number, KnownChange.REMOVED)


def opened(database: Database, folder: Path) -> IndexKeeper:
    keeper = IndexKeeper(database, folder=folder)
    keeper.open()
    return keeper


def found(keeper: IndexKeeper, algorithm: str = "test") -> dict[int, set[int]]:
    """Which numbers each seed's own fingerprint finds, by picture, hash and sound alike."""
    answer = {}
    for seed in SEEDS:
        item = make_fingerprint(seed=seed, algorithm=algorithm)
        hits, _ = keeper.search(SearchQuery.of(item))
        numbers = [set(g.number.tolist()) for g in (hits.frames, hits.hashes, hits.sound)]
        assert numbers[0] == numbers[1] == numbers[2]
        answer |= {seed: numbers[0]} if numbers[0] else {}
    return answer


def test_what_changed_while_it_was_down_counts(database: Database, folder: Path) -> None:
    keeper = opened(database, folder)
    one, two, three = make_known(database, 1, 2, 3)
    keeper.catch_up()
    keeper.save()
    four = make_known(database, 4)[0]
    keeper.catch_up()
    forget(database, two)
    forget(database, four)
    five = make_known(database, 5)[0]
    keeper = opened(database, folder)
    assert found(keeper) == {1: {one}, 3: {three}, 5: {five}}
    with database.write() as session:
        log(session, two, KnownChange.ADDED)
    assert found(keeper) == {1: {one}, 2: {two}, 3: {three}, 5: {five}}
    assert found(opened(database, folder)) == found(keeper)
    assert keeper.stats().as_of_seq == 8


def test_what_cannot_be_compared_is_counted_after_a_start_too(
    database: Database, folder: Path
) -> None:
    keeper = opened(database, folder)
    make_known(database, 1, 2, 3, 4)
    make_known(database, 5, algorithm="newer")
    keeper.catch_up()
    keeper.save()
    keeper = opened(database, folder)
    for algorithm, items in (("test", 4), ("newer", 1), ("unheard of", 0)):
        query = SearchQuery.of(make_fingerprint(algorithm=algorithm))
        _, stats = keeper.search(query)
        assert (stats.items, stats.not_comparable) == (items, 5 - items)


def test_an_emptied_library_finds_nothing_after_a_start(database: Database, folder: Path) -> None:
    keeper = opened(database, folder)
    numbers = make_known(database, 1, 2, 3)
    keeper.catch_up()
    keeper.save()
    for number in numbers:
        forget(database, number)
    assert found(opened(database, folder)) == {}


@pytest.mark.parametrize("ending", [".journal", ".frames", ".items", ".json"])
@pytest.mark.parametrize("damage", ["missing", "cut", "foreign"])
def test_damaged_files_lose_nothing(
    database: Database, folder: Path, ending: str, damage: str
) -> None:
    keeper = opened(database, folder)
    first = make_known(database, 1, 2, 3)
    keeper.catch_up()
    keeper.save()
    second = make_known(database, 4, 5)
    keeper.catch_up()
    (path,) = folder.glob(f"*/*{ending}")
    if damage == "missing":
        path.unlink()
    else:
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2] if damage == "cut" else whole[::-1])
    for _ in range(2):
        expected = dict(enumerate([{number} for number in first + second], start=1))
        assert found(opened(database, folder)) == expected


def test_files_of_another_or_an_older_database_are_not_relied_on(
    tmp_path: Path, folder: Path, sqlite_template: SqliteTemplate
) -> None:
    databases = [Database(sqlite_template.copy_to(tmp_path / f"{name}.db")) for name in "ab"]
    keeper = opened(databases[0], folder)
    make_known(databases[0], 1, 2, 3)
    keeper.catch_up()
    keeper.save()
    make_known(databases[0], 4)
    keeper.catch_up()
    three, four = make_known(databases[1], 7, 8)
    assert found(opened(databases[1], folder)) == {7: {three}, 8: {four}}
    assert found(opened(databases[0], folder)) == {1: {1}, 2: {2}, 3: {3}, 4: {4}}
    for database in databases:
        database.close()


def test_each_algorithm_has_files_of_its_own(database: Database, folder: Path) -> None:
    keeper = opened(database, folder)
    old = make_known(database, 1, 2)
    new = make_known(database, 1, 2, algorithm="newer")
    keeper.catch_up()
    again = opened(database, folder)
    assert len(list(folder.iterdir())) == 2
    assert found(again) == {1: {old[0]}, 2: {old[1]}}
    assert found(again, "newer") == {1: {new[0]}, 2: {new[1]}}


def test_where_files_cannot_be_written_all_is_found(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.write_text("in the way")
    one = make_known(database, 1)[0]
    keeper = IndexKeeper(database, folder=folder / "index")
    keeper.open()
    assert found(keeper) == {1: {one}}
    keeper.save()
    two = make_known(database, 2)[0]
    assert found(keeper) == {1: {one}, 2: {two}}


@pytest.fixture
def slow_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[threading.Event, threading.Event]]:
    """A disk that takes a part's files only when it is told to: writing began, go on."""
    began, go_on = threading.Event(), threading.Event()
    write_part = files.write_part

    def write(*given: object) -> PartFiles:
        began.set()
        assert go_on.wait(20)
        return write_part(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(files, "write_part", write)
    yield began, go_on
    go_on.set()


def test_searches_and_changes_do_not_wait_for_a_long_write(
    database: Database, folder: Path, slow_disk: tuple[threading.Event, threading.Event]
) -> None:
    began, go_on = slow_disk
    keeper = opened(database, folder)
    one, two, three = make_known(database, 1, 2, 3)
    keeper.catch_up()
    saving = meanwhile(keeper.save)
    assert began.wait(20)
    forget(database, two)
    four = make_known(database, 4)[0]
    expected = {1: {one}, 3: {three}, 4: {four}}
    assert found(keeper) == expected
    assert not saving.done()
    go_on.set()
    saving.result(20)
    assert found(keeper) == expected == found(opened(database, folder))
