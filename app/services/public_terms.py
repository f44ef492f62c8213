"""Restricted terms and public reviews: where a review holds some, and what is left of it without.

What goes out by itself leaves out what holds one; words that somebody gives anew are refused.
"""

from collections.abc import Sequence

from pydantic import BaseModel
from sqlalchemy.orm import Session

from app import db
from app.core.policy import Relation
from app.schemas.publications import Correction, PublicationChoices, PublicReview
from app.services import restricted_terms

REMOVED = "The text of this correction was removed."
# Ours, or without words.
_SAFE = {"url", "desk", "version", "published_at", "updated_at", "status", "codes"}
_CHOSEN = ("description", "creator", "content_url", "archive_url")
_OWN = ("original_link", "description", "creator")
_OF_FILE = ("content_url", "archive_url")


def of(session: Session, media_id: str) -> list[str]:
    """The restricted terms of an item and of its copies."""
    copies = [
        match.known_media_id if match.query_media_id == media_id else match.query_media_id
        for match in db.matches.confirmed(session, media_id)
        if match.relation is not Relation.LEAD
    ]
    return [
        term for each in (media_id, *copies) for term in db.restricted_terms.of_media(session, each)
    ]


def held(terms: Sequence[str], review: PublicReview) -> dict[str, list[str]]:
    """The fields of a review that hold some of these terms, and which."""
    fields = review.model_dump(mode="json", exclude=_SAFE)
    found = {name: restricted_terms.matching(terms, text) for name, text in _texts(fields)}
    return {name: sorted(set(those)) for name, those in found.items() if those}


def chosen_without(terms: Sequence[str], choices: PublicationChoices) -> PublicationChoices:
    """What was chosen for a review, less the texts that hold a term."""
    return choices.model_copy(update=_emptied(terms, choices, _CHOSEN))


def corrections_without(
    terms: Sequence[str], corrections: Sequence[Correction]
) -> tuple[Correction, ...]:
    """Corrections, each with its date; a text that holds a term gives way to a fixed sentence."""
    return tuple(
        each.model_copy(update={"text": REMOVED}) if _holds(terms, each.text) else each
        for each in corrections
    )


def without(terms: Sequence[str], review: PublicReview) -> PublicReview:
    """A review less what it can do without and what holds a term.

    Its wording, its context and its corrections stay as they are.
    """
    kept = {
        "checks": tuple(
            each.model_copy(
                update={"methods": tuple(m for m in each.methods if not _holds(terms, m))}
            )
            for each in review.checks
        ),
        "appearances": tuple(
            each.model_copy(update=_emptied(terms, each, _OF_FILE)) for each in review.appearances
        ),
        "claims": tuple(each for each in review.claims if not _holds(terms, each)),
        "citations": tuple(each for each in review.citations if not _holds(terms, each)),
    }
    return review.model_copy(update={**kept, **_emptied(terms, review, _OWN)})


def _emptied(terms: Sequence[str], part: BaseModel, names: Sequence[str]) -> dict[str, None]:
    return {name: None for name in names if _holds(terms, getattr(part, name))}


def _holds(terms: Sequence[str], part: BaseModel | str | None) -> bool:
    fields = part.model_dump(mode="json") if isinstance(part, BaseModel) else part
    return any(restricted_terms.matching(terms, text) for _, text in _texts(fields))


def _texts(fields: object, where: str = "") -> list[tuple[str, str]]:
    """Every text in some fields, and where it stands."""
    if isinstance(fields, str):
        return [(where, fields)]
    if isinstance(fields, dict):
        named = [(f"{where}.{name}".lstrip("."), each) for name, each in fields.items()]
    elif isinstance(fields, list):
        named = [(f"{where}[{number}]", each) for number, each in enumerate(fields)]
    else:
        return []
    return [found for place, each in named for found in _texts(each, place)]
