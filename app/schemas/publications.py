"""What is published of a record: what an editor chooses, and what the public reads.

A `PublicReview` is frozen: each revision is kept as it went out. It has no field for a note, a
still, a name of a person, a coordinate or a score.
"""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from app.core.media import MediaKind
from app.schemas.addresses import public_address
from app.schemas.enums import AuthenticityCode, VerificationStatus
from app.schemas.fields import FilledLine, Instant, Strict
from app.schemas.finding_enums import FindingVerdict, Pillar
from app.schemas.publication_enums import DigitalSource
from app.schemas.record_enums import ClaimState, PublicationState

TEXT_MAX = 5_000

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=TEXT_MAX)]
PublicUrl = Annotated[str, Field(max_length=2000), AfterValidator(public_address)]


class PublicationChoices(Strict):
    """What an editor decides about publishing; the rest comes from the record."""

    codes: list[AuthenticityCode] | None = Field(
        None, max_length=6, description="Of those that the verdict was given with; null: all."
    )
    description: Text | None = Field(None, description="What the item is, in public words.")
    creator: FilledLine | None = Field(
        None, description="The organisation that released it. Never a private person's name."
    )
    method_statement: Text | None = Field(
        None, description="How it was checked; the pillars and their outcomes are added."
    )
    original_context: Text | None = Field(
        None, description="What it really shows; without it, that of the verdict."
    )
    original_link: PublicUrl | None = Field(
        None, description="The original; without it, the earliest known place of the finding."
    )
    content_url: PublicUrl | None = Field(None, description="Where the file is public already.")
    archive_url: PublicUrl | None = Field(None, description="Where it is archived.")
    uploaded_at: Instant | None = Field(None, description="When it appeared there.")
    publish_hash: bool = Field(
        default=False, description="Name the SHA-256, which says that the desk has the file."
    )
    source_discloses: DigitalSource | None = Field(
        None, description="How it was made, where its source says so."
    )
    claims: list[FilledLine] | None = Field(
        None, max_length=50, description="Ids of claims to name; without it, all closed ones."
    )
    public_interest_reason: Text | None = Field(
        None, description="Why people in need of protection may be written of. Not published."
    )


class PublicationRequest(PublicationChoices):
    """A wish to publish a record, or what was published of it anew."""

    correction_text: Text | None = Field(
        None, description="In public words; where the verdict, its codes or its context changed."
    )


class _Public(BaseModel):
    model_config = ConfigDict(frozen=True)


class Desk(_Public):
    """Who publishes."""

    name: str
    url: str


class Check(_Public):
    """One thing that was looked into, and what that came to."""

    pillar: Pillar
    verdict: FindingVerdict
    methods: tuple[str, ...] = ()


class Clip(_Public):
    """A stretch of a file that is found in earlier footage."""

    start_ms: int
    end_ms: int
    description: str


class Appearance(_Public):
    """One exact file: the item itself, or a confirmed copy of it."""

    kind: MediaKind
    content_type: str
    size_bytes: int
    duration_ms: int | None = None
    width: int | None = None
    height: int | None = None
    sha256: str | None = None
    content_url: str | None = None
    archive_url: str | None = None
    uploaded_at: datetime | None = None
    description: str
    digital_source: DigitalSource | None = None
    clips: tuple[Clip, ...] = ()


class PublicClaim(_Public):
    """What is claimed about the event, as it was made, and what that came to."""

    text: str
    made_by: str | None = None
    made_at: str | None = None
    where_url: str | None = None
    archive_url: str | None = None
    language: str | None = None
    state: ClaimState


class Citation(_Public):
    """A public source that the review rests on."""

    name: str
    url: str
    published_at: str | None = None
    archive_url: str | None = None


class Correction(_Public):
    """What was taken back or changed, and when; never removed, but a restricted term takes its text."""

    text: str
    at: datetime


class PublicReview(_Public):
    """One revision of what the public reads."""

    url: str
    desk: Desk
    version: int = Field(description="Revision, from 1.")
    published_at: datetime
    updated_at: datetime
    status: VerificationStatus
    wording: str
    codes: tuple[AuthenticityCode, ...] = ()
    original_context: str | None = None
    original_link: str | None = None
    method_statement: str | None = None
    checks: tuple[Check, ...] = ()
    description: str | None = None
    creator: str | None = None
    appearances: tuple[Appearance, ...]
    claims: tuple[PublicClaim, ...] = ()
    citations: tuple[Citation, ...] = ()
    corrections: tuple[Correction, ...] = ()


class Revision(BaseModel):
    """One revision, when it went out and by whom; its content is gone after a legal purge."""

    version: int
    state: PublicationState
    at: datetime
    by: str
    digest: str = Field(description="SHA-256 of the review's canonical JSON.")
    review: PublicReview | None


class PublicationPreview(BaseModel):
    """Exactly what would go out now, and what stands against it."""

    missing: list[str] = Field(description="What publishing still takes, each named.")
    restricted: dict[str, list[str]] = Field(
        description="Public texts that hold restricted terms of the item or its copies, and which."
    )
    review: PublicReview | None = Field(description="Null while there is nothing to show.")
    document: dict[str, Any] | None = Field(description="The same as schema.org JSON-LD.")


class PublicationAnswer(BaseModel):
    """What is published of a record."""

    media_id: str
    state: PublicationState
    version: int = Field(description="Revision; 0 while nothing was ever published.")
    url: str | None
    choices: PublicationChoices | None = Field(description="What was chosen last.")
    outdated: bool = Field(description="The record has moved on since; publish again.")
    revisions: list[Revision] = Field(description="Oldest first.")
    links: dict[str, str]
