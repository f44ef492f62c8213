"""Alerts about the past, beside those of a first search: an import searched for by earlier uploads.

    python -m benchmarks.retroactive --media FOLDER [--items 2000] [--json FILE]

Cuts pieces of two to four seconds, and stills, out of the folder's clips. Uploads come first: every
fifth is an edit of a piece that is not known yet, the others are pieces of other clips. Then the
pieces are uploaded as known material to the real service, and it is waited until no search is
behind. Afterwards each upload is searched as if it came only now. Both must alert for the same pairs.
"""

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg

from app import db
from app.blobs.local import LocalBlobs
from app.core.describe import default_describers
from app.core.media import DecodeLimits
from app.db.matches import ALERTING
from app.schemas.enums import EventType
from app.services.bench import LocalBench
from app.services.index_client import IndexClient
from benchmarks.desk import Desk, running

SEED = 1
EVERY_EDITED = 5
STILLS = 0.6
VIDEOS = {".mkv", ".mp4", ".webm", ".mov", ".ogv", ".avi"}
EDITS = (
    "scale=iw*0.6:-2",
    "hflip",
    "crop=iw*0.8:ih*0.8",
    "eq=brightness=0.08:contrast=1.2",
    "drawbox=y=ih*0.85:h=ih*0.15:t=fill:color=black",
)
LOOK_EVERY_S = 1.0


@dataclass(frozen=True)
class Piece:
    """A stretch of a clip, or a still of it."""

    clip: Path
    start_s: float
    seconds: float
    still: bool


@dataclass(frozen=True)
class Report:
    """What was told of, and how long it took."""

    earlier_uploads: int
    known_clips: int
    alerts_by_event: int
    alerts_from_scratch: int
    only_by_event: int
    only_from_scratch: int
    recheck_s: float
    from_scratch_s: float


