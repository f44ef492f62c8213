"""Edits by Meta's AugLy, where it is installed: what others call a copy, drawn picture by picture.

It is no dependency of ours. Its pictures need no more than `pip install --target FOLDER --no-deps augly
iopath portalocker python-magic regex` and FOLDER on PYTHONPATH; its own edits of video need PyTorch and
are the ffmpeg filters of `graphs.py`. Its edits that write words or change the perspective need a
Pillow and a NumPy older than ours.
"""

import importlib
import importlib.util
import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from benchmarks.quality.encoding import REDRAWN_RATE
from benchmarks.quality.graphs import Made, Maker, chain

PACKAGE = "augly"
FRAMES = f"fps={REDRAWN_RATE},scale='min(iw,640)':-2"
"""Of what is drawn picture by picture: enough of them, and small enough, to be drawn in seconds."""
INSIDE = ("crop", "stretch", "borders", "overlay", "picture_in_picture")
"""What may be said of a picture within another, however that one is made."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A call of one of AugLy's functions of images; equal ones are written alike."""

    function: str
    options: tuple[tuple[str, Any], ...]

    def __call__(self, picture: Image.Image) -> Image.Image:
        """Give the edited picture."""
        call = getattr(importlib.import_module(f"{PACKAGE}.image"), self.function)
        drawn: Image.Image = call(picture, **dict(self.options))
        return drawn.convert("RGB")


def installed() -> bool:
    """Say whether the package is there."""
    return importlib.util.find_spec(PACKAGE) is not None


def edits() -> Mapping[str, Maker]:
    """Give AugLy's edits by the names of their kinds; none where it is not installed."""
    return EDITS if installed() else {}


def drawn(function: str, *names: str, may: tuple[str, ...] = (), **options: Any) -> Made:
    """Give an edit that one of AugLy's functions makes of each picture."""
    return chain(FRAMES, *names, may=may, redraw=Drawing(function, tuple(options.items())))


def emoji(r: random.Random) -> Made:
    """Stick one of Twitter's emoji on it."""
    choice = r.choice(sorted(_assets().glob("twemojis/smileys/*.png")))
    size, x, y = r.uniform(0.2, 0.45), r.uniform(0.0, 0.6), r.uniform(0.0, 0.6)
    return drawn(
        "overlay_emoji", "overlay", emoji_path=str(choice), emoji_size=size, x_pos=x, y_pos=y
    )


def screenshot(r: random.Random) -> Made:
    """Show it within a screenshot of a social network."""
    template = _assets() / "screenshot_templates" / r.choice(["web.png", "mobile.png"])
    return drawn("overlay_onto_screenshot", may=INSIDE, template_filepath=str(template))


def stripes(r: random.Random) -> Made:
    """Draw stripes across it."""
    return drawn(
        "overlay_stripes",
        may=("overlay", "colour"),
        line_width=r.uniform(0.1, 0.4),
        line_color=tuple(r.randint(0, 255) for _ in range(3)),
        line_angle=r.uniform(0, 180),
        line_density=r.uniform(0.2, 0.6),
        line_type=r.choice(["solid", "dotted", "dashed"]),
        line_opacity=r.uniform(0.4, 1.0),
    )


def skew(r: random.Random) -> Made:
    """Push its upper edge aside."""
    may = ("rotation", "crop", "stretch", "borders", "overlay", "picture_in_picture")
    return drawn("skew", may=may, skew_factor=r.uniform(0.1, 0.4), axis=r.randint(0, 1))


def shuffle(r: random.Random) -> Made:
    """Let some pixels change places."""
    return drawn("shuffle_pixels", factor=r.uniform(0.05, 0.3), seed=r.randint(0, 999))


def pixels(r: random.Random) -> Made:
    """Show it in coarse pixels."""
    return drawn("pixelization", ratio=r.uniform(0.15, 0.5))


def aspect(r: random.Random) -> Made:
    """Pull it wider or narrower."""
    ratio = r.uniform(0.8, 2.4)
    return drawn("change_aspect_ratio", may=("stretch",), ratio=ratio)


def square(r: random.Random) -> Made:
    """Put bars of one colour beside it until it is square."""
    color = tuple(r.randint(0, 255) for _ in range(3))
    return drawn("pad_square", "borders", color=color)


def upside_down(_r: random.Random) -> Made:
    """Swap above and below, which is a mirror and half a turn."""
    return drawn("vflip", "mirror", "rotation")


def jitter(r: random.Random) -> Made:
    """Change light, contrast and strength of colour at once."""
    return drawn(
        "color_jitter",
        may=("colour", "greyscale"),
        brightness_factor=r.uniform(0.6, 1.5),
        contrast_factor=r.uniform(0.6, 1.6),
        saturation_factor=r.uniform(0.3, 2.0),
    )


def blur(r: random.Random) -> Made:
    """Make it soft."""
    return drawn("blur", radius=r.uniform(2, 5))


def sharpen(r: random.Random) -> Made:
    """Make it harsh."""
    return drawn("sharpen", may=("colour",), factor=r.uniform(4, 15))


def noise(r: random.Random) -> Made:
    """Add strong noise, the same to each picture."""
    variance, seed = r.uniform(0.01, 0.06), r.randint(0, 999)
    return drawn("random_noise", may=("colour",), var=variance, seed=seed)


def jpeg(r: random.Random) -> Made:
    """Write each picture as a poor JPEG, which has few colours left."""
    return drawn("encoding_quality", may=("colour",), quality=r.randint(5, 20))


def _assets() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "assets"


EDITS: Mapping[str, Maker] = {
    "AugLy emoji": emoji,
    "AugLy screenshot": screenshot,
    "AugLy stripes": stripes,
    "AugLy skew": skew,
    "AugLy shuffled pixels": shuffle,
    "AugLy coarse pixels": pixels,
    "AugLy aspect": aspect,
    "AugLy square": square,
    "AugLy upside down": upside_down,
    "AugLy jitter": jitter,
    "AugLy blur": blur,
    "AugLy sharpen": sharpen,
    "AugLy noise": noise,
    "AugLy JPEG": jpeg,
}
