"""Publish a record, correct what was published, withdraw it, and take it away by law.

Every revision is kept as it went out. A change of a published verdict goes out by itself, in the
transaction that makes it; anything else takes an editor who publishes anew.
"""

import base64
import secrets
from collections.abc import Sequence

from sqlalchemy.orm import Session

from app import db
from app.access import Actor
from app.db.publications import Publication, PublishedRevision
from app.db.verifications import Verification
from app.errors import Conflict, Gone
from app.schemas.enums import EventType, HistoryAction, VerificationStatus
from app.schemas.publications import (
    Desk,
    PublicationChoices,
    PublicationRequest,
    PublicReview,
)
from app.schemas.record_enums import PublicationState
from app.services import (
    audit,
    concluding,
    events,
    public_review,
    public_revisions,
    public_terms,
    publication_rules,
    verifications,
)
from app.services.public_review import Standing
from app.services.publication_rules import PUBLISHABLE, Wish

WITHDRAWN_WORDING = "This review is withdrawn: do not rely on what it said."
_SLUG_BYTES = 10


def publish(
    session: Session, record: Verification, request: PublicationRequest, desk: Desk, actor: Actor
) -> PublicReview:
    """Publish a record (from `verifications.take`), or what is public of it anew.

    Refused with everything missing at once; a restricted term anywhere is `RestrictedTerm`.
    """
    concluding.refuse_machines(actor)
    there = db.publications.of_media(session, record.media_id)
    last = public_revisions.newest(session, there)
    wish = public_revisions.wish_of(request, record, last)
    if there is None:
        there = Publication(media_id=record.media_id, slug=_slug(), version=0)
    if there.tombstoned_at is not None:
        raise Gone("What was public of this was taken away by law.", at=there.tombstoned_at)
    terms = public_terms.of(session, record.media_id)
    standing = public_revisions.following(there, last, desk, wish.correction_text, terms)
    review = public_review.compiled(session, record, wish.choices, standing)
    lacking = publication_rules.missing(session, record, wish, last)
    publication_rules.refuse(lacking, public_terms.held(terms, review))
    if last is not None and public_revisions.is_same(last, review):
        raise Conflict("Exactly this is public already.", version=last.version)
    there.choices = wish.choices.model_dump(mode="json", exclude_defaults=True)
    _put_out(session, record, there, review, actor)
    return review


def follow(session: Session, record: Verification, actor: Actor) -> None:
    """Tell the public of a change of a verdict that it was told: a withdrawal, or another verdict.

    Called where a status has just changed. What the change lacks to go out refuses the change, and
    so do restricted terms in its own words; what was public before goes on without such terms.
    """
    there = db.publications.of_media(session, record.media_id)
    last = public_revisions.newest(session, there)
    if there is None or last is None or record.status is last.status:
        return
    terms = public_terms.of(session, record.media_id)
    wish = Wish(_carried_over(there, terms), record.correction_text)
    standing = public_revisions.following(there, last, last.desk, wish.correction_text, terms)
    lacking: list[str] = []
    if record.status is VerificationStatus.WITHDRAWN:
        review = _withdrawn(record, last, standing)
    elif (
        publication_rules.is_correction(record, wish.choices, last) and record.status in PUBLISHABLE
    ):
        review = public_review.compiled(session, record, wish.choices, standing)
        lacking = publication_rules.missing(session, record, wish, last)
    else:
        return
    review = public_terms.without(terms, review)
    publication_rules.refuse(lacking, public_terms.held(terms, review))
    there.choices = wish.choices.model_dump(mode="json", exclude_defaults=True)
    _put_out(session, record, there, review, actor)


def tombstone(session: Session, record: Verification, actor: Actor) -> None:
    """Take a review away for good, by law: its address says so, and no revision has its content."""
    there = db.publications.of_media(session, record.media_id)
    if there is None or there.tombstoned_at is not None:
        return
    there.tombstoned_at = db.now()
    session.flush()
    db.publications.empty(session, record.media_id)
    record.publication = PublicationState.TOMBSTONED
    details = {"revision": there.version}
    verifications.change(session, record, actor, HistoryAction.REVIEW_TOMBSTONED, details)
    _vouch(session, actor, HistoryAction.REVIEW_TOMBSTONED, there)
    for emptied in db.publications.revisions(session, record.media_id):
        _vouch(session, actor, HistoryAction.REVIEW_TOMBSTONED, emptied)
    _tell(session, EventType.REVIEW_TOMBSTONED, there, actor)


def _carried_over(there: Publication, terms: Sequence[str]) -> PublicationChoices:
    """What was chosen for the last verdict and holds for the next one, too."""
    chosen = public_terms.chosen_without(terms, PublicationChoices.model_validate(there.choices))
    left = {"codes", "method_statement", "original_context", "original_link"}
    return chosen.model_copy(update=dict.fromkeys(left))


def _withdrawn(record: Verification, last: PublicReview, standing: Standing) -> PublicReview:
    """What is left of a review that is taken back: which file it was about, and why it was."""
    return PublicReview(
        url=standing.url,
        desk=standing.desk,
        version=standing.version,
        published_at=standing.published_at,
        updated_at=standing.updated_at,
        status=record.status,
        wording=record.public_wording or WITHDRAWN_WORDING,
        description=last.description,
        creator=last.creator,
        appearances=tuple(each.model_copy(update={"clips": ()}) for each in last.appearances),
        corrections=standing.corrections,
    )


def _put_out(
    session: Session,
    record: Verification,
    there: Publication,
    review: PublicReview,
    actor: Actor,
) -> None:
    content = review.model_dump(mode="json")
    state = _state(review)
    there.url, there.version = review.url, review.version
    there.published_at, there.updated_at = review.published_at, review.updated_at
    session.add(there)
    session.flush()
    revision = PublishedRevision(
        media_id=record.media_id,
        version=review.version,
        state=state,
        at=review.updated_at,
        by_id=actor.id,
        by_name=actor.name,
        digest=public_revisions.digest(content),
        review=content,
    )
    session.add(revision)
    record.publication = state
    is_corrected = bool(review.corrections) and review.corrections[-1].at == review.updated_at
    action = HistoryAction.REVIEW_CORRECTED if is_corrected else HistoryAction.REVIEW_PUBLISHED
    details = {"revision": review.version, "status": review.status.value, "digest": revision.digest}
    verifications.change(session, record, actor, action, details)
    kind = EventType.REVIEW_CORRECTED if is_corrected else EventType.REVIEW_PUBLISHED
    _vouch(session, actor, action, there)
    _vouch(session, actor, action, revision)
    _tell(session, kind, there, actor)


def _vouch(
    session: Session, actor: Actor, action: HistoryAction, row: Publication | PublishedRevision
) -> None:
    # Each row alone: what the law takes away is erased row by row.
    audit.written(session, actor, f"record.{action}", row, media_id=row.media_id)


def _tell(session: Session, kind: EventType, there: Publication, actor: Actor) -> None:
    data = {"url": there.url, "version": there.version, "actor_kind": actor.kind}
    events.publish(session, kind, there.media_id, data)


def _state(review: PublicReview) -> PublicationState:
    if review.status is VerificationStatus.WITHDRAWN:
        return PublicationState.WITHDRAWN
    return PublicationState.CORRECTED if review.corrections else PublicationState.PUBLISHED


def _slug() -> str:
    """An address that tells nothing and that nobody guesses."""
    return base64.b32encode(secrets.token_bytes(_SLUG_BYTES)).decode().lower()
