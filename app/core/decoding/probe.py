"""Says what a file is: kind, size as displayed, duration, sound."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

from app.core.decoding.child import confined
from app.core.decoding.ffmpeg import container_of, reading, refusal
from app.core.decoding.moving import moving_picture
from app.core.decoding.origin import file_start_s
from app.core.decoding.sniff import Container
from app.core.decoding.stills import StillInfo, inspect_and_read, inspect_still
from app.core.errors import Corrupt, NoUsableFrames, TooLarge, TooLong
from app.core.media import DecodeLimits, Frame, MediaInfo, MediaKind

_CPU_S = 60
_STILL_MS = 1_000
"""A single picture that stands for longer was meant to play."""
_ESTIMATED = "Estimating duration from bitrate"
_CLOCKS_START_ANEW = {"mpegts", "mpeg"}
"""Demuxers of what is joined by writing one file after another: its last time stamp says little."""
_TELL_THEIR_END = {"matroska", "nut", "asf"}
"""Demuxers of what says when it ends: cut out of a live stream, hours after it begins."""
_LATE_MS = 1_000
"""Encoders' own delays are shorter."""
_BARE = (
    *("-copy_unknown", "-map_metadata", "-1", "-map_chapters", "-1"),
    *("-c", "copy", "-fs", "1", "-f", "framecrc", "-"),
)
"""An output without metadata, which ends where it began."""
_OUTPUT = "\nOutput #0, "
_DURATION = re.compile(r"^  Duration: (?:(\d+):(\d\d):(\d\d)\.(\d\d))?", re.MULTILINE)
_STREAMS = re.compile(r"^ +Stream #0:", re.MULTILINE)
_STREAM = re.compile(r"^ +Stream #0:\d+[^\n:]*: (Video|Audio): ([^\n]*)", re.MULTILINE)
_SIZE = re.compile(r", (\d{1,6})x(\d{1,6})(?:,| \[|$)")
_ASPECT = re.compile(r"[ \[]SAR (\d+):(\d+) DAR ")
_RATE = re.compile(r", (\d+(?:\.\d+)?) fps")
_TURN = re.compile(r"^ +[Dd]isplay ?[Mm]atrix: rotation of (-?\d+\.\d+) degrees", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Streams:
    """What ffmpeg prints about its input. `found` counts pictures and sounds of any codec.

    `has_audio` is what has a sound of any codec, `audible` what has one of a known codec.
    """

    duration_ms: int
    begins_ms: int
    size: tuple[int, int] | None
    has_audio: bool
    audible: bool
    found: int
    frames_per_s: float
    open_ended: bool = False


def probe(path: Path, limits: DecodeLimits) -> MediaInfo:
    """What the file is; raises a named Unreadable for what cannot be fingerprinted."""
    if not path.stat().st_size:
        raise Corrupt("The file is empty.")
    container = container_of(path)
    if container.picture is not None:
        still = inspect_still(path, limits)
        if not (still.animated and container.demuxers):
            return _still(still, container)
    info = _checked(_inspect(path, container, limits), container, limits)
    may_be_still = info.kind is MediaKind.VIDEO and not info.has_audio
    may_be_still &= info.duration_ms <= _STILL_MS
    if may_be_still and _is_one_picture(path, container, limits):
        return replace(info, kind=MediaKind.STILL, duration_ms=0)
    return info


def probe_and_read(path: Path, limits: DecodeLimits) -> tuple[MediaInfo, Frame | None]:
    """What the file is, and its picture where it is a still of a format that never moves."""
    if path.stat().st_size:
        container = container_of(path)
        if container.picture is not None and not container.demuxers:
            still, frame = inspect_and_read(path, limits)
            return _still(still, container), frame
    return probe(path, limits), None


def _still(still: StillInfo, container: Container) -> MediaInfo:
    size = (still.width, still.height)
    return MediaInfo(MediaKind.STILL, container.content_type, 0, *size, has_audio=False)


def _is_one_picture(path: Path, container: Container, limits: DecodeLimits) -> bool:
    shown = ("-map", moving_picture(path, container, limits), "-c", "copy", "-frames:v", "2")
    command = [*reading(container, limits), *shown, "-f", "framecrc", "-"]
    with confined(command, path, _short(limits)) as child:
        packets = sum(not line.startswith(b"#") for line in child.stdout)
        child.finish()
    return packets == 1


def _inspect(path: Path, container: Container, limits: DecodeLimits) -> _Streams:
    log = _logged(path, container, limits, "0")
    head, opened, description = log.partition("Input #0, ")
    if not opened:
        raise refusal(head)
    # Names of metadata are printed as they are, line ends included: they could say anything. What
    # comes after the input tells of each of its streams once more, without metadata.
    described, _, after = description.rpartition("\nStream mapping:\n")
    there = len(_STREAMS.findall(after.partition(_OUTPUT)[0]))
    if len(_STREAMS.findall(described)) > there or len(_DURATION.findall(described)) > 1:
        raise Corrupt("Its metadata say what only a decoder says; ask for the original file.")
    open_ended = _ESTIMATED in head or not _CLOCKS_START_ANEW.isdisjoint(container.demuxers)
    streams = replace(_parse(described), open_ended=open_ended)
    if streams.size and _TURN.search(described) and _is_turned(path, container, limits):
        return replace(streams, size=streams.size[::-1])
    return streams


def _logged(path: Path, container: Container, limits: DecodeLimits, streams: str) -> str:
    """What is logged of the file, and of an output of some of its streams without metadata."""
    bare = [*reading(container, limits), "-map", streams, *_BARE]
    with confined(bare, path, _short(limits)) as child:
        child.stdout.read()
        return child.finish().log


def _is_turned(path: Path, container: Container, limits: DecodeLimits) -> bool:
    picture = moving_picture(path, container, limits)
    turn = _TURN.search(_logged(path, container, limits, picture).rpartition(_OUTPUT)[2])
    return turn is not None and round(float(turn[1]) / 90) % 2 == 1


def _short(limits: DecodeLimits) -> DecodeLimits:
    return DecodeLimits(min(limits.cpu_s, _CPU_S), min(limits.wall_s, _CPU_S), limits.memory_bytes)


def _parse(description: str) -> _Streams:
    duration = _DURATION.search(description)
    hours, minutes, seconds, hundredths = map(int, duration.groups("0") if duration else "0000")
    size: tuple[int, int] | None = None
    has_audio, audible, found, frames_per_s = False, False, 0, 0.0
    for kind, words in _STREAM.findall(description):
        if "(attached pic)" in words:
            continue
        found += 1
        has_audio |= kind == "Audio"
        audible |= kind == "Audio" and not words.startswith("none")
        if kind == "Video" and size is None:
            size = _unturned(words)
            rate = _RATE.search(words)
            frames_per_s = float(rate[1]) if rate else 0.0
    duration_ms = ((hours * 60 + minutes) * 60 + seconds) * 1000 + hundredths * 10
    begins_ms = round(file_start_s(description) * 1000)
    return _Streams(duration_ms, begins_ms, size, has_audio, audible, found, frames_per_s)


def _unturned(words: str) -> tuple[int, int] | None:
    """Width and height after pixel aspect, before rotation; None when the size is unknown."""
    measure = _SIZE.search(words)
    if measure is None or words.startswith("none"):
        return None
    width, height = int(measure[1]), int(measure[2])
    # Where the container says otherwise than the stream, it stands last and is what counts.
    wide, high = map(int, (_ASPECT.findall(words) or [(1, 1)])[-1])
    if wide and high:
        width = max(1, round(width * wide / high))
    return width, height


def _length_ms(streams: _Streams, container: Container) -> int:
    """Give how long a file plays, by what it says."""
    tells_end = not _TELL_THEIR_END.isdisjoint(container.demuxers)
    late = _LATE_MS <= streams.begins_ms < streams.duration_ms
    return streams.duration_ms - (streams.begins_ms if tells_end and late else 0)


def _checked(streams: _Streams, container: Container, limits: DecodeLimits) -> MediaInfo:
    if not streams.found:
        raise NoUsableFrames("The file holds neither a picture nor a sound.")
    if streams.size is None and not streams.audible:
        raise Corrupt("Neither picture nor sound of this file can be read; ask for the original.")
    duration_ms = _length_ms(streams, container)
    if duration_ms > limits.duration_ms:
        minutes = limits.duration_ms // 60_000
        raise TooLong(f"The file plays longer than the {minutes} minutes allowed; upload a part.")
    width, height = streams.size or (0, 0)
    if width * height > limits.pixels:
        raise TooLarge("The picture is larger than allowed; upload a smaller version.")
    kind = MediaKind.VIDEO if streams.size else MediaKind.AUDIO
    content_type = container.content_type
    if not content_type.startswith("image/"):
        content_type = f"{kind}/{content_type.partition('/')[2]}"
    return MediaInfo(
        kind,
        content_type,
        duration_ms,
        width,
        height,
        streams.has_audio,
        streams.open_ended,
        streams.frames_per_s,
    )
