"""Work folders of workers that live beside each other, also in containers that share a disk."""

import subprocess
import sys
from pathlib import Path

from workers.own_folder import own_folder

HOLD = (
    "import sys, pathlib; from workers.own_folder import own_folder; "
    "own = own_folder(pathlib.Path(sys.argv[1])); (own / 'half.zip').touch(); "
    "print(own, flush=True); sys.stdin.read()"
)


def test_a_folder_stays_while_its_process_lives_and_goes_after_it(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path / "work")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as neighbour:
        assert neighbour.stdout is not None
        theirs = Path(neighbour.stdout.readline().strip())
        ours = own_folder(tmp_path / "work")
        assert (theirs / "half.zip").exists()
        assert ours != theirs
        neighbour.kill()
    assert own_folder(tmp_path / "work").exists()
    assert ours.exists()
    assert not theirs.exists()
