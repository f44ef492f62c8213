"""Collections on the wire."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from app.schemas.enums import CollectionKind


class NewCollection(BaseModel):
    """A collection to make."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    slug: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$", examples=["archive"])
    title: str = Field(min_length=1, max_length=200, examples=["Our archive"])
    kind: CollectionKind


class CollectionAnswer(BaseModel):
    """One collection."""

    slug: str
    title: str
    kind: CollectionKind
    members: int
    created_at: datetime
