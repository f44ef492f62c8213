"""The contact sheet of one match: what was found, both timelines, and the aligned pictures."""

from dataclasses import dataclass

import numpy as np

from app.core import lettering, wording
from app.core.blocks import Pixels
from app.core.drawing import Colour
from app.core.matches import Evidence, Modality, Span
from app.core.pairs import rows
from app.core.policy import Grade, Relation
from app.core.strips import FAINT, INK, PAPER, Side, Stretch, colour, paper, strips

WIDTH = 1560
_MARGIN = 40
_INNER = WIDTH - 2 * _MARGIN
_LINES_MAX = 12
_LINE = 32
_GRADES: dict[Grade, Colour] = {
    Grade.CERTAIN: (0, 122, 90),
    Grade.PROBABLE: (176, 106, 0),
    Grade.LEAD: (104, 112, 122),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One segment: from when to when on both sides, by what it was found, what was done to it."""

    query: Span
    known: Span
    modality: str
    done: str

    @property
    def stretch(self) -> Stretch:
        """The segment as the strips draw it."""
        return Stretch(self.query, self.known, by_sound_alone=self.modality == Modality.AUDIO)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a contact sheet shows; `evidence` without its pictures is left out."""

    query: Side
    known: Side
    relation: Relation
    grade: Grade
    confidence: float
    coverage: tuple[float, float]
    lines: tuple[Line, ...]
    evidence: tuple[Evidence, ...]


def draw(sheet: Sheet) -> Pixels:
    """Draw a contact sheet: uint8 RGB, `WIDTH` wide and as high as it has to be."""
    stretches = tuple(line.stretch for line in sheet.lines)
    seen = rows(sheet.evidence, stretches, _INNER) or [_nothing_to_see(sheet.lines)]
    lines = [_head(sheet), strips(sheet.query, sheet.known, stretches, _INNER), _table(sheet.lines)]
    inner = np.concatenate([*lines, *seen])
    page = paper(inner.shape[0] + _MARGIN, WIDTH)
    page[: inner.shape[0], _MARGIN : _MARGIN + _INNER] = inner
    return page


def _head(sheet: Sheet) -> Pixels:
    page = paper(150, _INNER)
    found = wording.relation(sheet.relation)
    title = found[0].upper() + found[1:]
    lettering.write(page, title, (0, 66), 36, INK, weight=lettering.BOLD)
    said = f"{sheet.grade.value} · {sheet.confidence:.2f}"
    room = lettering.width(said, 24, lettering.BOLD)
    page[34:78, _INNER - room - 36 :] = _GRADES[sheet.grade]
    lettering.write(page, said, (_INNER - room - 18, 64), 24, PAPER, weight=lettering.BOLD)
    query, known = map(wording.percent, sheet.coverage)
    covers = f"{query} of the query is in the known item, {known} of the known item in the query"
    lettering.write(page, covers, (0, 108), 21, FAINT)
    return page


def _table(lines: tuple[Line, ...]) -> Pixels:
    """List the segments with their times on both sides and what was done."""
    listed = lines[:_LINES_MAX]
    left = len(lines) - len(listed)
    page = paper(44 + _LINE * (len(listed) + bool(left)), _INNER)
    for number, line in enumerate(listed):
        base = 48 + _LINE * number
        page[base - 17 : base + 3, 0:26] = colour(number)
        said = str(number + 1)
        x = 13 - lettering.width(said, 15, lettering.BOLD) / 2
        lettering.write(page, said, (x, base - 2), 15, PAPER, weight=lettering.BOLD)
        times = (_stretch(line.query), "↔", _stretch(line.known))
        for place, text in zip((42, 226, 262), times, strict=True):
            lettering.write(page, text, (place, base), 19, INK, weight=lettering.BOLD)
        lettering.write(page, wording.modality(line.modality), (450, base), 19, FAINT)
        done = lettering.shortened(line.done, 19, _INNER - 610)
        lettering.write(page, done, (610, base), 19, INK)
    if left:
        base = 48 + _LINE * len(listed)
        lettering.write(page, f"and {left} more", (42, base), 19, FAINT)
    return page


def _stretch(span: Span) -> str:
    return wording.stretch(span.start_ms, span.end_ms)


def _nothing_to_see(lines: tuple[Line, ...]) -> Pixels:
    page = paper(70, _INNER)
    heard = bool(lines) and all(line.stretch.by_sound_alone for line in lines)
    why = "Found by its sound alone" if heard else "No pictures of it are kept"
    lettering.write(page, f"{why}: there is nothing to lay side by side.", (0, 44), 21, FAINT)
    return page
