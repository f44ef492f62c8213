"""What publishing takes: everything that is missing, each thing named."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app import db
from app.db.verifications import Verification
from app.errors import MissingRequirements, RestrictedTerm
from app.schemas.enums import AuthenticityCode, VerificationStatus
from app.schemas.privacy_enums import SensitivityFlag
from app.schemas.publications import PublicationChoices, PublicReview
from app.services import public_review, sensitivity
from app.services.requirements import FABRICATED_CODES, MISLEADING_CODES, NOT_ORIGINAL
from app.services.transition_table import VERDICTS

PUBLISHABLE = (VerificationStatus.UNVERIFIED, *VERDICTS)
PROTECTED = {SensitivityFlag.POW, SensitivityFlag.MINOR, SensitivityFlag.SOURCE_AT_RISK}
_CODES_OF = {
    VerificationStatus.MISLEADING: MISLEADING_CODES,
    VerificationStatus.FABRICATED: FABRICATED_CODES,
}
_AUTHENTIC = (VerificationStatus.VERIFIED, VerificationStatus.PARTLY_VERIFIED)
_CONTRADICTING = {*FABRICATED_CODES, AuthenticityCode.DECONTEXTUALIZED}


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be published: choices, and the correction where an earlier revision was wrong."""

    choices: PublicationChoices
    correction_text: str | None = None


def missing(
    session: Session, record: Verification, wish: Wish, last: PublicReview | None
) -> list[str]:
    """Everything that publishing `record` takes and that is not there; `last` is public now."""
    choices = wish.choices
    protected = PROTECTED & sensitivity.flags(session, record.media_id)
    reviewed = db.sensitivity.review_of(session, record.media_id) is not None
    own = {claim.id for claim in db.claims.of_media(session, record.media_id)}
    takes = {
        f"status: one of {', '.join(PUBLISHABLE)}": record.status in PUBLISHABLE,
        "public_wording: what may be said, given with the status": bool(record.public_wording),
        "sensitivity: reviewed by a person": reviewed,
        f"public_interest_reason: because of {', '.join(sorted(protected))}": (
            not protected or bool(choices.public_interest_reason)
        ),
        **_codes(record, choices),
        "claims: each a claim of this record": set(choices.claims or ()) <= own,
        "correction_text: what is corrected, in public words": (
            not is_correction(record, choices, last) or bool(wish.correction_text)
        ),
    }
    return [text for text, is_met in takes.items() if not is_met]


def is_correction(
    record: Verification, choices: PublicationChoices, last: PublicReview | None
) -> bool:
    """Whether the public was told another verdict, of other codes or another context.

    That there is none is no verdict.
    """
    if last is None or last.status not in VERDICTS:
        return False
    codes, context = public_review.codes(record, choices), public_review.context(record, choices)
    now = (record.status, set(codes), context)
    return now != (last.status, set(last.codes), last.original_context)


def _codes(record: Verification, choices: PublicationChoices) -> dict[str, bool]:
    """What the codes to publish take: they say what two people approved, and not the opposite."""
    codes = set(public_review.codes(record, choices))
    approved = record.authenticity_codes or []
    needed = _CODES_OF.get(record.status, ())
    contradicting = ", ".join(sorted(_CONTRADICTING))
    return {
        "codes: none while nothing is verified": (
            record.status is not VerificationStatus.UNVERIFIED or not choices.codes
        ),
        f"codes: none but {', '.join(approved)}, which the verdict was given with": (
            not approved or codes <= set(approved)
        ),
        f"codes: {' or '.join(needed)} among them": not needed or bool(codes & set(needed)),
        f"codes: {record.status} contradicts {contradicting}": (
            bool(approved) or record.status not in _AUTHENTIC or not codes & _CONTRADICTING
        ),
        f"codes: {AuthenticityCode.ORIGINAL} contradicts {', '.join(sorted(NOT_ORIGINAL))}": (
            AuthenticityCode.ORIGINAL not in codes or not codes & NOT_ORIGINAL
        ),
        "original_context: what it really shows": (
            AuthenticityCode.DECONTEXTUALIZED not in codes
            or bool(public_review.context(record, choices))
        ),
    }


def refuse(lacking: list[str], held: dict[str, list[str]]) -> None:
    """Refuse what lacks something or would tell what is restricted, naming all of it at once."""
    if held:
        detail = (
            "Public texts hold terms that are restricted for this item; `restricted` says where."
        )
        raise RestrictedTerm(detail, restricted=held, missing=lacking)
    if lacking:
        raise MissingRequirements("Publishing takes more; `missing` names each.", missing=lacking)
