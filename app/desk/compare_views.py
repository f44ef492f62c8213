"""A match as its page shows it: stretches in words and colours, and the pictures that prove it."""

from collections.abc import Callable
from dataclasses import dataclass

from app.access import Actor, Scope
from app.core import wording
from app.core.media import MediaKind
from app.desk import alignment
from app.desk.match_views import edits, moments, relation
from app.desk.showing import Showing
from app.desk.strips import COLOURS, Stretch, Strip, still, strip
from app.schemas.enums import Shelf
from app.schemas.matches import EvidenceItem, MatchItem, Segment, Span
from app.schemas.media import MediaAnswer
from app.services.compare_page import ComparePage

USUAL_SIZE = (1600, 900)
"""The shape of a stage whose picture's size is not known."""


@dataclass(frozen=True, slots=True)
class SegmentRow:
    """One segment in words."""

    number: int
    colour: int
    query: str
    known: str
    by: str
    edits: str


@dataclass(frozen=True, slots=True)
class PairRow:
    """One aligned pair of pictures: where they are, and how sure it is."""

    number: int
    query_ms: int
    query_at: str
    known_at: str
    points: int | None
    pictures: dict[str, str]


@dataclass(frozen=True, slots=True)
class SideView:
    """One side: its item, its strip, and the shape of its picture."""

    name: str
    item: MediaAnswer
    title: str
    strip: Strip
    size: tuple[int, int]


@dataclass(frozen=True, slots=True)
class CompareView:
    """What the template is given; `pair` is for scripts."""

    page: ComparePage
    relation: str
    edits: str
    query: SideView
    known: SideView
    segments: list[SegmentRow]
    evidence: list[PairRow]
    shown: Showing
    warnings: list[str]
    may_review: bool
    pair: dict[str, object]

    @property
    def sides(self) -> tuple[SideView, SideView]:
        """Both, the upload first."""
        return self.query, self.known


def view_of(page: ComparePage, actor: Actor, *, clear: bool) -> CompareView:
    """The page of a match for `actor`; `clear` asks for flagged pictures as they are."""
    match = page.match
    flags = frozenset(match.query.sensitivity) | frozenset(match.known.sensitivity)
    shown = Showing.of(flags, actor, clear=clear)
    return CompareView(
        page=page,
        relation=relation(match.relation, to_upload=match.against is Shelf.UPLOAD),
        edits=edits(match.segments),
        query=_side("query", page.query, match.query.title, match, lambda each: each.query),
        known=_side("known", page.known, match.known.title, match, lambda each: each.known),
        segments=[_segment(match, number, each) for number, each in enumerate(match.segments)],
        evidence=_pairs(page, shown.picture_query),
        shown=shown,
        warnings=[
            each.sensitivity.warning
            for each in (page.query, page.known)
            if each.sensitivity.warning
        ],
        may_review=Scope.RECORD_WRITE in actor.scopes and not match.preliminary,
        pair=alignment.numbers(page, clear=shown.clear),
    )


def _side(
    name: str,
    item: MediaAnswer,
    title: str,
    match: MatchItem,
    span: Callable[[Segment], Span],
) -> SideView:
    stretches = [
        Stretch(
            span(each),
            ": ".join(moments(match, each)),
            number % COLOURS,
            f"#segment-{number}",
            is_sound=each.modality == "audio",
        )
        for number, each in enumerate(match.segments)
    ]
    spans = sorted((each.span for each in stretches), key=lambda one: one.start_ms)
    is_still = item.kind is MediaKind.STILL
    made = still(stretches) if is_still else strip(item.duration_ms or 0, stretches, spans)
    size = (item.width or USUAL_SIZE[0], item.height or USUAL_SIZE[1])
    return SideView(name, item, title, made, size)


def _segment(match: MatchItem, number: int, segment: Segment) -> SegmentRow:
    query, known = moments(match, segment)
    return SegmentRow(
        number=number,
        colour=number % COLOURS,
        query=query,
        known=known,
        by=wording.modality(segment.modality),
        edits=wording.changes(segment.transforms, segment.speed),
    )


def _pairs(page: ComparePage, added: str) -> list[PairRow]:
    """The pairs that the match was proven on; of what has none, the middles of its segments."""
    match = page.match
    proven = [_pair(number, each, added) for number, each in enumerate(match.evidence)]
    if proven or MediaKind.AUDIO in {page.query.kind, page.known.kind}:
        return proven
    middles = [(_middle(each.query), _middle(each.known)) for each in match.segments]
    return [
        PairRow(
            number=number,
            query_ms=query_ms,
            query_at=wording.clock(query_ms),
            known_at=wording.clock(known_ms),
            points=None,
            pictures={
                "query": f"{page.query.links['stills']}/at/{query_ms}{added}",
                "known": f"{page.known.links['stills']}/at/{known_ms}{added}",
            },
        )
        for number, (query_ms, known_ms) in enumerate(middles)
    ]


def _middle(span: Span) -> int:
    return (span.start_ms + span.end_ms) // 2


def _pair(number: int, evidence: EvidenceItem, added: str) -> PairRow:
    drawn = {"query": "query_drawn", "known": "known_drawn", "difference": "difference"}
    return PairRow(
        number=number,
        query_ms=evidence.query_ms,
        query_at=wording.clock(evidence.query_ms),
        known_at=wording.clock(evidence.known_ms),
        points=evidence.inliers,
        pictures={
            name: evidence.links[link] + added
            for name, link in drawn.items()
            if link in evidence.links
        },
    )
