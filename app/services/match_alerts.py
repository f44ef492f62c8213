"""Alerts for a new pair: of what was just searched for, or of an earlier item that it explains."""

from typing import Any

from sqlalchemy.orm import Session

from app import db
from app.core.policy import WHOLE, Relation
from app.db.matches import StoredMatch
from app.schemas.enums import EventType, MatchFound, Shelf, VerificationStatus
from app.schemas.record_enums import AttentionReason
from app.services import attention, events
from app.services.known import known_since

_SEEN_FROM_THE_OTHER = {
    Relation.EXCERPT: Relation.CONTAINS,
    Relation.CONTAINS: Relation.EXCERPT,
    Relation.COMPILATION: Relation.EXCERPT,
}


def told(row: StoredMatch, against: Shelf, known_status: str | None) -> dict[str, Any]:
    """What an event says of a match."""
    transforms = {each["kind"] for segment in row.segments for each in segment["transforms"]}
    return {
        "match_id": row.id,
        "known_id": row.known_media_id,
        "score": row.confidence,
        "grade": row.grade,
        "relation": row.relation,
        "transforms": sorted(transforms),
        "coverage_q": row.coverage_query,
        "coverage_r": row.coverage_known,
        "segments_n": len(row.segments),
        "known_status": known_status,
        "against": against,
    }


def raise_for(session: Session, match: StoredMatch, found: dict[str, Any]) -> None:
    """Publish the alert of a new match; `found` is what `told` gives of it.

    Where what became known later explains an earlier item, the alert is `match.found_retroactively`
    about that item, and its record is marked to be looked at again.
    """
    query, known = match.query_media_id, match.known_media_id
    if match.found is MatchFound.RETROACTIVE:
        _tell_of_the_past(session, query, known, found)
    elif _explains_a_verdict(session, query, known):
        _tell_of_the_past(session, known, query, _seen_from_the_other(session, match, found))
    else:
        events.publish(session, EventType.MATCH_FOUND, query, found)


def _explains_a_verdict(session: Session, query: str, known: str) -> bool:
    """Whether what became known shows an item that was here before, and that somebody looked into."""
    since = known_since(session, query)
    here = db.known.first_seq(session, db.fingerprints.numbers_of(session, known))
    if since is None or here is None or since <= here:
        return False
    if db.media.find(session, known) is None or db.collections.in_common(session, [query]):
        return False
    status = _status(session, known)
    if status is VerificationStatus.VOID:
        return False
    return status is not VerificationStatus.UNREVIEWED or _was_published(session, known)


def _seen_from_the_other(
    session: Session, match: StoredMatch, found: dict[str, Any]
) -> dict[str, Any]:
    """Turn what is said of a match round; what was done to the picture stays as it was found."""
    relation = _SEEN_FROM_THE_OTHER.get(match.relation, match.relation)
    if match.relation is Relation.COMPILATION and match.coverage_known < WHOLE:
        relation = Relation.EDITED
    query = match.query_media_id
    return found | {
        "known_id": query,
        "against": Shelf.KNOWN,  # of which `found` says where the older one is
        "relation": relation,
        "coverage_q": match.coverage_known,
        "coverage_r": match.coverage_query,
        "known_status": _status(session, query),
    }


def _tell_of_the_past(session: Session, older: str, known: str, found: dict[str, Any]) -> None:
    """Tell that what became known later explains an older item, whose status stays."""
    past = {
        "older_media_id": older,
        "older_uploaded_at": _item(session, older).received_at.isoformat(),
        "older_status": _status(session, older),
        "was_published": _was_published(session, older),
    }
    events.publish(session, EventType.MATCH_FOUND_RETROACTIVELY, older, found | past)
    detail = {"match_id": found["match_id"], "known_media_id": known}
    attention.open(session, older, AttentionReason.RETROACTIVE_MATCH, detail)


def _status(session: Session, media_id: str) -> VerificationStatus:
    return db.processing.statuses(session, [media_id])[media_id]


def _was_published(session: Session, media_id: str) -> bool:
    return db.publications.of_media(session, media_id) is not None


def _item(session: Session, media_id: str) -> db.media.Media:
    item = db.media.find(session, media_id)
    if item is None:
        raise LookupError(f"{media_id} is gone: nothing more is found for it.")
    return item
