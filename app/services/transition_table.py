"""The states of a verification record: from where to where, who may, and what it takes.

The desk's rules are in `TABLE`, one row an edge; every edge also takes a note. `unverified` is no
verdict but the statement that there is none, so a verifier may take it up again; the four verdicts
are taken back by an editor. Machines are on no row.

What rests on findings, corroborations and a second editor cannot be met before the record holds
those (`_not_yet_recorded`): such an edge is shown and refused, never passed without them. The one
exception is `unverified`, which claims nothing: until findings can be recorded, its open points,
wording and note stand for the finding that it will take besides them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from app.access import Actor, Scope
from app.schemas.enums import AuthenticityCode, ReasonCode, VerificationStatus
from app.schemas.verifications import TransitionRequest

NOTE_MIN_CHARACTERS = 10

UNREVIEWED = VerificationStatus.UNREVIEWED
IN_REVIEW = VerificationStatus.IN_REVIEW
UNVERIFIED = VerificationStatus.UNVERIFIED
PARTLY_VERIFIED = VerificationStatus.PARTLY_VERIFIED
VERIFIED = VerificationStatus.VERIFIED
MISLEADING = VerificationStatus.MISLEADING
FABRICATED = VerificationStatus.FABRICATED
WITHDRAWN = VerificationStatus.WITHDRAWN
VOID = VerificationStatus.VOID

VERDICTS = (PARTLY_VERIFIED, VERIFIED, MISLEADING, FABRICATED)
VOID_REASONS = (
    ReasonCode.WRONG_FILE,
    ReasonCode.DUPLICATE_OF,
    ReasonCode.TEST,
    ReasonCode.OUT_OF_SCOPE,
)
WITHDRAWAL_REASONS = (
    ReasonCode.NEW_EVIDENCE,
    ReasonCode.SOURCE_RETRACTED,
    ReasonCode.ERROR,
    ReasonCode.LEGAL,
    ReasonCode.SAFETY,
)


class Who(Enum):
    """Who may take an edge."""

    UPLOADER_OR_VERIFIER = auto()
    VERIFIER = auto()
    EDITOR = auto()


@dataclass(frozen=True, slots=True)
class Situation:
    """What the requirements look at: the request, and what the record already holds."""

    request: TransitionRequest
    is_own_upload: bool
    duplicate_exists: bool
    unreviewed_alerts: int


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that an edge takes; `text` names it to the caller."""

    text: str
    is_met: Callable[[Situation], bool]


@dataclass(frozen=True, slots=True)
class Edge:
    """One row of the table: from any of several states to one."""

    origins: tuple[VerificationStatus, ...]
    to: VerificationStatus
    who: Who
    requires: tuple[Requirement, ...] = ()

    def is_open_to(self, actor: Actor, situation: Situation) -> bool:
        """Whether `actor` may take this edge."""
        if actor.is_machine:
            return False
        if self.who is Who.EDITOR:
            return Scope.RECORD_APPROVE in actor.scopes
        may_as_uploader = self.who is Who.UPLOADER_OR_VERIFIER and situation.is_own_upload
        return Scope.RECORD_WRITE in actor.scopes or may_as_uploader

    def missing(self, situation: Situation) -> list[str]:
        """Everything that the edge takes and that is not there yet."""
        return [each.text for each in (NOTE, *self.requires) if not each.is_met(situation)]


def _given(text: str | None) -> bool:
    return bool(text and text.strip())


def _one_of(reasons: tuple[ReasonCode, ...]) -> Requirement:
    return Requirement(
        f"reason_code: one of {', '.join(reasons)}",
        lambda at: at.request.reason_code in reasons,
    )


def _codes(first: AuthenticityCode, second: AuthenticityCode) -> Requirement:
    return Requirement(
        f"authenticity_codes: {first} or {second} among them",
        lambda at: bool({first, second} & set(at.request.authenticity_codes)),
    )


def _not_yet_recorded(text: str) -> Requirement:
    return Requirement(text, lambda _at: False)