def main() -> None:
    """Make the pieces, run both ways, print what they found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("--media", type=Path, required=True)
    parser.add_argument("--items", type=int, default=2000)
    parser.add_argument("--json", type=Path)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="retroactive-") as made:
        folder = Path(made)
        uploads, known = _shoot(wanted.media, folder, wanted.items)
        with running(folder) as (desk, database):
            report = _measure(desk, database, folder, uploads, known)
    sys.stdout.write(json.dumps(asdict(report), indent=2) + "\n")
    if wanted.json:
        wanted.json.write_text(json.dumps(asdict(report), indent=2) + "\n")


def _measure(
    desk: Desk,
    database: db.Database,
    folder: Path,
    uploads: Sequence[Path],
    known: Sequence[Path],
) -> Report:
    earlier = [desk.upload(file)[0] for file in uploads]
    _wait_for_all(database)
    desk.make_collection("known")
    for file in known:
        desk.upload(file, "known")
    _wait_for_all(database)
    ready_at = time.monotonic()
    while _waiting(database):
        time.sleep(LOOK_EVERY_S)
    recheck_s = time.monotonic() - ready_at
    told = _of_known(_told(database), earlier)
    started = time.monotonic()
    scratch = _of_known(_from_scratch(database, folder, earlier), earlier)
    return Report(
        earlier_uploads=len(set(earlier)),
        known_clips=len(known),
        alerts_by_event=len(told),
        alerts_from_scratch=len(scratch),
        only_by_event=len(told - scratch),
        only_from_scratch=len(scratch - told),
        recheck_s=round(recheck_s, 1),
        from_scratch_s=round(time.monotonic() - started, 1),
    )


def _shoot(media: Path, folder: Path, items: int) -> tuple[list[Path], list[Path]]:
    """Uploads, every fifth an edit of something known; and what becomes known after them."""
    clips = sorted(file for file in media.rglob("*") if file.suffix in VIDEOS)
    dice = random.Random(SEED)
    dice.shuffle(clips)
    half = len(clips) // 2
    lengths = {clip: _pictures_s(clip) for clip in clips}
    known = [_piece(dice, clips[:half], lengths) for _ in range(items)]
    others = [_piece(dice, clips[half:], lengths) for _ in range(items)]
    with ThreadPoolExecutor() as pool:
        archive = list(pool.map(lambda n: _cut(known[n], folder / f"known{n}"), range(items)))
        sent = list(
            pool.map(
                lambda n: (
                    _cut(known[n], folder / f"edit{n}", EDITS[n // EVERY_EDITED % len(EDITS)])
                    if n % EVERY_EDITED == 0
                    else _cut(others[n], folder / f"other{n}")
                ),
                range(items),
            )
        )
    return sent, archive


def _pictures_s(clip: Path) -> float:
    """When a clip's last picture begins: it may stand, and the sound go on, for long after."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(clip), "-map", "0:v:0"]
    command += ["-c", "copy", "-f", "framecrc", "-"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    tick_s = Fraction(re.findall(r"#tb 0: (\d+/\d+)", said)[0])
    return float(
        tick_s * max(int(pts) for pts in re.findall(r"^0,[^,]+,\s*(\d+)", said, re.MULTILINE))
    )


def _piece(dice: random.Random, clips: Sequence[Path], lengths: dict[Path, float]) -> Piece:
    clip = dice.choice(clips)
    seconds = min(dice.uniform(2, 4), lengths[clip])
    start_s = dice.uniform(0, max(0.0, lengths[clip] - seconds))
    return Piece(clip, start_s, seconds, dice.random() < STILLS)


def _cut(piece: Piece, target: Path, edit: str = "null") -> Path:
    made = target.with_suffix(".jpg" if piece.still else ".mp4")
    how = ["-frames:v", "1"] if piece.still else ["-t", f"{piece.seconds:.2f}", "-preset", "fast"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-ss", f"{piece.start_s:.2f}"]
    even = f"{edit},scale=trunc(iw/2)*2:trunc(ih/2)*2"
    command += ["-i", str(piece.clip), "-vf", even, *how, str(made)]
    subprocess.run(command, check=True)
    return made


def _wait_for_all(database: db.Database) -> None:
    while True:
        with database.read() as session:
            states = db.processing.count_by_state(session)
        if not any(states.get(state) for state in db.processing.UNFINISHED):
            return
        time.sleep(LOOK_EVERY_S)


def _waiting(database: db.Database) -> int:
    with database.read() as session:
        return db.rechecks.waiting(session)


def _of_known(pairs: Iterable[tuple[str, str]], uploads: Sequence[str]) -> set[tuple[str, str]]:
    """The pairs of an upload and a known item; uploads that match each other are another matter."""
    return {pair for pair in pairs if pair[0] in uploads and pair[1] not in uploads}


def _told(database: db.Database) -> set[tuple[str, str]]:
    pairs: set[tuple[str, str]] = set()
    kinds = (EventType.MATCH_FOUND, EventType.MATCH_FOUND_RETROACTIVELY)
    with database.read() as session:
        for kind in kinds:
            seq = 0
            while page := db.events.after(session, seq, 1000, kind, None):
                pairs |= {(str(each.media_id), each.data["known_id"]) for each in page}
                seq = page[-1].seq
    return pairs


def _from_scratch(
    database: db.Database, folder: Path, uploads: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """The pairs that each upload would alert for, if it came only now."""
    data = folder / "data"
    bench = LocalBench(
        database=database,
        blobs=LocalBlobs(data / "blobs", reserve_bytes=0),
        index=IndexClient(data / "run"),
        describers=default_describers(),
        limits=DecodeLimits(),
        work_folder=folder,
    )
    for media_id in dict.fromkeys(uploads):
        for hit in bench.match(media_id).hits:
            if hit.match.grade in ALERTING:
                yield media_id, hit.known_media_id


if __name__ == "__main__":
    main()
