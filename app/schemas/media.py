"""Media on the wire: what an upload may say about a file, and what the desk answers about it."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from app.core.media import MediaKind
from app.schemas.enums import MediaStage, MediaState, SourceKind, VerificationStatus
from app.schemas.fields import CONTROL, Instant, Link
from app.schemas.privacy_enums import SensitivityFlag
from app.schemas.record_enums import FileOrigin, IntakeMethod
from app.schemas.sensitivity import Sensitivity

MAX_TAGS = 50


def as_words(values: Any) -> Any:
    """A list's entries, each split at commas, every word once."""
    if not isinstance(values, list):
        return values
    words = [word.strip() for value in values for word in str(value).split(",")]
    return list(dict.fromkeys(word for word in words if word))


Line = Annotated[str, Field(min_length=1, max_length=500)]
Tag = Annotated[str, Field(min_length=1, max_length=80)]


class UploadFields(BaseModel):
    """What the bringer of a file says about it; claims, not findings."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    collection: Annotated[list[Line], BeforeValidator(as_words)] = Field(
        default=[], description="Collection that it goes into; repeat it for several."
    )
    title: Line | None = None
    source_name: Line | None = None
    source_url: Annotated[str, Field(min_length=1, max_length=2000)] | None = None
    source_kind: SourceKind = SourceKind.UNKNOWN
    claimed_at: Instant | None = Field(
        None, description="When it is said to have been filmed, with its time zone."
    )
    claimed_place: Line | None = None
    archive_url: Link | None = Field(None, description="A copy of the source in an archive.")
    archived_at: Instant | None = Field(None, description="When that copy was made.")
    sender: Line | None = Field(None, description="Who gave the file to you.")
    consent_terms: Annotated[str, Field(min_length=1, max_length=20_000)] | None = Field(
        None, description="What the sender agreed to."
    )
    file_origin: FileOrigin = Field(
        FileOrigin.UNKNOWN, description="The author's own file, or what a platform made of it."
    )
    note: Annotated[str, Field(min_length=1, max_length=20_000)] | None = None
    sensitivity: Annotated[list[SensitivityFlag], BeforeValidator(as_words)] = Field(
        default=[], description="What it shows that takes care; hides its pictures at once."
    )
    tags: Annotated[list[Tag], BeforeValidator(as_words), Field(max_length=MAX_TAGS)] = Field(
        default=[], description="Words, separated by commas or repeated."
    )

    @field_validator(
        *("collection", "title", "source_name", "source_url", "claimed_place"),
        *("archive_url", "sender", "consent_terms", "note", "tags"),
    )
    @classmethod
    def _without_controls(cls, value: str | list[str] | None) -> str | list[str] | None:
        texts = value if isinstance(value, list) else [value or ""]
        if any(CONTROL.search(each) for each in texts):
            raise ValueError("it holds a control character")
        return value


class Failure(BaseModel):
    """Why an item could not be fingerprinted."""

    code: Literal[
        "not_media",
        "unsupported",
        "corrupt",
        "too_large",
        "too_long",
        "no_usable_frames",
        "decoder_crashed",
        "timeout",
    ]
    detail: str
    retryable: bool


class RecordHead(BaseModel):
    """Where an item's verification record stands."""

    status: VerificationStatus
    version: int


class MediaAnswer(BaseModel):
    """One item."""

    id: str
    kind: MediaKind
    state: MediaState
    sha256: str
    size_bytes: int
    filename: str
    content_type: str
    title: str | None
    duration_ms: int | None
    width: int | None
    height: int | None
    collections: list[str]
    tags: list[str]
    receipts: int = Field(description="How often this content arrived.")
    received_at: datetime
    duplicate: bool = Field(description="In the answer to an upload: the desk had it already.")
    failure: Failure | None
    verification: RecordHead
    stage: MediaStage = Field(description="What is being done; of a failed item, where it ended.")
    progress: float
    previewed_at: datetime | None = Field(
        description="When a first look at a video's key frames ended; its matches are preliminary."
    )
    sensitivity: Sensitivity
    purged_before: str | None = Field(
        None, description="The item that had this content and was purged; reading it says why."
    )
    links: dict[str, str]


class ReceiptAnswer(BaseModel):
    """One arrival of an item."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    received_at: datetime
    received_by: str
    filename: str
    title: str | None
    source_name: str | None
    source_url: str | None
    source_kind: SourceKind
    claimed_at: datetime | None
    claimed_place: str | None
    received_via: IntakeMethod
    archive_url: str | None
    archived_at: datetime | None
    sender: str | None = Field(description="Shown to the bringer and to those who verify.")
    consent_terms: str | None = Field(description="Shown to the bringer and to those who verify.")
    file_origin: FileOrigin
    desk_version: str | None = Field(description="The program that took it in.")


class Still(BaseModel):
    """One sampled picture of an item."""

    timestamp_ms: int
    url: str


class FingerprintFrame(BaseModel):
    """One sampled frame's hashes, in hex; a frame without a vote is black, flat or a card."""

    timestamp_ms: int
    shot: int
    votes: bool
    pdq: str
    pdq_quality: int
    phash: str


class FingerprintAnswer(BaseModel):
    """What is kept of an item to find it again, without its descriptors."""

    media_id: str
    algorithm: str
    kind: MediaKind
    duration_ms: int
    width: int
    height: int
    described: bool = Field(description="Whether a descriptor model looked at the frames.")
    frames: list[FingerprintFrame]
    sound_items: int
    size_bytes: int
