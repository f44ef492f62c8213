import hashlib
from pathlib import Path

import pytest

from app.core.custody.custody_check import SUMS, faults


def test_a_folder_that_is_no_export_is_said_in_words(tmp_path: Path) -> None:
    [fault] = faults(tmp_path)
    assert fault.startswith("it is no export")


@pytest.mark.parametrize("written", [b"", b"\xff\xfe", b"no sums"])
def test_sums_that_cannot_be_read_are_said_in_words(tmp_path: Path, written: bytes) -> None:
    (tmp_path / SUMS).write_bytes(written)
    [fault] = faults(tmp_path)
    assert fault


def test_an_export_without_a_chain_is_said_in_words(tmp_path: Path) -> None:
    head, folder = b'{"seq":0}', tmp_path / "checkpoints"
    folder.mkdir()
    (folder / "1.json").write_bytes(head)
    (tmp_path / SUMS).write_text(f"{hashlib.sha256(head).hexdigest()}  checkpoints/1.json\n")
    [fault] = faults(tmp_path)
    assert "FileNotFoundError" in fault
