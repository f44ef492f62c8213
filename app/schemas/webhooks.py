"""Webhook endpoints and their delivery log on the wire."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from app.schemas.enums import DeliveryState, EndpointState, EventType

EXAMPLE_EVENTS = ["match.*", "verification.status_changed"]


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
    description: str = Field("", max_length=500)


class WebhookChange(BaseModel):
    """What to change; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    url: str | None = None
    events: list[str] | None = Field(None, min_length=1, max_length=50)
    description: str | None = Field(None, max_length=500)
    enabled: bool | None = Field(
        None, description="False: nothing is sent, and what happens meanwhile is not kept for it."
    )


class WebhookAnswer(BaseModel):
    """One endpoint, without its secret."""

    id: str
    url: str
    events: list[str]
    description: str
    enabled: bool
    state: EndpointState
    disabled_reason: str | None
    failing_since: datetime | None = Field(description="First of the failures in a row, if any.")
    created_at: datetime
    links: dict[str, str]


class NewWebhookAnswer(WebhookAnswer):
    """The endpoint just made; its secret is shown now and never again."""

    secret: str | None = Field(
        description="Verifies signatures; null when this answer is a repetition."
    )


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
    next_attempt_at: datetime | None
    created_at: datetime
    settled_at: datetime | None
    attempts: list[AttemptAnswer]
    links: dict[str, str]
