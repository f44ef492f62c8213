"""Webhook endpoints, deliveries and their attempts. The deliveries are the sending queue itself."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Table, new_id, now, stored_enum
from app.schemas.enums import DeliveryState, EndpointState


class WebhookEndpoint(Table):
    """One receiver and what it wants to be told."""

    __tablename__ = "webhook_endpoints"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    url: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    events: Mapped[list[str]]
    secret: Mapped[str]
    state: Mapped[EndpointState] = mapped_column(
        stored_enum(EndpointState), default=EndpointState.ENABLED
    )
    disabled_reason: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[str]


class Delivery(Table):
    """One event on its way to one endpoint; due when `next_attempt_at` has passed."""

    __tablename__ = "deliveries"
    __table_args__ = (sa.Index("ix_deliveries_due", "state", "next_attempt_at"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    endpoint_id: Mapped[str] = mapped_column(
        sa.ForeignKey("webhook_endpoints.id", ondelete="CASCADE"), index=True
    )
    event_seq: Mapped[int] = mapped_column(sa.ForeignKey("events.seq"), index=True)
    state: Mapped[DeliveryState] = mapped_column(
        stored_enum(DeliveryState), default=DeliveryState.PENDING
    )
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None] = mapped_column(default=now)
    leased_by: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    settled_at: Mapped[datetime | None]


class DeliveryAttempt(Table):
    """One try and what came back."""

    __tablename__ = "delivery_attempts"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    delivery_id: Mapped[str] = mapped_column(
        sa.ForeignKey("deliveries.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime] = mapped_column(default=now)
    status_code: Mapped[int | None]
    error: Mapped[str | None]
    answer_head: Mapped[str | None]
    duration_ms: Mapped[int]
