"""Writes text into pictures: OpenCV carries the letters of most scripts, no font has to be there.

Those of Arabic stand unjoined.
"""

from typing import Any

import cv2

from app.core.geometry.blocks import Pixels
from app.core.presentation import reading_order
from app.core.presentation.drawing import Colour
from app.core.wording import printable

PLAIN, BOLD = 400, 650
_ROOM = (10_000, 10_000)
_CUT = "…"


def write(
    canvas: Pixels,
    text: str,
    place: tuple[float, float],
    size: int,
    colour: Colour,
    *,
    weight: int = PLAIN,
) -> None:
    """Write one line into a picture; `place` is where its base line begins, `size` in pixels."""
    origin = round(place[0]), round(place[1])
    drawn = reading_order.drawn_order(_line(text))
    cv2.putText(canvas, drawn, origin, colour, _face(), size, weight)


def width(text: str, size: int, weight: int = PLAIN) -> int:
    """Give how wide a line is in pixels."""
    return int(cv2.getTextSize(_ROOM, _line(text), (0, 0), _face(), size, weight)[2])


def shortened(text: str, size: int, room: float, weight: int = PLAIN) -> str:
    """Give as much of a line as there is room for."""
    if width(text, size, weight) <= room:
        return text
    fits, over = 0, len(text)
    while over - fits > 1:
        middle = (fits + over) // 2
        cut = text[:middle] + _CUT
        fits, over = (middle, over) if width(cut, size, weight) <= room else (fits, middle)
    return text[:fits].rstrip() + _CUT


def wrapped(text: str, size: int, room: float) -> list[str]:
    """Break a text between words into lines that there is room for."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _line(text: str) -> str:
    # OpenCV crashes on what is no letter, and begins a new line where a name does.
    return reading_order.line_of(printable(text))


def _face() -> Any:
    # A face remembers its last weight; one that threads share would write in another's.
    return cv2.FontFace("sans")
