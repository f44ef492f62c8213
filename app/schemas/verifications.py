"""Verification records, their notes and their history on the wire."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from app.core.media import MediaKind
from app.schemas.enums import (
    AuthenticityCode,
    HistoryAction,
    ReasonCode,
    VerificationStatus,
)
from app.schemas.fields import ActingPerson, Instant, Line, Text
from app.schemas.findings import FindingItem
from app.schemas.proposals import ProposalItem
from app.schemas.record_enums import Approval, AttentionReason, PublicationState, RightsState
from app.schemas.related import RelatedVerdict


class TransitionRequest(BaseModel):
    """A wish to change a record's status; the record's `legal` shows what that takes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    to: VerificationStatus
    note: Text | None = Field(None, description="Why, in at least 10 characters; kept as a note.")
    assignee: Line | None = Field(None, description="Who checks it; stays until changed.")
    due_at: Instant | None = Field(None, description="By when; stays until changed.")
    reason_code: ReasonCode | None = Field(None, description="Why `void` or `withdrawn`.")
    duplicate_of: Line | None = Field(None, description="The item that this one repeats.")
    missing: list[Line] = Field(default=[], max_length=50, description="What would settle it.")
    public_wording: Text | None = Field(None, description="What may be said outside.")
    correction_text: Text | None = Field(None, description="What is taken back, in public words.")
    authenticity_codes: list[AuthenticityCode] = Field(default=[], max_length=6)
    original_context: Text | None = Field(None, description="What the footage really shows.")
    evidence: list[Line] = Field(
        default=[], max_length=50, description="Ids of matches or findings of the item, or links."
    )
    conflict_note: Text | None = Field(
        None, description="What to make of sources that contradict each other."
    )


class LegalTransition(BaseModel):
    """One change of status that the caller may make now."""

    to: VerificationStatus
    requires: list[str] = Field(description="What it still takes, each named by its field.")


class RecordedMedia(BaseModel):
    """What the record is about."""

    sha256: str
    kind: MediaKind
    title: str | None
    filename: str


class VerificationSummary(BaseModel):
    """A verification record, as in lists."""

    media_id: str
    status: VerificationStatus
    version: int = Field(description="Grows by one with every history entry; `If-Match` takes it.")
    assignee: str | None
    due_at: datetime | None
    public_wording: str | None
    missing: list[str] | None = Field(description="What would settle it, when `unverified`.")
    reason_code: ReasonCode | None
    duplicate_of: str | None
    correction_text: str | None
    authenticity_codes: list[AuthenticityCode] | None
    approved_by: Approval | None = Field(description="Of a verdict: who approved it.")
    rights: RightsState
    publication: PublicationState
    attention: list[AttentionReason] = Field(description="Open reasons to look at it again.")
    has_conflict: bool = Field(description="Whether sources contradict each other.")
    opened_at: datetime
    updated_at: datetime
    media: RecordedMedia
    links: dict[str, str]


class VerificationRecord(VerificationSummary):
    """A verification record, and what the caller may do with it."""

    original_context: str | None
    evidence: list[str] | None
    conflict_note: str | None
    rights_terms: str | None
    findings: list[FindingItem] = Field(description="The current one of each pillar.")
    proposal: ProposalItem | None = Field(description="What waits for another editor.")
    related_verdicts: list[RelatedVerdict] = Field(
        description="What was said of items that share footage; up to 50, never taken over."
    )
    legal: list[LegalTransition]


class HistoryItem(BaseModel):
    """One change of a record, and the version that it made."""

    version: int
    at: datetime
    actor: ActingPerson
    action: HistoryAction
    details: dict[str, Any]
    note: str | None = Field(
        description="The text of the note that `details.note_id` names, if you may read it."
    )
    said: dict[str, Any] | None = Field(
        description="What was sent with the change of status that `details.change_id` names."
    )
