import hashlib
import multiprocessing
import os
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from app.blobs import parts
from app.blobs.parts import Part, PartFiles

PATIENCE_S = 60.0


@pytest.fixture
def files(tmp_path: Path) -> PartFiles:
    return PartFiles(tmp_path / "parts")


def locked(files: PartFiles, name: str = "a") -> Part:
    part = files.lock(name)
    assert part is not None
    return part


def _hold(folder: Path, ready: Connection) -> None:
    part = PartFiles(folder).lock("a")
    assert part is not None
    part.write(b"never synced")
    ready.send("held")
    ready.recv()


def test_one_has_a_file_until_its_process_is_killed(files: PartFiles, tmp_path: Path) -> None:
    spawning = multiprocessing.get_context("spawn")
    mine, theirs = spawning.Pipe()
    holder = spawning.Process(target=_hold, args=(tmp_path / "parts", theirs))
    holder.start()
    try:
        assert mine.poll(PATIENCE_S)
        assert mine.recv() == "held"
        assert files.lock("a") is None
        locked(files, "b").close()
        assert holder.is_alive()
    finally:
        holder.kill()
        holder.join()
    with locked(files) as part:
        assert files.lock("a") is None, "in one process, too"
        assert part.start_at(0) == part.size_bytes == 0
    locked(files).close()


def test_a_hash_goes_on_where_it_was_or_reads_what_it_missed(files: PartFiles) -> None:
    data = os.urandom(3 * parts.BLOCK_BYTES + 7)
    with locked(files) as part:
        part.start_at(0)
        part.write(data[:1000])
        part.sync()
        part.write(b"cut off again")
    with locked(files) as part:
        assert part.start_at(1000) == 1000
        part.write(data[1000:])
        part.sync()
        assert part.sha256 == hashlib.sha256(data).hexdigest()
    others = PartFiles(files._folder)  # as after a restart
    with locked(others) as part:
        assert part.start_at(len(data)) == len(data)
        assert part.sha256 == hashlib.sha256(data).hexdigest()
        assert part.start_at(5) == 5
        assert part.sha256 == hashlib.sha256(data[:5]).hexdigest()


def test_hashes_of_few_uploads_are_remembered(
    files: PartFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "HASHES_KEPT", 2)
    for name in "abcd":
        with locked(files, name) as part:
            part.write(b"x")
            part.sync()
    assert list(files._hashes) == ["c", "d"]
    files.remove("d")
    assert list(files._hashes) == ["c"]


def test_a_file_with_another_name_is_gone_on_with_in_a_copy(
    files: PartFiles, tmp_path: Path
) -> None:
    with locked(files) as part:
        part.write(b"whole")
        part.sync()
        os.link(part.path, tmp_path / "an item's")
    with locked(files) as part:
        assert part.start_at(3) == 3
        assert files.lock("a") is None
        part.write(b"ly new")
        part.sync()
        assert part.sha256 == hashlib.sha256(b"wholy new").hexdigest()
    assert (tmp_path / "an item's").read_bytes() == b"whole"
    assert (files._folder / "a").read_bytes() == b"wholy new"
    assert len(list(files._folder.iterdir())) == 1


def test_a_lock_on_a_file_that_was_removed_is_none(files: PartFiles) -> None:
    with locked(files) as part:
        files.remove("a")
        other = files.lock("a")
        assert other is not None
        other.close()
        part.write(b"into nothing")
    assert (files._folder / "a").read_bytes() == b""


def test_a_file_that_goes_while_old_ones_are_looked_for_is_none(files: PartFiles) -> None:
    for name in ("a", "b"):
        with locked(files, name):
            pass
    found = files.untouched(-1)
    first = next(found)
    [other] = {"a", "b"} - {first}
    files.remove(other)
    assert list(found) == []
