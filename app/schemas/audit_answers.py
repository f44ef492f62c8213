"""The audit chain on the wire: its entries, checkpoints and what a verification found."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.schemas.audit import Fault, FixityOutcome

Withheld = Literal["protected_source", "sender"]


class AuditActor(BaseModel):
    """Who did it; `name` is part of the payload and erased with it."""

    id: str
    role: str


class AuditSubject(BaseModel):
    """What was acted on."""

    kind: str
    id: str


class Erased(BaseModel):
    """What stands in the place of an erased payload."""

    at: datetime
    by: str
    authority: str


class AuditItem(BaseModel):
    """One entry of the chain; `hash` covers everything here but the payload, that by its digest."""

    seq: int
    at: datetime
    actor: AuditActor
    action: str
    subject: AuditSubject
    media_id: str | None
    payload: dict[str, Any] | None = Field(description="Null where it was erased or is withheld.")
    erased: Erased | None
    withheld: Withheld | None = Field(
        None, description="Why a payload that is there is not shown to you."
    )
    payload_digest: str
    prev_hash: str
    hash: str


class TimestampItem(BaseModel):
    """How far a checkpoint's time stamp is."""

    state: Literal["none", "waiting", "granted"]
    attempts: int = 0
    next_attempt_at: datetime | None = None
    error: str | None = Field(None, description="Why the last attempt failed.")
    granted_at: datetime | None = None


class CheckpointItem(BaseModel):
    """One checkpoint as its file says it."""

    number: int
    seq: int
    head: str
    at: datetime
    previous: str
    key: str
    sha256: str = Field(description="Of the signed file; the next checkpoint's `previous`.")
    signature: str | None = Field(description="Ed25519, 64 bytes as hex.")
    timestamp: TimestampItem


class FixityItem(BaseModel):
    """When an item's file was last read and hashed again, and what was found."""

    model_config = ConfigDict(from_attributes=True)

    media_id: str
    outcome: FixityOutcome
    sha256: str | None
    checked_at: datetime


class AuditReport(BaseModel):
    """What a verification of the whole record found.

    `ok` says that what is recorded is as it was written down; it says nothing of whether it is true.
    """

    ok: bool
    entries: int = Field(description="Entries that hang together, from the first one on.")
    head: str = Field(description="The hash of the last of them.")
    erased_payloads: int
    checkpoints: int
    sealed_through: int = Field(description="The entry up to which a checkpoint has sealed them.")
    keys: list[str] = Field(description="The ids of the keys that signed the checkpoints.")
    first_bad_seq: int | None
    faults: list[Fault] = Field(description="At most 100.")
    duration_ms: int
