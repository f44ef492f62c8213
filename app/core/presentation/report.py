"""A comparison of two files told to a person: as lines of text and as a contact sheet."""

from app.core import wording
from app.core.fingerprints.pictures import write_jpeg
from app.core.matches import Match, Segment
from app.core.matching.two_files import Comparison, ReadFile
from app.core.presentation.sheet import Line, Sheet, draw
from app.core.presentation.strips import Side


def words(comparison: Comparison) -> list[str]:
    """Say what was found, a line each."""
    match = comparison.match
    query, known = comparison.query.path.name, comparison.known.path.name
    if match is None:
        return [f"Nothing of {known} was found in {query}."]
    in_query, in_known = map(wording.percent, (match.coverage_query, match.coverage_known))
    return [
        f"query     {query}",
        f"known     {known}",
        f"relation  {match.relation.value}: {wording.relation(match.relation)}",
        f"grade     {match.grade.value}, confidence {match.confidence:.2f}",
        f"coverage  {in_query} of the query, {in_known} of the known item",
        *_table(match.segments, (_side(comparison.query), _side(comparison.known))),
    ]


def contact_sheet(comparison: Comparison, match: Match) -> bytes:
    """Draw the contact sheet of the match as a JPEG file."""
    sheet = Sheet(
        query=_side(comparison.query),
        known=_side(comparison.known),
        relation=match.relation,
        grade=match.grade,
        confidence=match.confidence,
        coverage=(match.coverage_query, match.coverage_known),
        lines=tuple(_line(segment) for segment in match.segments),
        evidence=match.evidence,
    )
    return write_jpeg(draw(sheet))


def _table(segments: tuple[Segment, ...], sides: tuple[Side, Side]) -> list[str]:
    heads = ("query", "known", "speed", "by", "what was done")
    told = [heads, *(_told(segment, sides) for segment in segments)]
    widths = [max(map(len, column)) for column in zip(*told, strict=True)]
    padded = [
        "  ".join(cell.ljust(room) for cell, room in zip(row, widths, strict=True)) for row in told
    ]
    return ["", *(row.rstrip() for row in padded)]


def _told(segment: Segment, sides: tuple[Side, Side]) -> tuple[str, str, str, str, str]:
    line, (query, known) = _line(segment), sides
    return (
        query.when(line.query),
        known.when(line.known),
        f"{segment.speed:.2f}×",
        wording.modality(line.modality),
        line.done,
    )


def _line(segment: Segment) -> Line:
    done = wording.changes(segment.transforms, segment.speed)
    return Line(segment.query, segment.known, segment.modality.value, done)


def _side(file: ReadFile) -> Side:
    info = file.read.info
    return Side(file.path.name, info.kind, info.duration_ms)
