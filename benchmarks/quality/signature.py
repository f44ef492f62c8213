"""ffmpeg's MPEG-7 video signature as a peer: each query against every known video, at its defaults.

The filter sums a picture up in 32 x 32 cells, so each file is shrunk once and compared small. Many
videos are inputs of one run, which compares each with all that stand behind it. Two videos can be
told alike in one order and not in the other, so the queries stand before the known ones and behind.
It compares when its last input ends, and only if the others have ended by then: the last is black
and outlasts them.
"""

import hashlib
import re
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import batched
from pathlib import Path

import imageio_ffmpeg

from app.core.media import MediaKind
from benchmarks.quality.answers import Answer
from benchmarks.quality.files import Files
from benchmarks.quality.peers import Verdict, answer
from benchmarks.quality.queries import Query

SIDE = 96
SHRUNK = ("-vf", f"scale={SIDE}:{SIDE}:flags=area,format=gray", "-an", "-c:v", "ffv1")
FRAMES = re.compile(r"^frame= *(\d+)", re.MULTILINE)
MATCHED = re.compile(r"\] matching of video (\d+) at .*? and (\d+) at .*?, (\d+) frames matching")
SPOKE = "matching of video"
QUERIES_A_RUN = 8


@dataclass(frozen=True, slots=True)
class Small:
    """A small grey copy of a video."""

    path: Path
    frames: int


def judged(queries: Sequence[Query], known: Sequence[Path], files: Files) -> list[Answer]:
    """Give what the filter says of every query and known video; stills it cannot take."""
    moving = [path for path in known if files(path).info.kind is MediaKind.VIDEO]
    asked = [each.path for each in queries if files(each.path).info.kind is MediaKind.VIDEO]
    folder = files.cache / "small"
    folder.mkdir(exist_ok=True)
    with ThreadPoolExecutor(2) as pool:
        small = list(pool.map(lambda path: shrunk(path, folder), [*moving, *asked]))
        library = small[: len(moving)]
        runs = batched(small[len(moving) :], QUERIES_A_RUN)
        found = [row for rows in pool.map(lambda run: compared(run, library), runs) for row in rows]
    said = dict(zip(asked, found, strict=True))
    names = [path.name for path in moving]
    return [
        answer(each, dict(zip(names, said.get(each.path, ()), strict=False))) for each in queries
    ]


def shrunk(path: Path, folder: Path) -> Small:
    """Copy a video without loss but for its size, where that is not done yet."""
    key = hashlib.sha256(str(path).encode() + path.read_bytes()).hexdigest()[:16]
    made = next(folder.glob(f"{key}-*.mkv"), None)
    if made is None:
        half = folder / f"half-{key}.mkv"
        log = _ffmpeg("-y", "-i", path, *SHRUNK, "-fps_mode", "passthrough", half)
        made = half.rename(folder / f"{key}-{FRAMES.findall(log)[-1]}.mkv")
    return Small(made, int(made.stem.split("-")[1]))


def compared(queries: Sequence[Small], known: Sequence[Small]) -> list[list[Verdict]]:
    """Give by query and known video how many frames match; any match alerts.

    Paths must have no sign that is special in a filter's description.
    """
    inputs = [*queries, *known, *queries]
    films = "".join(f"movie={each.path}[v{n}];" for n, each in enumerate(inputs))
    longest = max(each.frames for each in inputs) + 1
    black = f"color=black:s={SIDE}x{SIDE}:r=1:d={longest},format=gray[last];"
    pads = "".join(f"[v{n}]" for n in range(len(inputs)))
    signature = f"{pads}[last]signature=nb_inputs={len(inputs) + 1}:detectmode=full[v]"
    log = _ffmpeg("-filter_complex", films + black + signature, "-map", "[v]", "-f", "null", "-")
    if SPOKE not in log:
        raise RuntimeError(f"ffmpeg compared nothing: {log[-1000:]}")
    pairs = {(int(one), int(other)): float(count) for one, other, count in MATCHED.findall(log)}
    behind = len(queries) + len(known)
    rows = []
    for n in range(len(queries)):
        places = range(len(queries), behind)
        counts = [max(pairs.get((n, k), 0.0), pairs.get((k, behind + n), 0.0)) for k in places]
        rows.append([Verdict(count, count > 0) for count in counts])
    return rows


def _ffmpeg(*arguments: str | Path) -> str:
    """Run it and give what it logs."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostats", *map(str, arguments)]
    done = subprocess.run(
        command,
        capture_output=True,
        check=True,
        text=True,
        errors="replace",
        stdin=subprocess.DEVNULL,
    )
    return done.stderr
