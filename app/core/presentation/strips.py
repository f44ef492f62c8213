"""Draws two timelines under each other, and which stretch of the one is which of the other."""

from dataclasses import dataclass

import cv2
import numpy as np

from app.core import wording
from app.core.geometry.blocks import Pixels
from app.core.matches import Span, union
from app.core.media import MediaKind
from app.core.presentation import lettering
from app.core.presentation.drawing import Colour

# Told apart by eyes of all kinds: after Okabe and Ito (2008), darker for white letters.
COLOURS: tuple[Colour, ...] = (
    (0, 114, 178),
    (230, 140, 0),
    (0, 146, 106),
    (204, 84, 140),
    (86, 160, 225),
    (190, 70, 20),
    (122, 92, 200),
    (116, 116, 60),
)
INK: Colour = (28, 32, 38)
FAINT: Colour = (104, 112, 122)
PAPER: Colour = (255, 255, 255)
_GAP: Colour = (236, 238, 241)
_HATCH: Colour = (203, 208, 214)
_BAR, _RIBBON, _TICKS, _HEAD = 40, 76, 30, 34
_HEIGHT = 2 * (_HEAD + _TICKS + _BAR) + _RIBBON
_NAME = 84
"""Where names begin."""
_TICK_ROOM = 80
_STEPS_MS = (100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000)
_LATER_MS = (600_000, 1_800_000, 3_600_000, 7_200_000)
_WASH = 0.22


@dataclass(frozen=True, slots=True)
class Side:
    """One item: its name, what it is, and how long it plays, or at least what is known of that."""

    name: str
    kind: MediaKind
    duration_ms: int
    length_known: bool = True

    @property
    def length(self) -> str:
        """Its length in words."""
        if self.kind is MediaKind.STILL:
            return "still"
        return wording.clock(self.duration_ms) if self.length_known else "length not kept"

    def when(self, span: Span) -> str:
        """A stretch of it in words."""
        return wording.stretch(span.start_ms, span.end_ms, self.kind)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of the query and the stretch of the known item that it shows."""

    query: Span
    known: Span
    by_sound_alone: bool


def strips(query: Side, known: Side, stretches: tuple[Stretch, ...], width: int) -> Pixels:
    """Draw both timelines over `width` pixels; stretches in their colours, hatched what is left."""
    canvas = paper(_HEIGHT, width)
    top = _HEAD + _TICKS
    below = top + _BAR + _RIBBON
    _name(canvas, ("Query", query), 24)
    _ribbons(canvas, (query, known), stretches, (top + _BAR, below))
    _timeline(canvas, query, [each.query for each in stretches], top, "not explained")
    _ticks(canvas, query.duration_ms, top, -1)
    _timeline(canvas, known, [each.known for each in stretches], below, "not in the query")
    _ticks(canvas, known.duration_ms, below + _BAR, 1)
    _name(canvas, ("Known", known), _HEIGHT - 8)
    for number, each in enumerate(stretches):
        for side, span, y in ((query, each.query, top), (known, each.known, below)):
            _block(canvas, number, _ends(side, span, width), y, half=each.by_sound_alone)
    return canvas


def paper(height: int, width: int) -> Pixels:
    """Give an empty white picture."""
    return np.full((height, width, 3), 255, np.uint8)


def colour(number: int) -> Colour:
    """Give the colour of a stretch."""
    return COLOURS[number % len(COLOURS)]


def _ends(side: Side, span: Span, width: int) -> tuple[int, int]:
    """Give where a span begins and ends on the strip; all of it for a still."""
    if side.kind is MediaKind.STILL:
        return 0, width
    scale = width / max(side.duration_ms, 1)
    start = min(round(span.start_ms * scale), width - 3)
    return start, min(width, max(start + 3, round(span.end_ms * scale)))


def _name(canvas: Pixels, named: tuple[str, Side], base: int) -> None:
    role, side = named
    lettering.write(canvas, role, (0, base), 19, INK, weight=lettering.BOLD)
    left = canvas.shape[1] - lettering.width(side.length, 19)
    room = left - _NAME - 24
    lettering.write(canvas, lettering.shortened(side.name, 19, room), (_NAME, base), 19, INK)
    lettering.write(canvas, side.length, (left, base), 19, FAINT)


def _timeline(canvas: Pixels, side: Side, spans: list[Span], top: int, said: str) -> None:
    """Draw a whole strip as unexplained, and say so where there is room and it stays so."""
    width = canvas.shape[1]
    bar = canvas[top : top + _BAR]
    bar[:] = _GAP
    for x in range(-_BAR, width, 11):
        cv2.line(bar, (x, _BAR), (x + _BAR, 0), _HATCH, 1, cv2.LINE_AA)
    free = 0
    covered = [_ends(side, span, width) for span in union(spans)]
    for start, end in [*covered, (width, width)]:
        room = lettering.width(said, 16)
        if start - free > room + 24:
            x = (start + free - room) // 2
            bar[8 : _BAR - 8, x - 8 : x + room + 8] = _GAP
            lettering.write(bar, said, (x, _BAR // 2 + 6), 16, FAINT)
        free = max(free, end)


def _block(canvas: Pixels, number: int, ends: tuple[int, int], top: int, *, half: bool) -> None:
    """Draw a stretch with its number; what is only heard fills the lower half of the strip."""
    start, end = ends
    upper = top + _BAR // 2 if half else top
    canvas[upper : top + _BAR, start:end] = colour(number)
    canvas[upper : top + _BAR, end - 1 : end] = PAPER
    said, size = str(number + 1), 15 if half else 20
    room = lettering.width(said, size, lettering.BOLD)
    if end - start > room + 6:
        place = ((start + end - room) / 2, (upper + top + _BAR) / 2 + size * 0.36)
        lettering.write(canvas, said, place, size, PAPER, weight=lettering.BOLD)


def _ribbons(
    canvas: Pixels, sides: tuple[Side, Side], stretches: tuple[Stretch, ...], rows: tuple[int, int]
) -> None:
    """Join each stretch with its other side by a band of its colour."""
    width = canvas.shape[1]
    for number, each in enumerate(stretches):
        (a, b), (c, d) = _ends(sides[0], each.query, width), _ends(sides[1], each.known, width)
        corners = np.array([[a, rows[0]], [b, rows[0]], [d, rows[1]], [c, rows[1]]], np.int32)
        band = canvas.copy()
        cv2.fillPoly(band, [corners], colour(number), cv2.LINE_AA)
        canvas[:] = cv2.addWeighted(band, _WASH, canvas, 1 - _WASH, 0)


def _ticks(canvas: Pixels, duration_ms: int, edge: int, way: int) -> None:
    """Draw times along the outer edge of a strip: upwards (-1) or downwards (1)."""
    width = canvas.shape[1]
    if duration_ms <= 0:
        return
    steps = (*_STEPS_MS, *_LATER_MS)
    step_ms = next(
        (each for each in steps if each * width / duration_ms >= _TICK_ROOM), duration_ms
    )
    for time_ms in range(0, duration_ms + 1, step_ms):
        x = min(width - 1, round(time_ms * width / duration_ms))
        cv2.line(canvas, (x, edge), (x, edge + way * 6), FAINT, 1)
        said = f"{time_ms / 1000:g} s"
        room = lettering.width(said, 14)
        place = min(max(0, x - room // 2), width - room), edge + (21 if way > 0 else -11)
        lettering.write(canvas, said, place, 14, FAINT)
