"""Reasons to look at a record again, on the wire."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from app.schemas.fields import FilledText, Person, Strict
from app.schemas.record_enums import AttentionReason


class AttentionClosure(Strict):
    """What came of looking; kept as a note."""

    note: FilledText


class NewAttention(Strict):
    """What a person noticed; the other reasons follow from what the desk knows by itself."""

    reason: Literal[AttentionReason.SOURCE_DELETED]
    note: FilledText


class AttentionItem(BaseModel):
    """One reason to look at a record; open while `closed_at` is null."""

    id: str
    media_id: str
    reason: AttentionReason
    detail: dict[str, Any] = Field(description="Ids and codes of what it is about.")
    opened_at: datetime
    closed_at: datetime | None
    closed_by: Person | None
    note_id: str | None = Field(description="The note that says what came of it.")
