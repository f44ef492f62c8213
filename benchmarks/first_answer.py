"""From the last byte of an upload to its first answer and to its full one, at the real service.

    python -m benchmarks.first_answer CLIP [--known 200] [--uploads 5] [--busy] [--json FILE]

Starts the whole desk on a temporary folder, uploads the clip as known material among made-up known
clips, then fresh re-encodes of it over loopback HTTP, and asks every few milliseconds what is there.
`--busy` uploads other re-encodes before, so that every child of the full work is taken. Beside it:
a bare decode of the same files.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

import imageio_ffmpeg

from app import db
from app.access import SYSTEM
from app.core.fingerprints.fingerprint import decode, encode
from app.core.media import MediaKind
from app.db.fingerprints import StoredFingerprint
from app.schemas.enums import MediaState
from app.services import collections, known
from benchmarks.desk import PATIENCE_S, Desk, running, wait
from benchmarks.figures import write
from benchmarks.pipeline import unrelated

LOOK_EVERY_S = 0.01
BAR_FIRST_MS = 1000
BUSY_WITH = 3


@dataclass(frozen=True)
class Timed:
    """Milliseconds from the last byte of one upload; `first` is nothing if no early match came."""

    first: float | None
    ready: float
    matches: int


def _settle(desk: Desk, media_id: str) -> None:
    wait(lambda: desk.get(f"/v1/media/{media_id}")[1]["state"] in {"ready", "failed"})


def _fill(database: db.Database, media_id: str, count: int) -> None:
    """Make known clips like nothing, as rows: what they cost is the search."""
    with database.read() as session:
        stored = db.fingerprints.of_media(session, media_id)
        assert stored is not None
        like = decode(stored.encoded)
    for number in range(count):
        made = unrelated(number, like)
        with database.write() as session:
            item = db.media.Media(
                sha256=f"{number:064x}",
                kind=MediaKind.VIDEO,
                state=MediaState.READY,
                size_bytes=1,
                filename="made-up",
                content_type="video/mp4",
            )
            session.add(item)
            session.flush()
            row = {"media_id": item.id, "algorithm": made.algorithm, "frames": made.frames}
            session.add(StoredFingerprint(**row, encoded=encode(made)))
            collections.add(session, collections.get(session, "known"), item.id, SYSTEM)
            known.shelve(session, item.id)


def _upload_timed(desk: Desk, file: Path) -> Timed:
    media_id, sent_at = desk.upload(file)
    first: float | None = None
    until = sent_at + PATIENCE_S
    while time.perf_counter() < until:
        found = desk.get(f"/v1/media/{media_id}/matches")[1]
        now_ms = (time.perf_counter() - sent_at) * 1000
        if found["searched"]:
            return Timed(first, now_ms, len(found["items"]))
        if first is None and found["items"]:
            first = now_ms
        time.sleep(LOOK_EVERY_S)
    raise TimeoutError("No full answer in time.")


def _ffmpeg(*arguments: str) -> float:
    """Run ffmpeg; gives its wall milliseconds."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *arguments]
    started = time.perf_counter()
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return (time.perf_counter() - started) * 1000


def _again(clip: Path, number: int, folder: Path) -> Path:
    """Encode the clip anew, each time a little differently."""
    file = folder / f"{number}.mp4"
    look = ("-crf", str(23 + number % 8), "-preset", "superfast", "-metadata", f"comment={number}")
    _ffmpeg("-i", str(clip), "-c:v", "libx264", *look, "-c:a", "aac", str(file))
    return file


def _measured(clip: Path, uploads: int, count: int, *, busy: bool) -> list[tuple[Timed, float]]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        before = BUSY_WITH if busy else 0
        numbers = iter(range(uploads * (before + 1)))
        files = [
            [_again(clip, next(numbers), folder) for _ in range(before + 1)] for _ in range(uploads)
        ]
        desk, database = stack.enter_context(running(folder))
        desk.make_collection("known")
        original = desk.upload(clip, "known")[0]
        _settle(desk, original)
        _fill(database, original, count)
        results = []
        for *others, file in files:
            working = [desk.upload(other)[0] for other in others]
            timed = _upload_timed(desk, file)
            for media_id in working:
                _settle(desk, media_id)
            results.append((timed, _ffmpeg("-i", str(file), "-f", "null", "-")))
        return results


def main() -> int:
    """Measure and tell; status 1 if the median first answer is too late, or one did not come."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clip", type=Path)
    parser.add_argument("--known", type=int, default=200)
    parser.add_argument("--uploads", type=int, default=5)
    parser.add_argument("--busy", action="store_true")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    results = _measured(given.clip, given.uploads, given.known, busy=given.busy)
    write([asdict(timed) | {"bare_decode": decoding} for timed, decoding in results], given.json)
    return show(results)


def show(results: Sequence[tuple[Timed, float]]) -> int:
    """Print a line an upload and the medians; gives the status."""
    print(
        f"{'ms after the last byte':<24}{'first':>8}{'ready':>8}{'matches':>9}{'bare decode':>13}"
    )
    for timed, decoding_ms in results:
        first = "–" if timed.first is None else f"{timed.first:.0f}"
        row = f"{first:>8}{timed.ready:>8.0f}{timed.matches:>9}{decoding_ms:>13.0f}"
        print(f"{'':<24}{row}")
    firsts = [timed.first for timed, _ in results if timed.first is not None]
    median = statistics.median(firsts) if firsts else float("inf")
    ready = statistics.median(timed.ready for timed, _ in results)
    decoding = statistics.median(decoding_ms for _, decoding_ms in results)
    print(f"{'median':<24}{median:>8.0f}{ready:>8.0f}{'':>9}{decoding:>13.0f}")
    return int(median > BAR_FIRST_MS or len(firsts) < len(results))


if __name__ == "__main__":
    sys.exit(main())
