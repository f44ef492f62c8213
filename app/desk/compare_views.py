"""The compare page's values: both sides, their aligned segments, and where one lies in the other."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.core import wording
from app.core.media import MediaKind
from app.core.placement import inverse, outline, unmirrored
from app.desk.match_views import edits
from app.desk.strips import Stretch, Strip, still, strip
from app.schemas.matches import EvidenceItem, MatchItem, Segment
from app.schemas.media import MediaAnswer

_COLOURS = 8


@dataclass(frozen=True, slots=True)
class SegmentRow:
    """One aligned stretch in words."""

    number: int
    colour: int
    query: str
    known: str
    edits: str
    modality: str


@dataclass(frozen=True, slots=True)
class CompareView:
    """What the template is given of a match; `data` is what the script reads."""

    match: MatchItem
    query: MediaAnswer
    known: MediaAnswer
    query_strip: Strip
    known_strip: Strip
    segments: list[SegmentRow]
    relation: str
    edits: str
    data: str


def view(match: MatchItem, query: MediaAnswer, known: MediaAnswer) -> CompareView:
    """A match in words, on two strips, and as numbers for the players."""
    segments = match.segments
    return CompareView(
        match=match,
        query=query,
        known=known,
        query_strip=_strip(query, segments, of_known=False),
        known_strip=_strip(known, segments, of_known=True),
        segments=[_row(number, each) for number, each in enumerate(segments)],
        relation=wording.relation(match.relation),
        edits=edits(segments),
        data=json.dumps(_numbers(match, query, known), separators=(",", ":")),
    )


def _strip(item: MediaAnswer, segments: Sequence[Segment], *, of_known: bool) -> Strip:
    stretches = [
        Stretch(
            each.known if of_known else each.query,
            f"{number + 1}: {_moment(each, of_known=of_known)}",
            number % _COLOURS,
            f"#segment-{number}",
            is_sound=each.modality == "audio",
        )
        for number, each in enumerate(segments)
    ]
    if item.kind is MediaKind.STILL:
        return still(stretches)
    spans = sorted((each.span for each in stretches), key=lambda span: span.start_ms)
    return strip(item.duration_ms or 0, stretches, spans)


def _row(number: int, segment: Segment) -> SegmentRow:
    return SegmentRow(
        number=number,
        colour=number % _COLOURS,
        query=_moment(segment, of_known=False),
        known=_moment(segment, of_known=True),
        edits=wording.changes(segment.transforms, segment.speed),
        modality=wording.modality(segment.modality),
    )


def _moment(segment: Segment, *, of_known: bool) -> str:
    span = segment.known if of_known else segment.query
    return wording.stretch(span.start_ms, span.end_ms)


def _numbers(match: MatchItem, query: MediaAnswer, known: MediaAnswer) -> dict[str, Any]:
    return {
        "query": _side(query),
        "known": _side(known),
        "segments": [_segment(each) for each in match.segments],
        "evidence": [_evidence(each) for each in match.evidence],
    }


def _side(item: MediaAnswer) -> dict[str, Any]:
    return {
        "id": item.id,
        "kind": item.kind.value,
        "durationMs": item.duration_ms or 0,
        "width": item.width or 16,
        "height": item.height or 9,
    }


def _segment(segment: Segment) -> dict[str, Any]:
    done = {each.kind for each in segment.transforms}
    return {
        "query": [segment.query.start_ms, segment.query.end_ms],
        "known": [segment.known.start_ms, segment.known.end_ms],
        "reversed": "reversed" in done,
        "mirrored": "mirror" in done,
        "sound": segment.modality == "audio",
    }


def _evidence(pair: EvidenceItem) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "queryMs": pair.query_ms,
        "knownMs": pair.known_ms,
        "mirrored": pair.mirrored,
    }
    if pair.placement is None:
        return shown
    as_it_is = unmirrored(pair.placement, mirrored=pair.mirrored)
    shown |= {"placement": pair.placement, "knownRegion": outline(as_it_is)}
    try:
        shown["queryRegion"] = outline(inverse(as_it_is))
    except ValueError:  # it lies on a line: there is no region to draw
        return shown
    return shown
