"""The list of purges outlives what it is about, and crashes."""

import errno
import os
from pathlib import Path

import pytest

from app.blobs.purge_list import PurgeList


def test_lines_come_back_in_order(tmp_path: Path) -> None:
    listed = PurgeList(tmp_path / "elsewhere" / "purges.jsonl")
    assert list(listed.entries()) == []
    for number in range(3):
        listed.append({"kind": "media", "number": number})
    assert [each["number"] for each in PurgeList(listed.path).entries()] == [0, 1, 2]
    assert listed.path.stat().st_mode & 0o777 == 0o600


def test_a_line_that_was_cut_off_swallows_nothing(tmp_path: Path) -> None:
    listed = PurgeList(tmp_path / "purges.jsonl")
    listed.append({"kind": "media", "number": 0})
    whole = listed.path.read_bytes()
    listed.path.write_bytes(whole + b'{"num')
    listed.append({"kind": "media", "number": 1})
    assert [each["number"] for each in listed.entries()] == [0, 1]


def test_a_line_that_finds_no_room_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = PurgeList(tmp_path / "purges.jsonl")
    listed.append({"kind": "media", "number": 0})
    room = listed.path.stat().st_size + 10
    write = os.write

    def write_while_there_is_room(handle: int, data: bytes) -> int:
        left = room - os.fstat(handle).st_size
        if left <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(handle, data[:left])  # without an error, as the kernel does

    monkeypatch.setattr(os, "write", write_while_there_is_room)
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        listed.append({"kind": "media", "number": 1})
    monkeypatch.undo()
    listed.append({"kind": "media", "number": 1})
    assert [each["number"] for each in listed.entries()] == [0, 1]
