"""Coverage strips: which stretches of an item known material explains, as numbers to draw.

A strip is `WIDTH` units wide. Stretches that overlap lie in lanes below each other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.core.wording import clock
from app.schemas.matches import Span

WIDTH = 1000
LANE = 22
COLOURS = 8
MOST_LANES = 6
_LEAST_WIDTH = 3.0
_TICKS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)
_MOST_TICKS = 11


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time with what it is called, its colour, and where it leads."""

    span: Span
    title: str
    colour: int
    href: str
    is_sound: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """One stretch as it is drawn."""

    x: float
    y: int
    width: float
    stretch: Stretch


@dataclass(frozen=True, slots=True)
class Strip:
    """A whole strip: its blocks, its gaps, and marks on the line of time."""

    duration_ms: int
    height: int
    blocks: tuple[Block, ...]
    gaps: tuple[tuple[float, float], ...]
    ticks: tuple[float, ...]
    labels: tuple[str, ...]


def strip(duration_ms: int, stretches: Sequence[Stretch], explained: Iterable[Span]) -> Strip:
    """Lay out the stretches of an item; what `explained` leaves out is a gap."""
    length = max(duration_ms, 1)
    lanes: list[int] = []
    blocks = []
    for each in sorted(stretches, key=lambda one: (one.span.start_ms, -one.span.end_ms)):
        lane = _lane(lanes, each.span)
        blocks.append(_block(each, lane, length))
    return Strip(
        duration_ms=duration_ms,
        height=LANE * max(1, len(lanes)),
        blocks=tuple(blocks),
        gaps=tuple(_gaps(length, explained)),
        ticks=tuple(_ticks(length)),
        labels=tuple(clock(round(length * share)) for share in (0, 0.25, 0.5, 0.75, 1)),
    )


def still(stretches: Sequence[Stretch]) -> Strip:
    """The strip of what has no duration: explained in full, or not at all."""
    whole = [Span(start_ms=0, end_ms=1)] if stretches else []
    first = [Stretch(whole[0], each.title, each.colour, each.href) for each in stretches[:1]]
    made = strip(1, first, whole)
    return Strip(0, made.height, made.blocks, made.gaps, (), ())


def _lane(lanes: list[int], span: Span) -> int:
    for number, taken_until in enumerate(lanes):
        if span.start_ms >= taken_until:
            lanes[number] = span.end_ms
            return number
    if len(lanes) < MOST_LANES:
        lanes.append(span.end_ms)
        return len(lanes) - 1
    lanes[-1] = max(lanes[-1], span.end_ms)
    return len(lanes) - 1


def _block(stretch: Stretch, lane: int, length: int) -> Block:
    x = WIDTH * min(stretch.span.start_ms, length) / length
    end = WIDTH * min(max(stretch.span.end_ms, stretch.span.start_ms + 1), length) / length
    width = max(end - x, _LEAST_WIDTH)
    return Block(round(min(x, WIDTH - width), 2), lane * LANE, round(width, 2), stretch)


def _gaps(length: int, explained: Iterable[Span]) -> Iterable[tuple[float, float]]:
    at = 0
    for span in explained:
        if span.start_ms > at:
            yield _part(at, span.start_ms, length)
        at = max(at, span.end_ms)
    if at < length:
        yield _part(at, length, length)


def _part(start_ms: int, end_ms: int, length: int) -> tuple[float, float]:
    return round(WIDTH * start_ms / length, 2), round(WIDTH * (end_ms - start_ms) / length, 2)


def _ticks(length: int) -> Iterable[float]:
    seconds = length / 1000
    step = next((each for each in _TICKS if seconds / each <= _MOST_TICKS), _TICKS[-1])
    count = int(seconds // step)
    return [round(WIDTH * number * step / seconds, 2) for number in range(1, count + 1)]
