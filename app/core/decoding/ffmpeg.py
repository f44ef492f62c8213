"""The ffmpeg command line: which program, and the options under which it reads a file."""

import re
from functools import cache
from pathlib import Path

import imageio_ffmpeg

from app.core.decoding.sniff import HEAD_BYTES, Container, sniff
from app.core.errors import Corrupt, NotMedia, TooLarge, Unreadable, Unsupported
from app.core.media import DecodeLimits

_REASONS: tuple[tuple[str, type[Unreadable], str], ...] = (
    ("exceeds max_streams", TooLarge, "The file has more streams than allowed."),
    ("Picture size", TooLarge, "The picture is larger than allowed."),
    ("max_pixels", TooLarge, "The picture is larger than allowed."),
    ("encrypted", Unsupported, "The content is encrypted; upload a copy without protection."),
    ("Decoder not found", Unsupported, "The codec is unknown; upload a re-encoded copy."),
    ("no decoder found", Unsupported, "The codec is unknown; upload a re-encoded copy."),
    ("not implemented", Unsupported, "The decoder lacks a feature this file uses; re-encode it."),
    ("not on whitelist", NotMedia, "The content is not what its first bytes say."),
)


@cache
def program() -> str:
    """Path of ffmpeg: `IMAGEIO_FFMPEG_EXE` where set, else the one installed with the package."""
    return str(Path(imageio_ffmpeg.get_ffmpeg_exe()).resolve())


def container_of(path: Path) -> Container:
    """What the first bytes of a file say that it is."""
    with path.open("rb") as file:
        return sniff(file.read(HEAD_BYTES))


def reading(container: Container, limits: DecodeLimits, *decoder: str) -> list[str]:
    """The command up to its input.

    The file is standard input under the `fd` protocol and no other protocol may be used, so that
    nothing in it can name a file or an address to open. Only the demuxers of the sniffed container
    are allowed.
    """
    forced = ["-f", container.demuxers[0]] if len(container.demuxers) == 1 else []
    return [
        *(program(), "-hide_banner", "-nostdin", "-nostats", "-loglevel", "info"),
        *("-max_alloc", str(limits.memory_bytes // 2), "-filter_threads", "1"),
        *("-threads", "1", "-max_pixels", str(limits.pixels), *decoder),
        *("-protocol_whitelist", "fd", "-format_whitelist", ",".join(container.demuxers)),
        *("-max_streams", str(limits.streams), *forced, "-fd", "0", "-i", "fd:"),
    ]


def refusal(log: str) -> Unreadable:
    """Why ffmpeg gave nothing, told without its words: they may quote the file or a path."""
    for words, error, advice in _REASONS:
        if re.search(re.escape(words), log, re.IGNORECASE):
            return error(advice)
    return Corrupt(
        "The content cannot be decoded: damaged, cut off or empty. Ask for the original."
    )
