"""Claims on the wire."""

from datetime import datetime

from pydantic import BaseModel, Field

from app.schemas.fields import FilledText, Instant, Line, Link, Moment, Person, Strict
from app.schemas.record_enums import ClaimState, Independence


class NewClaim(Strict):
    """What somebody says about the event that the item shows."""

    text: FilledText
    made_by: Line | None = None
    made_at: Moment | None = Field(None, description="A day, or an instant with its zone.")
    where_url: Link | None = None
    archive_url: Link | None = None
    archived_at: Instant | None = None
    language: Line | None = Field(None, description="Of `text`, as a BCP 47 tag.")


class ClaimItem(BaseModel):
    """A claim, and what its corroborations come to."""

    id: str
    media_id: str
    text: str
    made_by: str | None
    made_at: str | None
    where_url: str | None
    archive_url: str | None
    archived_at: datetime | None
    language: str | None
    state: ClaimState
    rests_on: Independence | None = Field(
        description="The most independent source that decided the state; null while it is open."
    )
    by: Person
    recorded_at: datetime
