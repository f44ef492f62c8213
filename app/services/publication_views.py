"""What is published, as it is read: by the desk with its past and its next revision, by the public."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app import db
from app.db.publications import Publication, PublishedRevision
from app.db.verifications import Verification
from app.errors import Gone, NotFound
from app.schemas.publications import (
    Desk,
    PublicationAnswer,
    PublicationChoices,
    PublicationRequest,
    PublicReview,
    Revision,
)
from app.services import (
    public_review,
    public_revisions,
    public_terms,
    publication_rules,
    tombstones,
    verifications,
)

UNNAMED = "address-given-at-first-publication"


@dataclass(frozen=True, slots=True)
class Next:
    """The revision that publishing now would put out, and what stands against it."""

    missing: list[str]
    restricted: dict[str, list[str]]
    review: PublicReview


@dataclass(frozen=True, slots=True)
class PublicPage:
    """Some reviews as the public reads them, and the cursor of those after them."""

    reviews: list[PublicReview]
    next: str | None


def state(session: Session, media_id: str) -> PublicationAnswer:
    """What is published of a record, every revision, and whether the record has moved on."""
    record = verifications.find(session, media_id)
    there = db.publications.of_media(session, media_id)
    own = f"/v1/media/{media_id}/verification"
    links = {"preview": f"{own}/publication/preview", "verification": own}
    if there is not None:
        links |= {"public": there.url, "document": f"{there.url}.jsonld"}
    return PublicationAnswer(
        media_id=media_id,
        state=record.publication,
        version=there.version if there else 0,
        url=there.url if there else None,
        choices=PublicationChoices.model_validate(there.choices) if there else None,
        outdated=_is_outdated(session, record, there),
        revisions=[_revision(each) for each in db.publications.revisions(session, media_id)],
        links={"self": f"{own}/publication", **links},
    )


def preview(
    session: Session, media_id: str, request: PublicationRequest | None, desk: Desk
) -> Next:
    """What publishing with `request` would put out, or with what was chosen last; changes nothing."""
    record = verifications.find(session, media_id)
    if db.media.find(session, media_id) is None:
        raise tombstones.missing(session, media_id)
    there = db.publications.of_media(session, media_id)
    last = public_revisions.newest(session, there)
    if request is None:
        request = PublicationRequest.model_validate(there.choices if there else {})
    wish = public_revisions.wish_of(request, record, last)
    there = there or Publication(media_id=media_id, slug=UNNAMED, version=0)
    terms = public_terms.of(session, media_id)
    standing = public_revisions.following(there, last, desk, wish.correction_text, terms)
    review = public_review.compiled(session, record, wish.choices, standing)
    return Next(
        publication_rules.missing(session, record, wish, last),
        public_terms.held(terms, review),
        review,
    )


def public(session: Session, slug: str) -> PublicReview:
    """The review at a public address; Gone after a legal purge."""
    there = db.publications.by_slug(session, slug)
    if there is None:
        raise NotFound("There is no such review.")
    review = public_revisions.newest(session, there)
    if review is None:
        raise Gone("This review was taken away.", at=there.tombstoned_at)
    return review


def public_page(session: Session, limit: int, cursor: str | None) -> PublicPage:
    """One page of what the public can read, last changed first."""
    page = db.publications.page(session, limit, cursor)
    return PublicPage([PublicReview.model_validate(each.review) for each in page.items], page.next)


def _is_outdated(session: Session, record: Verification, there: Publication | None) -> bool:
    last = public_revisions.newest(session, there)
    if there is None or last is None or record.status not in publication_rules.PUBLISHABLE:
        return False
    if db.media.find(session, record.media_id) is None:  # purged: what is public of it stays
        return False
    choices = PublicationChoices.model_validate(there.choices)
    terms = public_terms.of(session, record.media_id)
    standing = public_revisions.following(there, last, last.desk, None, terms)
    now = public_review.compiled(session, record, choices, standing)
    return not public_revisions.is_same(last, now)


def _revision(stored: PublishedRevision) -> Revision:
    return Revision(
        version=stored.version,
        state=stored.state,
        at=stored.at,
        by=stored.by_name,
        digest=stored.digest,
        review=PublicReview.model_validate(stored.review) if stored.review else None,
    )
