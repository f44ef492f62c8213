"""Work folders of workers that live beside each other, also in containers that share a disk."""

import subprocess
import sys
import tempfile
from pathlib import Path

from app.own_folder import own_folder, temporary_files_in

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


def test_temporary_files_lie_in_the_folder_for_as_long_as_wanted(tmp_path: Path) -> None:
    usual = tempfile.gettempdir()
    with temporary_files_in(tmp_path), tempfile.NamedTemporaryFile() as file:
        assert Path(file.name).parent.parent == tmp_path / "work"
    assert list((tmp_path / "work").iterdir()) == []
    assert tempfile.gettempdir() == usual


def test_where_no_folder_can_be_made_temporary_files_stay_where_they_were(tmp_path: Path) -> None:
    (tmp_path / "work").write_text("a file, as where a full disk has no room for a folder")
    usual = tempfile.gettempdir()
    with temporary_files_in(tmp_path):
        assert tempfile.gettempdir() == usual
