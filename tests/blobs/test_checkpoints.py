"""The folder of checkpoints holds checkpoints, whatever the disk does."""

import errno
import os
from pathlib import Path

import pytest

from app.blobs.checkpoints import CheckpointFolder


def test_what_finds_no_room_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = CheckpointFolder(tmp_path)

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        folder.add(1, b"{}", b"signature")
    monkeypatch.undo()
    assert list(tmp_path.iterdir()) == []
    folder.add(1, b"{}", b"signature")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["00000001.json", "00000001.sig"]
