"""Webhook endpoints and their delivery log on the wire."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from app.core.policy import Grade
from app.schemas.enums import (
    DeliveryState,
    EndpointState,
    EventType,
    Shelf,
    VerificationStatus,
)
from app.schemas.fields import Instant, Strict
from app.schemas.privacy_enums import SensitivityFlag
from app.schemas.webhook_enums import Flagged

EXAMPLE_EVENTS = ["match.*", "verification.status_changed"]
MOST = 50

Slugs = Annotated[list[str], Field(min_length=1, max_length=MOST)]
Tags = Annotated[list[str], Field(min_length=1, max_length=MOST)]


class WebhookFilters(Strict):
    """What else has to hold. Each one given applies to the events that carry what it asks about."""

    statuses: list[VerificationStatus] | None = Field(
        None, min_length=1, description="Of an item's record; a change of status has both."
    )
    grades: list[Grade] | None = Field(None, min_length=1, description="Of a match.")
    against: list[Shelf] | None = Field(
        None, min_length=1, description="Of a match: with known material, with an upload."
    )
    min_score: float | None = Field(None, ge=0, le=1, description="Of a match.")
    collections: Slugs | None = Field(None, description="Slugs of collections that an item is in.")
    tags: Tags | None = Field(None, description="Tags of an item.")
    sensitivity: list[Flagged | SensitivityFlag] | None = Field(
        None, min_length=1, description="`flagged`, `unflagged`, or names of flags."
    )

    def stored(self) -> dict[str, Any]:
        """What is asked for, without what is not."""
        return self.model_dump(mode="json", exclude_none=True)


class NewWebhook(BaseModel):
    """A receiver to be told."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(description="https, and no private address unless the desk allows them.")
    events: list[str] = Field(
        default=["*"],
        min_length=1,
        max_length=50,
        description="`*`, a type, or all types of a noun such as `match.*`.",
        examples=[EXAMPLE_EVENTS],
    )
    filters: WebhookFilters = WebhookFilters()
    description: str = Field("", max_length=500)


class WebhookChange(BaseModel):
    """What to change; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    url: str | None = None
    events: list[str] | None = Field(None, min_length=1, max_length=50)
    filters: WebhookFilters | None = Field(None, description="In place of all filters so far.")
    description: str | None = Field(None, max_length=500)
    enabled: bool | None = Field(
        None, description="False: nothing is sent, and what happens meanwhile is not kept for it."
    )


class WebhookAnswer(BaseModel):
    """One endpoint, without its secret."""

    id: str
    url: str
    events: list[str]
    filters: dict[str, Any]
    description: str
    enabled: bool
    state: EndpointState
    disabled_reason: str | None
    failing_since: datetime | None = Field(description="First of the failures in a row, if any.")
    failures: int = Field(description="How many in a row.")
    missed_after: int | None = Field(
        description="It was disabled after this event: `GET /v1/events?after=` has what followed."
    )
    previous_secret_until: datetime | None = Field(
        description="Until then each message is signed with the secret before this one, too."
    )
    created_at: datetime
    links: dict[str, str]


class NewWebhookAnswer(WebhookAnswer):
    """The endpoint just made; its secret is shown now and never again."""

    secret: str | None = Field(
        description="Verifies signatures; null when this answer is a repetition."
    )


class RotatedSecret(BaseModel):
    """A new secret, shown now and never again."""

    secret: str | None = Field(description="Null when this answer is a repetition.")
    previous_secret_until: datetime


class BulkRedelivery(Strict):
    """Which deliveries to send again."""

    state: DeliveryState = Field(DeliveryState.DEAD, description="`pending`: now instead of later.")
    since: Instant | None = Field(None, description="Of events from this instant on.")
    until: Instant | None = Field(None, description="Of events before this instant.")
    types: list[EventType] | None = Field(None, min_length=1, max_length=MOST)


class Redelivered(BaseModel):
    """How many deliveries are in the queue again."""

    queued: int


class AttemptAnswer(BaseModel):
    """One try and what came back."""

    model_config = ConfigDict(from_attributes=True)

    at: datetime
    status_code: int | None = Field(description="Null when no answer came; then see `error`.")
    error: str | None
    duration_ms: int
    answer_head: str | None = Field(description="The answer's first 2 KB.")


class DeliveryAnswer(BaseModel):
    """One event on its way to one endpoint."""

    id: str
    webhook_id: str = Field(description="The endpoint's id.")
    event_id: str = Field(description="The `webhook-id` header: the same over all attempts.")
    event_seq: int
    type: EventType
    state: DeliveryState
    failing: bool = Field(description="Pending, and has failed since it was last queued.")
    next_attempt_at: datetime | None
    created_at: datetime
    settled_at: datetime | None
    attempts: list[AttemptAnswer]
    links: dict[str, str]
