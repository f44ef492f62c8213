"""Collections on the wire."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.schemas.enums import CollectionKind

# Pages lead to a collection by its title: there has to be something to click on.
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class NewCollection(BaseModel):
    """A collection to make."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    slug: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$", examples=["archive"])
    title: Title = Field(examples=["Our archive"])
    kind: CollectionKind


class CollectionAnswer(BaseModel):
    """One collection."""

    slug: str
    title: str
    kind: CollectionKind
    members: int
    created_at: datetime
