"""The contact sheet of one match: what was found, both timelines, and the aligned pictures."""

from dataclasses import dataclass

import numpy as np

from app.core import wording
from app.core.geometry.blocks import Pixels
from app.core.matches import Evidence, Modality, Span
from app.core.policy import Grade, Relation
from app.core.presentation import lettering
from app.core.presentation.drawing import Colour
from app.core.presentation.pairs import rows
from app.core.presentation.strips import FAINT, INK, PAPER, Side, Stretch, colour, paper, strips

WIDTH = 1560
_MARGIN = 40
_INNER = WIDTH - 2 * _MARGIN
_LINES_MAX = 12
_LINE = 30
_SIZE, _FIRST, _GAP = 19, 44, 26
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
    sides = sheet.query, sheet.known
    seen = rows(sheet.evidence, sides, stretches, _INNER) or [_nothing_to_see(sheet.lines)]
    parts = [_head(sheet), strips(*sides, stretches, _INNER), _table(sheet.lines, sides), *seen]
    page, top = paper(sum(len(part) for part in parts) + _MARGIN, WIDTH), 0
    for part in parts:
        page[top : top + len(part), _MARGIN : _MARGIN + _INNER] = part
        top += len(part)
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


def _table(lines: tuple[Line, ...], sides: tuple[Side, Side]) -> Pixels:
    """List the segments with their times on both sides and what was done."""
    listed = [_cells(line, sides) for line in lines[:_LINES_MAX]]
    columns, left = [_FIRST], len(lines) - len(listed)
    for column in zip(*listed, strict=True):
        columns.append(columns[-1] + _GAP + max(lettering.width(cell, _SIZE) for cell in column))
    page = [paper(28, _INNER)]
    for number, (line, cells) in enumerate(zip(lines, listed, strict=False)):
        done = lettering.wrapped(line.done, _SIZE, _INNER - columns[-1])
        row = paper(_LINE * max(1, len(done)), _INNER)
        row[3:23, :26] = colour(number)
        x = 13 - lettering.width(str(number + 1), 15, lettering.BOLD) / 2
        lettering.write(row, str(number + 1), (x, 18), 15, PAPER, weight=lettering.BOLD)
        for x, cell in zip(columns, cells, strict=False):
            lettering.write(row, cell, (x, 20), _SIZE, INK)
        for place, said in enumerate(done):
            lettering.write(row, said, (columns[-1], 20 + _LINE * place), _SIZE, INK)
        page.append(row)
    if left:
        page.append(paper(_LINE, _INNER))
        lettering.write(page[-1], f"and {left} more", (_FIRST, 20), _SIZE, FAINT)
    return np.concatenate(page)


def _cells(line: Line, sides: tuple[Side, Side]) -> tuple[str, str, str, str]:
    query, known = sides
    return query.when(line.query), "↔", known.when(line.known), wording.modality(line.modality)


def _nothing_to_see(lines: tuple[Line, ...]) -> Pixels:
    page = paper(70, _INNER)
    heard = bool(lines) and all(line.stretch.by_sound_alone for line in lines)
    why = "Found by its sound alone" if heard else "No pictures of it are kept"
    lettering.write(page, f"{why}: there is nothing to lay side by side.", (0, 44), 21, FAINT)
    return page
