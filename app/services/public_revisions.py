"""Revisions of a public review: the newest, where the next one stands, whether two say the same."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from app import db
from app.db.publications import Publication
from app.db.verifications import Verification
from app.schemas.enums import VerificationStatus
from app.schemas.publications import (
    Correction,
    Desk,
    PublicationChoices,
    PublicationRequest,
    PublicReview,
)
from app.services import public_terms
from app.services.public_review import Standing
from app.services.publication_rules import Wish


def wish_of(request: PublicationRequest, record: Verification, last: PublicReview | None) -> Wish:
    """What a request asks for: choices that stay, and a correction for once.

    What follows a withdrawal comes with the words that its verdict was given with.
    """
    given = request.model_dump(exclude={"correction_text"}, exclude_unset=True)
    is_withdrawn = last is not None and last.status is VerificationStatus.WITHDRAWN
    words = record.correction_text if is_withdrawn else None
    return Wish(PublicationChoices.model_validate(given), request.correction_text or words)


def newest(session: Session, there: Publication | None) -> PublicReview | None:
    """What the public reads now, if it reads anything."""
    if there is None or there.tombstoned_at is not None:
        return None
    return PublicReview.model_validate(db.publications.newest(session, there).review)


def following(
    there: Publication,
    last: PublicReview | None,
    desk: Desk,
    correction_text: str | None,
    terms: Sequence[str],
) -> Standing:
    """Where the next revision stands; earlier corrections are told without restricted terms."""
    at = db.now()
    corrections = public_terms.corrections_without(terms, last.corrections if last else ())
    if last and correction_text:
        corrections = (*corrections, Correction(text=correction_text, at=at))
    return Standing(
        url=address(desk, there.slug),
        desk=desk,
        version=there.version + 1,
        published_at=last.published_at if last else at,
        updated_at=at,
        corrections=corrections,
    )


def address(desk: Desk, slug: str) -> str:
    """Where a review is public."""
    return f"{desk.url}/public/reviews/{slug}"


def is_same(one: PublicReview, other: PublicReview) -> bool:
    """Whether two revisions say the same."""
    aside = {"version", "published_at", "updated_at"}
    return one.model_dump(exclude=aside) == other.model_dump(exclude=aside)


def digest(content: dict[str, Any]) -> str:
    """SHA-256 of a review's JSON: sorted names, no spaces, UTF-8."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
