"""When each frame of a file's picture is shown, read from the container without decoding anything."""

from dataclasses import dataclass
from pathlib import Path

from app.core.decoding.child import confined
from app.core.decoding.ffmpeg import container_of, reading, refusal
from app.core.decoding.moving import moving_picture
from app.core.decoding.origin import LATE_MS, TIMELESS, file_start_s
from app.core.errors import NoUsableFrames, TooLong
from app.core.media import DecodeLimits

MOST_FRAMES = 2_000_000
_HIDDEN = 0x4
"""The flag of a frame that an edit list leaves out."""
_TIME_BASE = "#tb 0: "
_UNKNOWN = -(2**62)
"""A time up to this is none."""


@dataclass(frozen=True, slots=True)
class FrameTimes:
    """Presentation times in order, in ticks of `time_base` seconds; the last frame ends at `end`.

    `origin` is what is 0 ms to the samples: the first frame, or before one that comes late.
    """

    time_base: tuple[int, int]
    ticks: tuple[int, ...]
    end: int
    origin: int

    @property
    def step(self) -> int | None:
        """How many ticks lie between any two frames, where that is the same everywhere."""
        steps = {later - sooner for sooner, later in zip(self.ticks, self.ticks[1:], strict=False)}
        if len(steps) > 1:
            return None
        return steps.pop() if steps else self.end - self.ticks[0]


def read(path: Path, limits: DecodeLimits) -> FrameTimes:
    """The times of a file's frames; raises a named Unreadable where the container has none."""
    container = container_of(path)
    command = [
        *reading(container, limits),
        *("-map", moving_picture(path, container, limits)),
        *("-c", "copy", "-copyts", "-f", "framecrc", "-"),
    ]
    in_order = TIMELESS.isdisjoint(container.demuxers)
    time_base = (0, 1)
    shown: dict[int, int] = {}
    with confined(command, path, limits) as child:
        for line in child.stdout:
            text = line.decode("ascii", "replace").strip()
            if text.startswith(_TIME_BASE):
                numerator, denominator = text.removeprefix(_TIME_BASE).split("/")
                time_base = int(numerator), int(denominator)
            elif not text.startswith("#"):
                shown |= _frame(text, in_order=in_order)
            if len(shown) > MOST_FRAMES:
                raise TooLong(f"The file has more than {MOST_FRAMES} frames.")
        ended = child.finish()
    if not shown or min(shown) <= _UNKNOWN:
        raise refusal(ended.log) if ended.code else NoUsableFrames("No frame of it has a time.")
    ticks = tuple(sorted(shown))
    usual = ticks[-1] - ticks[-2] if len(ticks) > 1 else 1
    end = ticks[-1] + (shown[ticks[-1]] or usual)
    return FrameTimes(time_base, ticks, end, _origin(ticks[0], time_base, ended.log))


def _origin(first: int, time_base: tuple[int, int], log: str) -> int:
    """Give the tick from which the samples' times count; the log says where the file begins."""
    tick_s, begins_s = time_base[0] / time_base[1], file_start_s(log)
    first_ms = round((first * tick_s - begins_s) * 1000)
    return first if first_ms <= LATE_MS else round(begins_s / tick_s)


def _frame(line: str, *, in_order: bool) -> dict[int, int]:
    """A packet's presentation time and length; nothing of one that is not shown.

    Some containers, AVI among them, only number the packets `in_order` of decoding: as many frames
    are shown at these very times, later by a delay that is the same for all.
    """
    _, decoded, at, length, _, _, *flags = (each.strip() for each in line.split(","))
    if in_order and int(at) <= _UNKNOWN:
        at = decoded
    is_hidden = any(
        each.startswith("F=") and int(each.removeprefix("F="), 0) & _HIDDEN for each in flags
    )
    return {} if is_hidden else {int(at): int(length)}
