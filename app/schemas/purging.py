"""Purge and erasure on the wire: on whose word, why, and what is left."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.schemas.fields import Person
from app.schemas.holds import Reason
from app.schemas.privacy_enums import PurgeAuthority


class PurgeRequest(BaseModel):
    """Why an item is to go. The reason stays for everyone to read: name nobody in it."""

    model_config = ConfigDict(extra="forbid")

    authority: PurgeAuthority
    reason: Reason
    keep_fingerprint: bool = Field(
        default=False, description="Keep hash and fingerprint, to recognise it when it comes again."
    )
    keep_reason: Reason | None = Field(
        None, description="Why they may be kept; needed if they are."
    )

    @model_validator(mode="after")
    def _kept_for_a_reason(self) -> Self:
        if self.keep_fingerprint and self.keep_reason is None:
            raise ValueError("keep_fingerprint takes a keep_reason")
        return self


class NewPurgeProposal(BaseModel):
    """Why an item should go. The reason stays if it does, for everyone to read: name nobody in it."""

    model_config = ConfigDict(extra="forbid")

    authority: PurgeAuthority
    reason: Reason


class PurgeProposalAnswer(BaseModel):
    """A purge that waits for an administrator."""

    media_id: str
    authority: PurgeAuthority
    reason: str
    by: Person
    at: datetime


class TombstoneAnswer(BaseModel):
    """What is left of a purged item."""

    media_id: str
    purged_at: datetime
    authority: PurgeAuthority
    reason: str
    digest: str = Field(description="SHA-256 of the desk's secret salt and the content's hash.")
    sha256: str | None = Field(description="Only where the fingerprint is kept.")
    fingerprint_kept: bool
    complete: bool = Field(description="Whether every step of the purge was taken.")
    public: bool = Field(
        description="Whether its public review stands; the law may take that, too."
    )


class ErasureRequest(BaseModel):
    """Why a note's text is to go; the reason stays: name nobody in it."""

    model_config = ConfigDict(extra="forbid")

    authority: PurgeAuthority
    reason: Reason


class ErasureAnswer(BaseModel):
    """That a note's text was erased."""

    model_config = ConfigDict(from_attributes=True)

    note_id: str
    at: datetime
    by_name: str
    authority: PurgeAuthority
    reason: str


class MentionAnswer(BaseModel):
    """A place in which a name was found."""

    media_id: str | None = Field(description="Null where it is about no item.")
    table: str
    column: str
    row_id: str
    links: dict[str, str]


class MentionList(BaseModel):
    """Where a name was found, for who asks what the desk holds about them."""

    name: str
    items: list[MentionAnswer]
    complete: bool = Field(description="False: there are more than are listed.")
