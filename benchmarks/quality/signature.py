"""ffmpeg's MPEG-7 video signature as a peer: true pairs and a few false ones, two decodes each."""

import random
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import imageio_ffmpeg

from app.core.media import MediaKind
from benchmarks.quality.answers import Answer
from benchmarks.quality.files import Files
from benchmarks.quality.peers import NOTHING, Verdict, answer
from benchmarks.quality.queries import Query

FALSE_PAIRS = 3
FILTER = "[0:v][1:v]signature=nb_inputs=2:detectmode=full[v]"
MATCHED = re.compile(r"matching of video .*?, (\d+) frames matching")
SPOKE = "matching of video"
TRIES = 4
SECONDS_PER_PAIR = 600


def judged(
    queries: Sequence[Query], known: Sequence[Path], files: Files, seed: int
) -> list[Answer]:
    """Give what the filter says of the true pairs and a few random false pairs of every query."""
    videos = [path for path in known if files(path).info.kind is MediaKind.VIDEO]
    rows = []
    for query in queries:
        true = {truth.known for truth in query.truths}
        others = [path for path in videos if path.name not in true]
        drawn = random.Random(f"{seed} {query.path.name}").sample(
            others, min(FALSE_PAIRS, len(others))
        )
        asked = [*(path for path in videos if path.name in true), *drawn]
        moving = files(query.path).info.kind is MediaKind.VIDEO
        verdicts = {path.name: compared(query.path, path) if moving else NOTHING for path in asked}
        rows.append(answer(query, verdicts))
    return rows


def compared(shorter: Path, longer: Path) -> Verdict:
    """Give the number of frames that match; any reported match alerts, at the filter's defaults.

    The filter compares only if its first input ends before the run does: hence the shorter clip
    first, and another try when it said nothing. RuntimeError when it never compares.
    """
    for first, second in ((shorter, longer), (longer, shorter)) * TRIES:
        log = _log(first, second)
        if SPOKE in log:
            frames = max((int(each) for each in MATCHED.findall(log)), default=0)
            return Verdict(float(frames), frames > 0)
    raise RuntimeError(f"ffmpeg did not compare {shorter.name} and {longer.name}")


def _log(first: Path, second: Path) -> str:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostats"]
    command += ["-i", str(first), "-i", str(second), "-filter_complex", FILTER]
    command += ["-map", "[v]", "-f", "null", "-"]
    done = subprocess.run(
        command,
        capture_output=True,
        check=True,
        text=True,
        errors="replace",
        stdin=subprocess.DEVNULL,
        timeout=SECONDS_PER_PAIR,
    )
    return done.stderr
