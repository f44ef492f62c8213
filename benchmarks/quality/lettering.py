"""Text on queries, in the font of the machine or, where there is none, in the one Pillow carries."""

import subprocess
import tempfile
from functools import cache
from pathlib import Path

import imageio_ffmpeg
from PIL import ImageFont

FONT = "DejaVuSans"


def letters(drawing: str) -> str:
    """Give the filter that draws text so."""
    return f"drawtext={_font()}:{drawing}"


@cache
def _font() -> str:
    """Name a font that ffmpeg finds, the same for every run on one machine."""
    installed = f"font={FONT}"
    trial = ["-f", "lavfi", "-i", "color=s=64x64:d=0.1", "-vf", f"drawtext={installed}:text=a"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *trial, "-f", "null", "-"]
    if subprocess.run(command, capture_output=True, check=False).returncode == 0:
        return installed
    carried = ImageFont.load_default(16)
    if not isinstance(carried, ImageFont.FreeTypeFont):
        # Pillow was built without FreeType.
        raise RuntimeError(f"ffmpeg finds no font: install one, such as {FONT}")  # noqa: TRY004
    file = Path(tempfile.gettempdir()) / "benchmark-letters.ttf"
    file.write_bytes(carried.font_bytes)
    return f"fontfile={file}"
