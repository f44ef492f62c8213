"""The record page's values: pillars with their findings, and ways on with what each still takes."""

from dataclasses import dataclass

from app.schemas.enums import AuthenticityCode, ReasonCode, VerificationStatus
from app.schemas.finding_enums import Pillar
from app.schemas.findings import FindingItem
from app.schemas.verifications import LegalTransition
from app.services.record_page import RecordPage
from app.services.requirements import FABRICATED_CODES, MISLEADING_CODES
from app.services.transition_table import APPROVAL, VOID_REASONS, WITHDRAWAL_REASONS

_FIELDS = (
    "assignee",
    "reason_code",
    "duplicate_of",
    "missing",
    "public_wording",
    "correction_text",
    "authenticity_codes",
    "original_context",
    "evidence",
    "conflict_note",
)
"""What a form of a transition can ask for; what else is missing is done elsewhere on the page."""

_ALSO = {
    VerificationStatus.VERIFIED: ("public_wording", "authenticity_codes"),
    VerificationStatus.MISLEADING: ("public_wording",),
    VerificationStatus.FABRICATED: ("public_wording", "original_context"),
    VerificationStatus.PARTLY_VERIFIED: ("authenticity_codes",),
    VerificationStatus.VOID: ("duplicate_of",),
}
_SUGGESTED = {
    VerificationStatus.MISLEADING: MISLEADING_CODES,
    VerificationStatus.FABRICATED: FABRICATED_CODES,
}


@dataclass(frozen=True, slots=True)
class Way:
    """One change of status: what its form asks for, and what has to be done before."""

    to: VerificationStatus
    asks: tuple[str, ...]
    before: tuple[str, ...]
    is_proposal: bool
    reasons: tuple[ReasonCode, ...]
    codes: tuple[AuthenticityCode, ...]


@dataclass(frozen=True, slots=True)
class PillarView:
    """One pillar: what is found now, and what was before."""

    pillar: Pillar
    current: FindingItem | None
    earlier: list[FindingItem]


def pillars(page: RecordPage) -> list[PillarView]:
    """Every pillar, assessed or not."""
    current = {each.pillar: each for each in page.record.findings}
    return [
        PillarView(
            pillar,
            current.get(pillar),
            [each for each in page.earlier_findings if each.pillar is pillar],
        )
        for pillar in Pillar
    ]


def ways(page: RecordPage) -> list[Way]:
    """Where the record can go from here; what waits for approval is decided first."""
    return [_way(each) for each in page.record.legal]


def _way(legal: LegalTransition) -> Way:
    named = [(each.partition(":")[0], each) for each in legal.requires if each != APPROVAL]
    asked = {name for name, _ in named} | set(_ALSO.get(legal.to, ()))
    if legal.to is VerificationStatus.IN_REVIEW:
        asked.add("assignee")
    is_void = legal.to is VerificationStatus.VOID
    return Way(
        to=legal.to,
        asks=tuple(name for name in _FIELDS if name in asked),
        before=tuple(each for name, each in named if name not in {*_FIELDS, "note"}),
        is_proposal=APPROVAL in legal.requires,
        reasons=VOID_REASONS if is_void else WITHDRAWAL_REASONS,
        codes=_SUGGESTED.get(legal.to, ()),
    )
