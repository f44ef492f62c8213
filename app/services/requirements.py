"""What a change of status can take, each thing named: pure, and read like a checklist."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.db.findings import Finding
from app.schemas.enums import AuthenticityCode, ReasonCode, SourceKind
from app.schemas.finding_enums import FindingVerdict, Originality, Pillar
from app.schemas.verifications import TransitionRequest

NOTE_MIN_CHARACTERS = 10
CONFIRMED_MIN = 2

SETTLING = (Pillar.PROVENANCE, Pillar.SOURCE, Pillar.DATE, Pillar.LOCATION)
SURE = (FindingVerdict.CONFIRMED, FindingVerdict.PROBABLE)
NOT_LOOKED_AT = (FindingVerdict.NOT_ASSESSED, FindingVerdict.NOT_APPLICABLE)
MISLEADING_CODES = (AuthenticityCode.DECONTEXTUALIZED, AuthenticityCode.EDITED_OR_CROPPED)
FABRICATED_CODES = (AuthenticityCode.STAGED, AuthenticityCode.TRANSFORMED)
NOT_ORIGINAL = {*FABRICATED_CODES, AuthenticityCode.EDITED_OR_CROPPED}


@dataclass(frozen=True, slots=True)
class Resolved:
    """What the evidence named by a request turned out to be."""

    matches: int = 0
    links: int = 0
    findings: int = 0
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class Situation:
    """What the requirements look at: the request, and what the record already holds."""

    request: TransitionRequest
    evidence: Resolved
    findings: Mapping[Pillar, Finding]
    was_published: bool
    is_withdrawn_in_public: bool
    is_own_upload: bool
    is_hand_out: bool
    has_author_original: bool
    has_independent_support: bool
    has_conflict: bool
    duplicate_exists: bool
    unreviewed_alerts: int

    def verdict(self, pillar: Pillar) -> FindingVerdict:
        """What is found of one pillar; `not_assessed` where nobody has recorded anything."""
        found = self.findings.get(pillar)
        return found.verdict if found else FindingVerdict.NOT_ASSESSED


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that a change takes; `text` names it to the caller."""

    text: str
    is_met: Callable[[Situation], bool]


def one_of(reasons: tuple[ReasonCode, ...]) -> Requirement:
    """A reason of the right kind."""
    return Requirement(
        f"reason_code: one of {', '.join(reasons)}",
        lambda at: at.request.reason_code in reasons,
    )


def _code_of(codes: tuple[AuthenticityCode, ...]) -> Requirement:
    return Requirement(
        f"authenticity_codes: {' or '.join(codes)} among them",
        lambda at: bool(set(codes) & set(at.request.authenticity_codes)),
    )


def _sure_of(pillar: Pillar) -> Requirement:
    return Requirement(
        f"findings: {pillar} confirmed or probable", lambda at: at.verdict(pillar) in SURE
    )


def _given(text: str | None) -> bool:
    return bool(text and text.strip())


def _contradicts_itself(at: Situation) -> bool:
    codes = set(at.request.authenticity_codes)
    return AuthenticityCode.ORIGINAL in codes and bool(codes & NOT_ORIGINAL)


def _confirmed(at: Situation, *pillars: Pillar) -> list[Finding]:
    found = [at.findings[pillar] for pillar in pillars if pillar in at.findings]
    return [each for each in found if each.verdict is FindingVerdict.CONFIRMED]


def _is_hand_out(at: Situation) -> bool:
    source = at.findings.get(Pillar.SOURCE)
    found = source is not None and source.value.get("relation") == SourceKind.HANDOUT
    return found or at.is_hand_out


def _is_authors_original(at: Situation) -> bool:
    # That the bringer says so is a claim; a finding has to agree.
    origin = at.findings.get(Pillar.PROVENANCE)
    is_found = (
        origin is not None
        and origin.verdict in SURE
        and origin.value.get("is_original") == Originality.YES
    )
    return is_found and at.has_author_original


