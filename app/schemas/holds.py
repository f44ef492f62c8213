"""Legal holds on the wire."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.schemas.fields import Instant, Person

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=2000)]


class NewHold(BaseModel):
    """A hold to place: until it is released, or `until`, nothing of the item is purged or erased."""

    model_config = ConfigDict(extra="forbid")

    media_id: str
    reason: Reason
    until: Instant | None = Field(None, description="When it ends by itself; null: never.")


class HoldRelease(BaseModel):
    """Why a hold is released."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason


class HoldAnswer(BaseModel):
    """One hold."""

    id: str
    media_id: str
    reason: str
    until: datetime | None
    active: bool
    placed_at: datetime
    placed_by: Person
    released_at: datetime | None
    released_by: Person | None
    release_reason: str | None
    links: dict[str, str]
