"""Work folders of workers that live beside each other, also in containers that share a disk."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from app.own_folder import own_folder, own_temporary_files

HOLD = (
    "import sys, pathlib; from app.own_folder import own_folder; "
    "own = own_folder(pathlib.Path(sys.argv[1])); (own / 'half.zip').touch(); "
    "print(own, flush=True); sys.stdin.read()"
)


def test_a_folder_stays_while_its_process_lives_and_goes_after_it(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as neighbour:
        assert neighbour.stdout is not None
        theirs = Path(neighbour.stdout.readline().strip())
        ours = own_folder(tmp_path)
        assert (theirs / "half.zip").exists()
        assert ours != theirs
        neighbour.kill()
    assert own_folder(tmp_path).exists()
    assert ours.exists()
    assert not theirs.exists()


def test_temporary_files_lie_in_the_folder_for_as_long_as_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with own_temporary_files(), tempfile.NamedTemporaryFile() as file:
        (works,) = tmp_path.iterdir()
        assert works.stat().st_mode & 0o777 == 0o700
        assert Path(file.name).parent.parent == works
    assert list(works.iterdir()) == []
    assert tempfile.gettempdir() == str(tmp_path)


def test_temporary_files_are_not_led_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    for folder in ("tmp", "elsewhere"):
        (tmp_path / folder).mkdir()
    (tmp_path / "tmp" / f"provenance-desk-{os.geteuid()}").symlink_to(tmp_path / "elsewhere")
    with own_temporary_files():
        assert tempfile.gettempdir() == str(tmp_path / "tmp")
    assert list((tmp_path / "elsewhere").iterdir()) == []
