"""Writes text into pictures, in any script: OpenCV carries its letters, no font has to be there."""

from typing import Any

import cv2

from app.core.geometry.blocks import Pixels
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
    # OpenCV crashes on what is no letter.
    cv2.putText(canvas, printable(text), origin, colour, _face(), size, weight)


def width(text: str, size: int, weight: int = PLAIN) -> int:
    """Give how wide a line is in pixels."""
    return int(cv2.getTextSize(_ROOM, printable(text), (0, 0), _face(), size, weight)[2])


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


def _face() -> Any:
    # A face remembers its last weight; one that threads share would write in another's.
    return cv2.FontFace("sans")
