import errno
import hashlib
import os
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.blobs import local
from app.blobs.local import LocalBlobs
from app.errors import StorageFull


@pytest.fixture
def blobs(tmp_path: Path) -> LocalBlobs:
    return LocalBlobs(tmp_path / "blobs", reserve_bytes=0)


def leftovers(blobs: LocalBlobs) -> list[Path]:
    return list(blobs._incoming.iterdir())


def test_a_file_is_adopted_once_and_stays(blobs: LocalBlobs) -> None:
    for _ in range(2):
        with blobs.receive() as incoming:
            incoming.write(b"hello ")
            incoming.write(b"world")
            incoming.sync()
            blobs.adopt(incoming)
    sha256 = hashlib.sha256(b"hello world").hexdigest()
    assert (incoming.sha256, incoming.size_bytes) == (sha256, 11)
    assert blobs.path(sha256).read_bytes() == b"hello world"
    assert leftovers(blobs) == []
    blobs.delete(sha256)
    blobs.delete(sha256)
    assert not blobs.path(sha256).exists()


def test_a_file_and_its_folders_are_on_the_disk_before_it_is_there(
    blobs: LocalBlobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    fsync = os.fsync

    def watch(handle: int) -> None:
        synced.append(Path(f"/proc/self/fd/{handle}").readlink().name)
        fsync(handle)

    monkeypatch.setattr(local.os, "fsync", watch)
    with blobs.receive() as incoming:
        incoming.write(b"x")
        incoming.sync()
        blobs.adopt(incoming)
        sha256 = incoming.sha256
        assert synced == [incoming.path.name, "blobs", sha256[:2], sha256[2:4]]


def test_what_is_not_adopted_is_gone(blobs: LocalBlobs) -> None:
    with blobs.receive() as incoming:
        incoming.write(b"x")
        assert leftovers(blobs) == [incoming.path]
    assert leftovers(blobs) == []


def test_a_full_disk_has_a_name(blobs: LocalBlobs, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(local.os, "fsync", full)
    with blobs.receive() as incoming, pytest.raises(StorageFull):
        incoming.sync()
    assert leftovers(blobs) == []


def test_a_file_on_a_full_device_is_refused(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    incoming = LocalBlobs(tmp_path, reserve_bytes=0).receive()
    with Path("/dev/full").open("wb", buffering=0) as full:
        os.dup2(full.fileno(), incoming._file.fileno())
    with pytest.raises(StorageFull):
        incoming.write(b"x")
    incoming.close()


def test_the_reserve_stays_free(tmp_path: Path) -> None:
    with pytest.raises(StorageFull):
        LocalBlobs(tmp_path, reserve_bytes=2**62).receive()


def test_the_reserve_stays_free_however_much_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A body may come without a length, and several at once."""
    free = 100
    monkeypatch.setattr(local, "ROOM_CHECKED_EVERY_BYTES", 10)
    monkeypatch.setattr(local.shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    blobs = LocalBlobs(tmp_path, reserve_bytes=50)
    with blobs.receive() as incoming:
        incoming.write(bytes(10))
        incoming.write(bytes(5))
        free = 49
        incoming.write(bytes(5))
        with pytest.raises(StorageFull):
            incoming.write(bytes(1))
    assert leftovers(blobs) == []


def test_only_stale_leftovers_are_swept(blobs: LocalBlobs) -> None:
    old, new = blobs.receive(), blobs.receive()
    two_days_ago = time.time() - 2 * 24 * 3600
    os.utime(old.path, (two_days_ago, two_days_ago))
    assert blobs.sweep() == 1
    assert leftovers(blobs) == [new.path]
    old.close()
    new.close()


def test_derived_files_are_replaced_whole(blobs: LocalBlobs) -> None:
    blobs.put_derived("item", "pictures.zip", b"one")
    blobs.put_derived("item", "pictures.zip", b"two")
    assert blobs.derived_path("item", "pictures.zip").read_bytes() == b"two"
    assert leftovers(blobs) == []
    blobs.delete_derived("item")
    blobs.delete_derived("item")
    assert not blobs.derived_path("item", "pictures.zip").exists()


def test_derived_files_that_stay_are_not_called_gone(blobs: LocalBlobs, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    blobs.derived_path("item", "x").parent.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic link"):
        blobs.delete_derived("item")
