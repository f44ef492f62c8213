"""Text on queries: drawn where ffmpeg finds a font, and left away where the machine has none."""

import subprocess
from functools import cache

import imageio_ffmpeg

FONT = "DejaVuSans"


def letters(drawing: str) -> str:
    """Give the filter that draws text so; without a font its box stays without text."""
    return f"drawtext=font={FONT}:{drawing}" if _font_found() else "null"


@cache
def _font_found() -> bool:
    trial = ["-f", "lavfi", "-i", "color=s=64x64:d=0.1", "-vf", f"drawtext=font={FONT}:text=a"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *trial, "-f", "null", "-"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