NOTE = Requirement(
    f"note: at least {NOTE_MIN_CHARACTERS} characters",
    lambda at: len((at.request.note or "").strip()) >= NOTE_MIN_CHARACTERS,
)
CONSISTENT_CODES = Requirement(
    f"authenticity_codes: {AuthenticityCode.ORIGINAL} contradicts {', '.join(sorted(NOT_ORIGINAL))}",
    lambda at: not _contradicts_itself(at),
)
ASSIGNEE = Requirement("assignee: who checks it", lambda at: _given(at.request.assignee))
DUPLICATE = Requirement(
    "duplicate_of: the id of the other item, for reason_code duplicate_of",
    lambda at: at.request.reason_code is not ReasonCode.DUPLICATE_OF or at.duplicate_exists,
)
ANY_FINDING = Requirement("findings: at least one", lambda at: bool(at.findings))
OPEN_POINTS = Requirement(
    "missing: what would settle it",
    lambda at: any(point.strip() for point in at.request.missing),
)
WORDING = Requirement(
    "public_wording: what may be said", lambda at: _given(at.request.public_wording)
)
PARTIAL_WORDING = Requirement(
    "public_wording: what may be said, naming what is not confirmed",
    lambda at: _given(at.request.public_wording),
)
ALL_ASSESSED = Requirement(
    "findings: every pillar assessed",
    lambda at: all(at.verdict(pillar) is not FindingVerdict.NOT_ASSESSED for pillar in Pillar),
)
ONE_PROVEN = Requirement(
    "findings: at least one confirmed, with evidence",
    lambda at: any(each.evidence for each in _confirmed(at, *Pillar)),
)
MOTIVATION = Requirement(
    "findings: motivation, because this is a hand-out",
    lambda at: not _is_hand_out(at) or at.verdict(Pillar.MOTIVATION) not in NOT_LOOKED_AT,
)
EACH_SURE = tuple(_sure_of(pillar) for pillar in SETTLING)
TWO_CONFIRMED = Requirement(
    f"findings: at least two of {', '.join(SETTLING)} confirmed",
    lambda at: len(_confirmed(at, *SETTLING)) >= CONFIRMED_MIN,
)
NONE_CONTRADICTED = Requirement(
    "findings: none contradicted",
    lambda at: all(at.verdict(pillar) is not FindingVerdict.CONTRADICTED for pillar in Pillar),
)
CORROBORATED = Requirement(
    "corroboration: about the media, supporting and independent, or the author's original file",
    lambda at: at.has_independent_support or _is_authors_original(at),
)
ALERTS_REVIEWED = Requirement(
    "matches: every certain or probable one reviewed", lambda at: at.unreviewed_alerts == 0
)
CONFLICT_NOTED = Requirement(
    "conflict_note: what to make of sources that contradict each other",
    lambda at: not at.has_conflict or _given(at.request.conflict_note),
)
DECEPTIVE_USE = _code_of(MISLEADING_CODES)
DECEPTIVE_MAKING = _code_of(FABRICATED_CODES)
CONTEXT = Requirement(
    "original_context: what the footage really shows",
    lambda at: _given(at.request.original_context),
)
OLDER_OR_LONGER = Requirement(
    "evidence: a match of this item, or a link to an earlier or longer version",
    lambda at: at.evidence.matches + at.evidence.links > 0,
)
EVIDENCE = Requirement(
    "evidence: a match or a finding of this item, or a link",
    lambda at: at.evidence.matches + at.evidence.links + at.evidence.findings > 0,
)
EVIDENCE_EXISTS = Requirement(
    "evidence: each a match or a finding of this item, or a link",
    lambda at: at.evidence.unknown == 0,
)
_TAKEN_BACK = "correction_text: what is taken back, in public words"
CORRECTION = Requirement(
    _TAKEN_BACK, lambda at: not at.was_published or _given(at.request.correction_text)
)
CORRECTION_AFTER_WITHDRAWAL = Requirement(
    _TAKEN_BACK, lambda at: not at.is_withdrawn_in_public or _given(at.request.correction_text)
)
