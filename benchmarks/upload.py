"""How fast a large file comes in, and what the web process takes for it, at the real service.

    python -m benchmarks.upload [--mib 2048] [--rounds 3] [--json FILE]

Starts the whole desk on a temporary folder (`TMPDIR` says on which disk) and sends it a large file in
one request and by tus, over loopback, until it is acknowledged. Beside each: copying the same file on
the same disk while hashing it, synced as an acknowledged upload is. Status 1 if one request is below
0.7 of the copy's speed, or the web process's memory above 150 MB.
"""

import argparse
import hashlib
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.desk import Desk, members, running, wait
from benchmarks.figures import tell
from tests.filming import film

MIB = 1 << 20
BAR_SPEED = 0.7
BAR_MB = 150


class Large:
    """A clip made as large as wanted by a box that players skip; other bytes in it for each use."""

    def __init__(self, folder: Path, mib: int) -> None:
        self.file = film(folder / "large.mp4", seconds=2.0)
        self._at = self.file.stat().st_size + 8
        with self.file.open("ab") as opened:
            opened.write((mib * MIB + 8).to_bytes(4, "big") + b"free")
            for _ in range(mib):
                opened.write(os.urandom(MIB))

    def renewed(self) -> Path:
        """The file, which no desk has seen yet."""
        with self.file.open("r+b") as opened:
            opened.seek(self._at)
            opened.write(os.urandom(MIB))
        return self.file


def copy_while_hashing(source: Path, target: Path) -> str:
    """Copy a file, sync it, and give its SHA-256."""
    digest = hashlib.sha256()
    with source.open("rb") as old, target.open("wb") as new:
        while piece := old.read(MIB):
            digest.update(piece)
            new.write(piece)
        new.flush()
        os.fsync(new.fileno())
    return digest.hexdigest()


def main() -> int:
    """Measure and tell; gives the status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=2048)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, running(Path(name)) as (desk, _):
        figures = _measured(desk, Path(name), given.mib, given.rounds)
    tell(figures, given.json)
    slow = figures["one_request_of_copy_speed"] < BAR_SPEED
    return int(slow or figures["web_process_mb"] > BAR_MB)


def _measured(desk: Desk, folder: Path, mib: int, rounds: int) -> dict[str, float]:
    large = Large(folder, mib)
    took: dict[str, list[float]] = {"copy": [], "one_request": [], "tus": []}
    for _ in range(rounds):
        _timed(took["copy"], large, lambda file: copy_while_hashing(file, folder / "copy"))
        for way, bring in (("one_request", _upload), ("tus", Desk.upload_by_tus)):
            media_id = _timed(took[way], large, partial(bring, desk))
            wait(partial(_is_ready, desk, media_id))
    [web] = members(folder, "app\0serve")
    copied = statistics.median(took["copy"])
    return {
        "mib": mib,
        "copied_mb_a_second": round(large.file.stat().st_size / copied / 1e6),
        "one_request_of_copy_speed": round(copied / statistics.median(took["one_request"]), 2),
        "tus_of_copy_speed": round(copied / statistics.median(took["tus"]), 2),
        "web_process_mb": round(_most_memory_bytes(web) / 1e6),
    }


def _timed(seconds: list[float], large: Large, work: Callable[[Path], str]) -> str:
    file = large.renewed()
    started = time.perf_counter()
    result = work(file)
    seconds.append(time.perf_counter() - started)
    return result


def _is_ready(desk: Desk, media_id: str) -> bool:
    return bool(desk.get(f"/v1/media/{media_id}")[1]["state"] == "ready")


def _upload(desk: Desk, file: Path) -> str:
    return desk.upload(file)[0]


def _most_memory_bytes(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024


if __name__ == "__main__":
    sys.exit(main())
