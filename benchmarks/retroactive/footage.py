"""Distinct footage of any number: no two pieces share a moment. Real ones first, then drawn ones."""

import random
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg

from tests.filming import film, photo

VIDEOS = {".mkv", ".mp4", ".webm", ".mov", ".ogv", ".avi"}
STILLS = 0.6
SECONDS = 2.0, 4.0
APART_S = 1.0
_SMALL = "scale='trunc(min(640,iw)/2)*2':-2"


@dataclass(frozen=True)
class Piece:
    """A stretch of a real clip, or of a drawn world where there is none; or a still of it."""

    number: int
    clip: Path | None
    start_s: float
    seconds: float
    is_still: bool

    def shoot(self, path: Path, edit: str = "null") -> Path:
        """Write it, or an edit of it, into a file of this name with a suffix that fits."""
        made = path.with_suffix(".jpg" if self.is_still else ".mp4")
        source = self.clip or self._draw(path.with_name(f"{path.name}-drawn"))
        video = ["-t", f"{self.seconds:.2f}", "-preset", "fast"]
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-ss", f"{self.start_s:.2f}"]
        command += ["-i", str(source), "-vf", f"{edit},{_SMALL}"]
        command += ["-frames:v", "1"] if self.is_still else video
        subprocess.run([*command, "-threads", "1", "-y", str(made)], check=True)
        if self.clip is None:
            source.unlink()
        return made

    def _draw(self, path: Path) -> Path:
        if self.is_still:
            return photo(path.with_suffix(".png"), seed=self.number)
        whole = path.with_suffix(".mkv")
        return film(whole, seconds=self.seconds, seed=self.number, shots=1, audio=False)


def pieces(media: Path, dice: random.Random) -> Iterator[Piece]:
    """Pieces of the folder's clips in any order, then drawn ones without end."""
    real = [each for clip in sorted(media.rglob("*")) for each in _stretches(clip, dice)]
    dice.shuffle(real)
    for number, (clip, start_s, seconds) in enumerate(real):
        yield Piece(number, clip, start_s, seconds, dice.random() < STILLS)
    number = len(real)
    while True:
        yield Piece(number, None, 0.0, dice.uniform(*SECONDS), dice.random() < STILLS)
        number += 1


def _stretches(clip: Path, dice: random.Random) -> Iterator[tuple[Path, float, float]]:
    if clip.suffix not in VIDEOS:
        return
    start_s, end_s = 0.0, _pictures_s(clip)
    while start_s + SECONDS[0] <= end_s:
        seconds = min(dice.uniform(*SECONDS), end_s - start_s)
        yield clip, start_s, seconds
        start_s += seconds + APART_S


def _pictures_s(clip: Path) -> float:
    """When a clip's last picture begins: it may stand, and the sound go on, for long after."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(clip), "-map", "0:v:0"]
    command += ["-c", "copy", "-f", "framecrc", "-"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    tick_s = Fraction(re.findall(r"#tb 0: (\d+/\d+)", said)[0])
    return float(
        tick_s * max(int(pts) for pts in re.findall(r"^0,[^,]+,\s*(\d+)", said, re.MULTILINE))
    )
