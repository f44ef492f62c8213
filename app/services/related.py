"""Related verdicts: what was said of items that share footage with this one. Nothing is inherited.

An item is related when it matches this one, or when both match the same third item in stretches
that overlap: two uploads of one archive clip need not match each other.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from app import db
from app.core.matches import HEARD, SEEN
from app.db.related import Link
from app.schemas.enums import VerificationStatus
from app.schemas.matches import Segment, Span
from app.schemas.related import RelatedSegment, RelatedVerdict, Through

LINKS_MAX = 50
VERDICTS_MAX = 50
SAID = (
    VerificationStatus.UNVERIFIED,
    VerificationStatus.PARTLY_VERIFIED,
    VerificationStatus.VERIFIED,
    VerificationStatus.MISLEADING,
    VerificationStatus.FABRICATED,
    VerificationStatus.WITHDRAWN,
)
REVERSED = "reversed"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of one item and the stretch of another that shows the same."""

    near: Span
    far: Span
    seen: bool = True
    heard: bool = False
    backwards: bool = False

    def shares(self, other: "Stretch") -> Span | None:
        """What `far` here and `near` there have in common, where both are seen or both heard."""
        is_alike = (self.seen and other.seen) or (self.heard and other.heard)
        return overlap(self.far, other.near) if is_alike else None

    def turned(self) -> "Stretch":
        """Exchange `near` and `far`: the pair of stretches as the other item sees it."""
        return replace(self, near=self.far, far=self.near)


def verdicts(session: Session, media_id: str) -> list[RelatedVerdict]:
    """What the desk said of up to 50 related items, those that match this one first."""
    # By the verdicts, too: of what a much used clip is found in, most was looked into by nobody.
    direct = db.related.links(session, {media_id}, LINKS_MAX, SAID)
    between = db.related.links(session, {media_id}, LINKS_MAX)
    known = {link.far_id for link in between}
    further = db.related.links(session, known, LINKS_MAX, SAID, without={media_id})
    ids = {link.far_id for link in (*direct, *further)}
    standings = db.related.standings(session, ids, SAID) if ids else {}
    found: dict[str, RelatedVerdict] = {}
    for way in (*((link,) for link in direct), *_ways(between, further)):
        other = way[-1].far_id
        if other in standings and other not in found and (shared := _shared(way)):
            found[other] = _verdict(way, standings[other], shared)
    return list(found.values())[:VERDICTS_MAX]


def overlap(one: Span, other: Span) -> Span | None:
    """What two stretches of one item have in common; a still is a moment."""
    start, end = max(one.start_ms, other.start_ms), min(one.end_ms, other.end_ms)
    is_moment = one.start_ms == one.end_ms or other.start_ms == other.end_ms
    return Span(start_ms=start, end_ms=end) if start < end + is_moment else None


def carried(part: Span, stretch: Stretch) -> Span:
    """The part of `stretch.near` that shows `part` of `stretch.far`, at an even speed."""
    length = stretch.far.end_ms - stretch.far.start_ms
    if length <= 0:
        return stretch.near
    scale = (stretch.near.end_ms - stretch.near.start_ms) / length
    start, end = ((each - stretch.far.start_ms) * scale for each in (part.start_ms, part.end_ms))
    if stretch.backwards:
        start, end = length * scale - end, length * scale - start
    first = stretch.near.start_ms
    return Span(start_ms=first + round(start), end_ms=first + round(end))


def _ways(direct: list[Link], further: list[Link]) -> Iterator[tuple[Link, ...]]:
    for first in direct:
        for second in further:
            if second.near_id == first.far_id:
                yield first, second


def _shared(way: tuple[Link, ...]) -> list[RelatedSegment]:
    first = _stretches(way[0])
    if len(way) == 1:
        return [RelatedSegment(own=each.near, other=each.far) for each in first]
    return [
        RelatedSegment(own=carried(part, own), other=carried(part, other.turned()))
        for own in first
        for other in _stretches(way[1])
        if (part := own.shares(other)) is not None
    ]


def _stretches(link: Link) -> list[Stretch]:
    segments = [Segment.model_validate(each) for each in link.segments]
    return [
        Stretch(
            near=each.query if link.near_is_query else each.known,
            far=each.known if link.near_is_query else each.query,
            seen=each.modality in SEEN,
            heard=each.modality in HEARD,
            backwards=any(done.kind == REVERSED for done in each.transforms),
        )
        for each in segments
    ]


def _verdict(
    way: tuple[Link, ...], standing: db.related.Standing, shared: list[RelatedSegment]
) -> RelatedVerdict:
    first, last = way[0], way[-1]
    through = None
    if last is not first:
        through = Through(media_id=last.near_id, match_id=last.match_id, relation=last.relation)
    kinds = {done["kind"] for link in way for each in link.segments for done in each["transforms"]}
    return RelatedVerdict(
        media_id=last.far_id,
        title=standing.title,
        kind=standing.kind,
        status=standing.status,
        match_id=first.match_id,
        relation=first.relation,
        grade=first.grade,
        transforms=sorted(kinds),
        segments=shared,
        through=through,
        links={
            "verification": f"/v1/media/{last.far_id}/verification",
            "match": f"/v1/matches/{first.match_id}",
        },
    )
