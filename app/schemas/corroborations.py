"""Corroborations on the wire: who says what of the item or of a claim, and how they know."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, Field, model_validator

from app.schemas.fields import FilledLine, Instant, Line, Link, Moment, Person, Strict, Text
from app.schemas.record_enums import About, Basis, Independence, InformantKind, Stance


class NewSource(Strict):
    """Who speaks; the name of a protected one is shown to verifiers and above only."""

    name: FilledLine
    kind: InformantKind = InformantKind.UNKNOWN
    protected: bool = False


class NewCorroboration(Strict):
    """What a source says; with `retracts`, that it takes back what `retracts_id` holds."""

    about: About
    target_id: Line | None = Field(None, description="The claim's id; left out for the media.")
    source: NewSource
    stance: Stance
    statement: Text | None = None
    basis: Basis = Basis.UNKNOWN
    repeats: Line | None = Field(None, description="Whom it repeats.")
    independence: Independence = Independence.UNKNOWN
    independence_note: Text | None = None
    said_at: Moment | None = Field(None, description="A day, or an instant with its zone.")
    link: Link | None = None
    archive_url: Link | None = None
    archived_at: Instant | None = None
    quoted_via: Line | None = Field(None, description="Through whom the desk has it.")
    retracts_id: Line | None = None

    @model_validator(mode="after")
    def _retracts_something(self) -> Self:
        if (self.stance is Stance.RETRACTS) is not (self.retracts_id is not None):
            raise ValueError("`retracts` and `retracts_id` belong together")
        if self.about is About.CLAIM and self.target_id is None:
            raise ValueError("`target_id` must name the claim")
        return self


class SourceItem(BaseModel):
    """Who speaks; `name` is null where it is protected from the reader."""

    name: str | None
    kind: InformantKind
    protected: bool


class CorroborationItem(BaseModel):
    """What a source says; nobody can change it. What would name a protected source is null."""

    id: str
    media_id: str
    about: About
    target_id: str
    source: SourceItem
    stance: Stance
    statement: str | None
    basis: Basis
    repeats: str | None
    independence: Independence
    independence_note: str | None
    said_at: str | None
    link: str | None
    archive_url: str | None
    archived_at: datetime | None
    quoted_via: str | None
    retracts_id: str | None
    retracted_by: str | None = Field(description="The entry that takes this back.")
    by: Person
    recorded_at: datetime
