"""Reads one still in a confined child: Pillow, and libheif for HEIC."""

import importlib.util
import json
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from app.core.decoding.child import Child, confined
from app.core.decoding.ffmpeg import container_of
from app.core.decoding.still_decoder import NO_MEMORY, TOO_LARGE
from app.core.errors import Corrupt, TooLarge, Unsupported
from app.core.media import FRAME_SIDE, DecodeLimits, Frame

_SCRIPT = str(Path(__file__).with_name("still_decoder.py"))
_CPU_S = 60


@dataclass(frozen=True, slots=True)
class StillInfo:
    """Size as displayed, and whether there is more than one picture."""

    width: int
    height: int
    animated: bool


def inspect_still(path: Path, limits: DecodeLimits) -> StillInfo:
    """What the header of a picture says."""
    with confined(_command(path, limits, side=0), path, _short(limits)) as child:
        about = _header(child)
        _end(child)
    return StillInfo(about["width"], about["height"], bool(about["animated"]))


def read_still(path: Path, limits: DecodeLimits) -> Frame:
    """The picture upright in RGB, longest side at most FRAME_SIDE; transparent parts are white."""
    return inspect_and_read(path, limits)[1]


def inspect_and_read(path: Path, limits: DecodeLimits) -> tuple[StillInfo, Frame]:
    """What `inspect_still` and `read_still` give, from one child: it is half of a small picture's cost."""
    with confined(_command(path, limits, side=FRAME_SIDE), path, _short(limits)) as child:
        about = _header(child)
        width, height = about["drawn_width"], about["drawn_height"]
        data = child.stdout.read(width * height * 3)
        _end(child)
    if len(data) != width * height * 3:
        raise Corrupt("The picture is cut off; ask for the original.")
    pixels = np.frombuffer(data, np.uint8).reshape(height, width, 3)
    info = StillInfo(about["width"], about["height"], bool(about["animated"]))
    return info, Frame(timestamp_ms=0, shot=0, pixels=pixels)


def _short(limits: DecodeLimits) -> DecodeLimits:
    """A still that takes a minute is an attack, however long a video may take."""
    return DecodeLimits(
        cpu_s=min(limits.cpu_s, _CPU_S),
        wall_s=min(limits.wall_s, 2 * _CPU_S),
        memory_bytes=limits.memory_bytes,
        pixels=limits.pixels,
    )


@cache
def _site_packages() -> str:
    spec = importlib.util.find_spec("PIL")
    assert spec is not None and spec.origin is not None  # noqa: PT018
    return str(Path(spec.origin).parents[1])


def _command(path: Path, limits: DecodeLimits, side: int) -> list[str]:
    form = container_of(path).picture
    if form is None:
        raise Unsupported("This is no still picture.")
    numbers = (str(limits.pixels), str(side))
    return [sys.executable, "-I", "-S", _SCRIPT, _site_packages(), form, *numbers]


def _header(child: Child) -> dict[str, int]:
    line = child.stdout.readline(1000)
    if not line.endswith(b"\n"):
        _end(child)
        raise Corrupt("The picture cannot be decoded; ask for the original.")
    about: dict[str, int] = json.loads(line)
    return about


def _end(child: Child) -> None:
    ended = child.finish()
    if ended.code == TOO_LARGE:
        raise TooLarge("The picture has more pixels than allowed; upload a smaller version.")
    if ended.code == NO_MEMORY:
        raise TooLarge("Decoding needs more memory than allowed; upload a smaller version.")
    if ended.code:
        raise Corrupt("The picture is damaged or cut off; ask for the original.")
