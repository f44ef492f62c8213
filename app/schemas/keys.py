"""API keys on the wire; the token appears once, in the answer that made it."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from app.access import Role, Scope
from app.schemas.fields import Instant
from app.schemas.people import PersonName


class NewKeyRequest(BaseModel):
    """A key to make."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: PersonName = Field(description="Whose it is, or what it is for.")
    role: Role
    scopes: frozenset[Scope] | None = Field(None, description="Narrows what the role may do.")
    expires_at: Instant | None = None


class KeyAnswer(BaseModel):
    """One key, without its secret."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    role: Role
    scopes: list[Scope]
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


class NewKeyAnswer(KeyAnswer):
    """A key just made."""

    token: str | None = Field(
        description="Shown now and never again; null when this answer is a repetition."
    )
