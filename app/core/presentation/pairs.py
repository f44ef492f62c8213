"""Aligned pairs of pictures side by side: the query, the known item, and what differs."""

from collections.abc import Sequence

import cv2
import numpy as np

from app.core import wording
from app.core.geometry.blocks import Pixels
from app.core.matches import Evidence, Span
from app.core.media import MediaKind
from app.core.presentation import drawing, lettering
from app.core.presentation.drawing import Colour
from app.core.presentation.strips import INK, Side, Stretch, colour, paper

_MARK = 18
"""How wide the mark in the segment's colour and the gap behind it are."""
_GAP = 20
_HEIGHT_MAX = 420
_HEADS, _CAPTION = 56, 40
_EMPTY: Colour = (236, 238, 241)
_SAID = (
    "Query: outlined what the known item shows too",
    "Known: outlined what the query shows of it",
    "Difference: in colour, where they differ",
)


def drawn(evidence: Evidence) -> tuple[Pixels, ...]:
    """Draw the pictures of a pair: the query's, the known item's and, where placed, what differs."""
    if evidence.pictures is None:
        return ()
    query, known = evidence.pictures
    shares, mirrored = evidence.placement, evidence.mirrored
    if shares is None:
        return query, known
    return (
        drawing.region(query, shares, mirrored=mirrored),
        drawing.shown(known, shares),
        drawing.difference(query, known, shares, mirrored=mirrored),
    )


def rows(
    evidence: Sequence[Evidence],
    sides: tuple[Side, Side],
    stretches: Sequence[Stretch],
    width: int,
) -> list[Pixels]:
    """Draw a row for each pair whose pictures are there, `width` pixels wide, under one of heads."""
    made = [_row(each, sides, stretches, width) for each in evidence if each.pictures is not None]
    return [_heads(width), *made] if made else []


def _heads(width: int) -> Pixels:
    page = paper(_HEADS, width)
    for x, said in zip(_columns(width), _SAID, strict=True):
        lettering.write(page, said, (x, 38), 19, INK, weight=lettering.BOLD)
    return page


def _row(
    evidence: Evidence, sides: tuple[Side, Side], stretches: Sequence[Stretch], width: int
) -> Pixels:
    room = _column(width)
    cells = [_fitted(picture, room) for picture in drawn(evidence)]
    height = max(cell.shape[0] for cell in cells)
    page = paper(height + _CAPTION, width)
    page[:height, : _MARK - 8] = colour(_stretch_of(evidence, stretches))
    for x, cell in zip(_columns(width), cells, strict=False):
        page[:height, x : x + room] = _EMPTY
        top, left = (height - cell.shape[0]) // 2, x + (room - cell.shape[1]) // 2
        page[top : top + cell.shape[0], left : left + cell.shape[1]] = cell
    for x, said in zip(_columns(width), _captions(evidence, sides), strict=True):
        lettering.write(page, said, (x, height + 23), 18, INK)
    return page


def _captions(evidence: Evidence, sides: tuple[Side, Side]) -> tuple[str, str, str]:
    found = "not laid over each other"
    if evidence.placement is not None:
        agree = "point agrees" if evidence.inliers == 1 else "points agree"
        found = f"{evidence.inliers} {agree}"
    proof = f"{found}, likeness {evidence.similarity:.2f}"
    query, known = sides
    return _at(query, evidence.query_ms), _at(known, evidence.known_ms), proof


def _at(side: Side, time_ms: int) -> str:
    return "still" if side.kind is MediaKind.STILL else f"at {wording.clock(time_ms)}"


def _column(width: int) -> int:
    return (width - _MARK - 2 * _GAP) // 3


def _columns(width: int) -> list[int]:
    """Give where each of the three columns begins."""
    return [_MARK + column * (_column(width) + _GAP) for column in range(3)]


def _fitted(picture: Pixels, room: int) -> Pixels:
    """Give a picture as large as its cell allows."""
    height, width = picture.shape[:2]
    scale = min(room / width, _HEIGHT_MAX / height)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, size, interpolation=how), np.uint8)


def _stretch_of(evidence: Evidence, stretches: Sequence[Stretch]) -> int:
    """Give the stretch that a pair belongs to: the nearest to both its moments."""
    away = [
        _away(each.query, evidence.query_ms) + _away(each.known, evidence.known_ms)
        for each in stretches
    ]
    return away.index(min(away))


def _away(span: Span, time_ms: int) -> int:
    return max(span.start_ms - time_ms, time_ms - span.end_ms, 0)