NOTE = Requirement(
    f"note: at least {NOTE_MIN_CHARACTERS} characters",
    lambda at: len((at.request.note or "").strip()) >= NOTE_MIN_CHARACTERS,
)
ASSIGNEE = Requirement("assignee: who checks it", lambda at: _given(at.request.assignee))
DUPLICATE = Requirement(
    "duplicate_of: the id of the other item, for reason_code duplicate_of",
    lambda at: at.request.reason_code is not ReasonCode.DUPLICATE_OF or at.duplicate_exists,
)
OPEN_POINTS = Requirement(
    "missing: what would settle it",
    lambda at: any(point.strip() for point in at.request.missing),
)
WORDING = Requirement(
    "public_wording: what may be said", lambda at: _given(at.request.public_wording)
)
CONTEXT = Requirement(
    "original_context: what the footage really shows",
    lambda at: _given(at.request.original_context),
)
EVIDENCE = Requirement(
    "evidence: a match, or a link to an earlier or longer version",
    lambda at: any(each.strip() for each in at.request.evidence),
)
ALERTS_REVIEWED = Requirement(
    "matches: every certain or probable one reviewed", lambda at: at.unreviewed_alerts == 0
)
APPROVAL = _not_yet_recorded("approval by another editor")
SETTLED = (
    *(
        _not_yet_recorded(f"findings: {pillar} confirmed or probable")
        for pillar in ("provenance", "source", "date", "location")
    ),
    _not_yet_recorded("findings: at least two of these confirmed, none contradicted"),
    _not_yet_recorded(
        "corroboration: about the media, supporting and independent, or the author's original file"
    ),
)
PARTLY_SETTLED = (
    _not_yet_recorded("findings: every pillar assessed"),
    _not_yet_recorded("findings: at least one confirmed, with evidence"),
)
DECEPTIVE_USE = _codes(AuthenticityCode.DECONTEXTUALIZED, AuthenticityCode.EDITED_OR_CROPPED)
DECEPTIVE_MAKING = _codes(AuthenticityCode.STAGED, AuthenticityCode.TRANSFORMED)

_VOIDING = (_one_of(VOID_REASONS), DUPLICATE)
_CHECKED = (IN_REVIEW, UNVERIFIED, PARTLY_VERIFIED)

TABLE = (
    Edge((UNREVIEWED,), IN_REVIEW, Who.VERIFIER, (ASSIGNEE,)),
    Edge((UNVERIFIED,), IN_REVIEW, Who.VERIFIER),
    Edge((*VERDICTS, WITHDRAWN, VOID), IN_REVIEW, Who.EDITOR),
    Edge((IN_REVIEW, PARTLY_VERIFIED), UNVERIFIED, Who.VERIFIER, (OPEN_POINTS, WORDING)),
    Edge(
        (IN_REVIEW, UNVERIFIED), PARTLY_VERIFIED, Who.VERIFIER, (*PARTLY_SETTLED, WORDING, APPROVAL)
    ),
    Edge(_CHECKED, VERIFIED, Who.VERIFIER, (*SETTLED, ALERTS_REVIEWED, APPROVAL)),
    Edge(_CHECKED, MISLEADING, Who.VERIFIER, (DECEPTIVE_USE, CONTEXT, EVIDENCE, APPROVAL)),
    Edge(_CHECKED, FABRICATED, Who.VERIFIER, (DECEPTIVE_MAKING, EVIDENCE, APPROVAL)),
    Edge(VERDICTS, WITHDRAWN, Who.EDITOR, (_one_of(WITHDRAWAL_REASONS),)),
    Edge((UNREVIEWED,), VOID, Who.UPLOADER_OR_VERIFIER, _VOIDING),
    Edge((IN_REVIEW, UNVERIFIED), VOID, Who.VERIFIER, _VOIDING),
    Edge((*VERDICTS, WITHDRAWN), VOID, Who.EDITOR, _VOIDING),
)


def edges_from(status: VerificationStatus) -> list[Edge]:
    """Every edge that leaves `status`."""
    return [edge for edge in TABLE if status in edge.origins]
