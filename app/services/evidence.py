"""What a match rests on, drawn for people: its aligned pictures and its contact sheet.

The web process draws, one thread of it (`drawing_thread`). A view that blurs does so before anything is drawn
over the pictures: outlines and captions stay readable.
"""

from enum import StrEnum
from typing import TYPE_CHECKING

from app.blobs.local import LocalBlobs
from app.core.media import MediaKind
from app.errors import NotFound
from app.schemas.matches import EvidenceItem, MatchItem, Segment, SideItem
from app.services import drawing_thread, stills
from app.services.viewing import View

if TYPE_CHECKING:
    from app.core.matches import Evidence
    from app.core.presentation.sheet import Line
    from app.core.presentation.strips import Side

DRAWN = "4"
"""Names how pictures are drawn; raised when the same match would look different."""


class Drawing(StrEnum):
    """What is drawn of an aligned pair."""

    QUERY = "query"
    KNOWN = "known"
    DIFFERENCE = "difference"


def find(match: MatchItem, number: int) -> EvidenceItem:
    """Give one aligned pair of a match."""
    if number >= len(match.evidence):
        count = len(match.evidence)
        raise NotFound(f"This match has {count} aligned pairs of pictures, numbered from 0.")
    return match.evidence[number]


def picture(blobs: LocalBlobs, match: MatchItem, number: int, wanted: Drawing, view: View) -> bytes:
    """Draw one picture of an aligned pair as a JPEG file."""
    return drawing_thread.drawn(_picture, blobs, match, number, wanted, view)


def sheet(blobs: LocalBlobs, match: MatchItem, view: View) -> bytes:
    """Draw the contact sheet of a match as a JPEG file."""
    return drawing_thread.drawn(_sheet, blobs, match, view)


def _picture(
    blobs: LocalBlobs, match: MatchItem, number: int, wanted: Drawing, view: View
) -> bytes:
    from app.core.fingerprints.pictures import write_jpeg  # noqa: PLC0415
    from app.core.presentation.pairs import drawn  # noqa: PLC0415  see `drawing_thread`

    evidence = _with_pictures(blobs, match, find(match, number), view)
    if evidence.pictures is None:
        raise NotFound("The pictures of this pair are not kept; the items themselves may still be.")
    pictures = dict(zip(Drawing, drawn(evidence), strict=False))
    if wanted not in pictures:
        raise NotFound(
            "How these two pictures lie on each other was not stored with this match, so their "
            "difference cannot be drawn. `query` and `known` show them as they are."
        )
    return write_jpeg(pictures[wanted])


def _sheet(blobs: LocalBlobs, match: MatchItem, view: View) -> bytes:
    from app.core.fingerprints.pictures import write_jpeg  # noqa: PLC0415  see `drawing_thread`
    from app.core.presentation.sheet import Sheet, draw  # noqa: PLC0415

    shown = Sheet(
        query=_side(match.query, [each.query.end_ms for each in match.segments]),
        known=_side(match.known, [each.known.end_ms for each in match.segments]),
        relation=match.relation,
        grade=match.grade,
        confidence=match.confidence,
        coverage=(match.coverage.query, match.coverage.known),
        lines=tuple(_line(segment) for segment in match.segments),
        evidence=tuple(_with_pictures(blobs, match, each, view) for each in match.evidence),
    )
    return write_jpeg(draw(shown))


def _with_pictures(
    blobs: LocalBlobs, match: MatchItem, item: EvidenceItem, view: View
) -> "Evidence":
    from app.core.fingerprints.pictures import read_jpeg  # noqa: PLC0415
    from app.core.matches import Evidence  # noqa: PLC0415  see `drawing_thread`

    query = stills.at(blobs, match.query_media_id, item.query_ms)
    known = stills.at(blobs, match.known_media_id, item.known_ms)
    both = [view.through(read_jpeg(each)) for each in (query, known) if each]
    return Evidence(
        query_ms=item.query_ms,
        known_ms=item.known_ms,
        similarity=item.similarity,
        inliers=item.inliers or 0,
        placement=item.placement,
        mirrored=item.mirrored,
        pictures=(both[0], both[1]) if len(both) == 2 else None,
    )


def _line(segment: Segment) -> "Line":
    from app.core import wording  # noqa: PLC0415  see `drawing_thread`
    from app.core.matches import Span  # noqa: PLC0415
    from app.core.presentation.sheet import Line  # noqa: PLC0415

    query, known = (Span(each.start_ms, each.end_ms) for each in (segment.query, segment.known))
    done = wording.changes(segment.transforms, segment.speed)
    return Line(query, known, segment.modality, done)


def _side(item: SideItem, ends_ms: list[int]) -> "Side":
    """Say how long an item plays; of one that was removed, at least as long as it matches."""
    from app.core.presentation.strips import Side  # noqa: PLC0415  see `drawing_thread`

    if item.kind is MediaKind.STILL or item.duration_ms is not None:
        return Side(item.title, item.kind, item.duration_ms or 0)
    return Side(item.title, item.kind, max(ends_ms, default=0), length_known=False)
