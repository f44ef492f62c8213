"""The states of a verification record: from where to where, who may, and what it takes.

The desk's rules are in `TABLE`, one row an edge; every edge also takes a note, and codes and evidence
that make sense. `unverified` is no verdict but the statement that there is none, so a verifier may
take it up again. A verdict is approved by an editor who is not its proposer; once published, it is
changed by two editors and with a correction, or withdrawn. Machines are on no row.
"""

from dataclasses import dataclass
from enum import Enum, auto

from app.access import Actor, Scope
from app.schemas.enums import ReasonCode, VerificationStatus
from app.services.requirements import (
    ALERTS_REVIEWED,
    ALL_ASSESSED,
    ANY_FINDING,
    ASSIGNEE,
    CONFLICT_NOTED,
    CONSISTENT_CODES,
    CONTEXT,
    CORRECTION,
    CORRECTION_AFTER_WITHDRAWAL,
    CORROBORATED,
    DECEPTIVE_MAKING,
    DECEPTIVE_USE,
    DUPLICATE,
    EACH_SURE,
    EVIDENCE,
    EVIDENCE_EXISTS,
    MOTIVATION,
    NONE_CONTRADICTED,
    NOTE,
    OLDER_OR_LONGER,
    ONE_PROVEN,
    OPEN_POINTS,
    PARTIAL_WORDING,
    TWO_CONFIRMED,
    WORDING,
    Requirement,
    Situation,
    one_of,
)

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
APPROVAL = "approval by another editor"


class Who(Enum):
    """Who may take an edge."""

    UPLOADER_OR_VERIFIER = auto()
    VERIFIER = auto()
    EDITOR = auto()


class When(Enum):
    """Whether an edge is there for a record that the public has seen."""

    ALWAYS = auto()
    NEVER_PUBLISHED = auto()
    ONCE_PUBLISHED = auto()


@dataclass(frozen=True, slots=True)
class Edge:
    """One row of the table: from any of several states to one."""

    origins: tuple[VerificationStatus, ...]
    to: VerificationStatus
    who: Who
    requires: tuple[Requirement, ...] = ()
    when: When = When.ALWAYS
    needs_approval: bool = False

    def is_there(self, status: VerificationStatus, *, was_published: bool) -> bool:
        """Whether this edge leaves `status`."""
        not_now = When.NEVER_PUBLISHED if was_published else When.ONCE_PUBLISHED
        return status in self.origins and self.when is not not_now

    def is_open_to(self, actor: Actor, situation: Situation) -> bool:
        """Whether `actor` may take this edge, or propose it where it needs approval."""
        if actor.is_machine:
            return False
        if self.who is Who.EDITOR:
            return Scope.RECORD_APPROVE in actor.scopes
        may_as_uploader = self.who is Who.UPLOADER_OR_VERIFIER and situation.is_own_upload
        return Scope.RECORD_WRITE in actor.scopes or may_as_uploader

    def missing(self, situation: Situation) -> list[str]:
        """Everything that the edge takes and that is not there yet, besides approval."""
        takes = (NOTE, *self.requires, CONSISTENT_CODES, EVIDENCE_EXISTS)
        return [each.text for each in takes if not each.is_met(situation)]


_CHECKED = (IN_REVIEW, UNVERIFIED)
_VOIDING = (one_of(VOID_REASONS), DUPLICATE)
_WITHDRAWING = (one_of(WITHDRAWAL_REASONS), CORRECTION)

TAKES = {
    UNVERIFIED: (ANY_FINDING, OPEN_POINTS, WORDING),
    PARTLY_VERIFIED: (ALL_ASSESSED, ONE_PROVEN, MOTIVATION, PARTIAL_WORDING),
    VERIFIED: (
        *EACH_SURE,
        TWO_CONFIRMED,
        NONE_CONTRADICTED,
        MOTIVATION,
        CORROBORATED,
        ALERTS_REVIEWED,
        CONFLICT_NOTED,
    ),
    MISLEADING: (DECEPTIVE_USE, CONTEXT, OLDER_OR_LONGER),
    FABRICATED: (DECEPTIVE_MAKING, EVIDENCE),
}
"""What a conclusion rests on, whichever state it comes from."""


def _proposed(origins: tuple[VerificationStatus, ...], to: VerificationStatus, when: When) -> Edge:
    """A verdict: proposed by a verifier, approved by another editor.

    After a withdrawal that the public read, it says publicly what was wrong; after a published
    `unverified` it is an update.
    """
    takes = (*TAKES[to], CORRECTION_AFTER_WITHDRAWAL)
    return Edge(origins, to, Who.VERIFIER, takes, when, needs_approval=True)


def _corrected(to: VerificationStatus) -> Edge:
    """What a published verdict is corrected to: by two editors, and in public words."""
    origins = (PARTLY_VERIFIED,) if to is UNVERIFIED else VERDICTS
    others = tuple(status for status in origins if status is not to)
    # The public reads it at once.
    said = () if to in {UNVERIFIED, PARTLY_VERIFIED} else (WORDING,)
    takes = (*TAKES[to], *said, CORRECTION)
    return Edge(others, to, Who.EDITOR, takes, When.ONCE_PUBLISHED, needs_approval=True)


TABLE = (
    Edge((UNREVIEWED,), IN_REVIEW, Who.VERIFIER, (ASSIGNEE,)),
    Edge((UNVERIFIED,), IN_REVIEW, Who.VERIFIER),
    Edge((WITHDRAWN, VOID), IN_REVIEW, Who.EDITOR),
    Edge(VERDICTS, IN_REVIEW, Who.EDITOR, when=When.NEVER_PUBLISHED),
    Edge((IN_REVIEW,), UNVERIFIED, Who.VERIFIER, TAKES[UNVERIFIED]),
    Edge((PARTLY_VERIFIED,), UNVERIFIED, Who.VERIFIER, TAKES[UNVERIFIED], When.NEVER_PUBLISHED),
    *(_proposed(_CHECKED, to, When.ALWAYS) for to in VERDICTS),
    *(
        _proposed((PARTLY_VERIFIED,), to, When.NEVER_PUBLISHED)
        for to in (VERIFIED, MISLEADING, FABRICATED)
    ),
    *(_corrected(to) for to in (UNVERIFIED, *VERDICTS)),
    Edge(VERDICTS, WITHDRAWN, Who.EDITOR, _WITHDRAWING),
    Edge((UNREVIEWED,), VOID, Who.UPLOADER_OR_VERIFIER, _VOIDING, When.NEVER_PUBLISHED),
    Edge((IN_REVIEW, UNVERIFIED), VOID, Who.VERIFIER, _VOIDING, When.NEVER_PUBLISHED),
    Edge((*VERDICTS, WITHDRAWN), VOID, Who.EDITOR, _VOIDING, When.NEVER_PUBLISHED),
)


def edges_from(status: VerificationStatus, *, was_published: bool) -> list[Edge]:
    """Every edge that leaves `status`; at most one to each other status."""
    return [edge for edge in TABLE if edge.is_there(status, was_published=was_published)]
