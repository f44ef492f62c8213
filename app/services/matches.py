"""Matches: machines store them, people read and judge them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy.orm import Session

from app import db
from app.access import Actor
from app.core.policy import Note
from app.db.matches import StoredMatch
from app.db.verifications import Verification
from app.errors import Conflict, Forbidden, NotFound
from app.schemas.enums import EventType, HistoryAction, Shelf
from app.schemas.matches import (
    Coverage,
    Engine,
    Evidence,
    EvidenceItem,
    MatchItem,
    MatchPage,
    Review,
    ReviewRequest,
    Segment,
    SideItem,
)
from app.schemas.searches import Searched
from app.services import events, explained, match_sides, notes, tombstones, verifications


class _Found(Protocol):
    """What is read of a match of the core."""

    @property
    def segments(self) -> Sequence[object]: ...

    @property
    def evidence(self) -> Sequence[object]: ...


@dataclass(frozen=True, slots=True)
class StoredShapes:
    """A match's segments and evidence as the tables hold them."""

    segments: list[dict[str, Any]]
    evidence: list[dict[str, Any]]


def to_stored(match: _Found) -> StoredShapes:
    """The core's segments and evidence as JSON, in the shapes that readers are given."""
    return StoredShapes(
        segments=[Segment.model_validate(each).model_dump(mode="json") for each in match.segments],
        evidence=[Evidence.model_validate(each).model_dump(mode="json") for each in match.evidence],
    )


def listed(
    session: Session, wanted: db.matches.MatchFilter, limit: int, cursor: str | None
) -> MatchPage:
    """One page of an item's matches, and against what the item was searched."""
    item = db.media.find(session, wanted.media_id)
    if item is None:
        raise tombstones.missing(session, wanted.media_id)
    page = db.matches.page(session, wanted, limit, cursor)
    search = db.searches.of_media(session, wanted.media_id)
    return MatchPage(
        items=_items(session, page.items),
        next=page.next,
        searched=Searched.model_validate(search) if search else None,
        explained=explained.of_item(session, item) if search else None,
    )


def read(session: Session, match_id: str) -> MatchItem:
    """One match."""
    return _items(session, [_find(session, match_id)])[0]


def review(session: Session, match_id: str, request: ReviewRequest, actor: Actor) -> MatchItem:
    """Store what a person says of a match, in the history of the query's record too.

    A later review replaces the decision; the history keeps both.
    """
    if actor.is_machine:
        raise Forbidden("Machines find; people conclude. Use the key of a person.")
    # The record is what two reviewers wait for; only its holder reads the decision there was.
    seen = _find(session, match_id)
    record = verifications.take(session, seen.query_media_id)
    session.expire(seen)
    match = _find(session, match_id)
    if match.preliminary:
        raise Conflict(
            "This match is preliminary: a first look found it. Review it once its item is `ready`."
        )
    if match.invalidated_at is not None:
        raise Conflict("The known item of this match was purged: there is nothing to compare.")
    said = Review(decision=request.decision, by=actor.name, at=db.now())
    noted: dict[str, Any] = {}
    if request.note:
        noted["note_id"] = notes.write(session, record.media_id, request.note, actor).id
    return let_stand(session, record, match, said, actor, **noted)


def let_stand(
    session: Session,
    record: Verification,
    match: StoredMatch,
    said: Review,
    actor: Actor,
    **more: Any,
) -> MatchItem:
    """Let a decision, or none, stand on a match by what `actor` did; history and events have it.

    `more` is added to the entry of the query's record, which the caller has taken.
    """
    details = {
        "match_id": match.id,
        "known_media_id": match.known_media_id,
        "relation": match.relation.value,
        "decision": said.decision.value if said.decision else None,
        "previous": match.decision.value if match.decision else None,
        **more,
    }
    match.decision, match.decided_by, match.decided_at = said.decision, said.by, said.at
    verifications.change(session, record, actor, HistoryAction.MATCH_REVIEWED, details)
    data = {
        "match_id": match.id,
        "known_id": match.known_media_id,
        "decision": said.decision,
        "relation": match.relation,
        "actor_kind": actor.kind,
    }
    events.publish(session, EventType.MATCH_REVIEWED, match.query_media_id, data)
    return read(session, match.id)


def _find(session: Session, match_id: str) -> StoredMatch:
    match = db.matches.find(session, match_id)
    if match is None:
        raise NotFound("There is no such match.")
    return match


def _items(session: Session, matches: list[StoredMatch]) -> list[MatchItem]:
    ends = {end for match in matches for end in (match.query_media_id, match.known_media_id)}
    shown = match_sides.of(session, ends)
    known = db.shelves.known_among(session, ends)
    return [
        _item(match, shown, Shelf.KNOWN if match.known_media_id in known else Shelf.UPLOAD)
        for match in matches
    ]


def _item(match: StoredMatch, shown: Mapping[str, SideItem], against: Shelf) -> MatchItem:
    return MatchItem(
        id=match.id,
        query_media_id=match.query_media_id,
        known_media_id=match.known_media_id,
        against=against,
        relation=match.relation,
        grade=match.grade,
        confidence=match.confidence,
        coverage=Coverage(query=match.coverage_query, known=match.coverage_known),
        segments=[Segment.model_validate(each) for each in match.segments],
        evidence=[_evidence(match, number) for number in range(len(match.evidence))],
        notes=[Note(each) for each in match.notes],
        query=shown[match.query_media_id],
        known=shown[match.known_media_id],
        review=Review(decision=match.decision, by=match.decided_by, at=match.decided_at),
        found=match.found,
        preliminary=match.preliminary,
        invalidated_at=match.invalidated_at,
        found_at=match.found_at,
        engine=Engine(algorithm=match.algorithm, version=match.engine_version),
        links={
            "self": f"/v1/matches/{match.id}",
            "review": f"/v1/matches/{match.id}/review",
            "sheet": f"/v1/matches/{match.id}/sheet",
            "query": f"/v1/media/{match.query_media_id}",
            "known": f"/v1/media/{match.known_media_id}",
        },
    )


def _evidence(match: StoredMatch, number: int) -> EvidenceItem:
    evidence = Evidence.model_validate(match.evidence[number])
    own = f"/v1/matches/{match.id}/evidence/{number}"
    links = {
        "query": f"/v1/media/{match.query_media_id}/stills/at/{evidence.query_ms}",
        "known": f"/v1/media/{match.known_media_id}/stills/at/{evidence.known_ms}",
        "query_drawn": f"{own}/query",
        "known_drawn": f"{own}/known",
    }
    if evidence.placement is not None:
        links["difference"] = f"{own}/difference"
    return EvidenceItem(**evidence.model_dump(), links=links)
