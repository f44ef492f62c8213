"""Writes what an ffmpeg graph gives as a file, whole or not at all, as it is or with each picture edited."""

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import imageio_ffmpeg
from PIL import Image

type Redraw = Callable[[Image.Image], Image.Image]

VIDEO = ("-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p")
STILL = ("-frames:v", "1", "-q:v", "4")
EVEN = "scale=trunc(iw*sar/2)*2:trunc(ih/2)*2,setsar=1"
REDRAWN_RATE = 25
"""Pictures a second that a graph gives to be edited."""


def encode(inputs: Sequence[str], graph: str, options: Sequence[str], target: Path) -> None:
    """Run a graph that ends in [v]; a file half written is not taken for a whole one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_stem(f"half-{target.stem}")
    _run(inputs, graph, options, half)
    half.rename(target)


def encode_redrawn(
    inputs: Sequence[str], graph: str, redraw: Redraw, options: Sequence[str], target: Path
) -> None:
    """Run a graph that ends in [v], `REDRAWN_RATE` pictures a second, and encode what becomes of each."""
    with TemporaryDirectory() as folder:
        frames = Path(folder) / "%05d.bmp"
        _run(inputs, graph, (), frames)
        for path in sorted(Path(folder).iterdir()):
            with Image.open(path) as picture:
                redrawn = redraw(picture)
            redrawn.save(path)
        pictures = ("-framerate", str(REDRAWN_RATE), "-i", str(frames))
        encode(pictures, f"[0:v]{EVEN}[v]", options, target)


def _run(inputs: Sequence[str], graph: str, options: Sequence[str], output: Path) -> None:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *inputs]
    command += ["-filter_complex", graph, "-map", "[v]", "-an", *options, str(output)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
