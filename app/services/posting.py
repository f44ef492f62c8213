"""One attempt to deliver: compose, sign, send, and say how it went. No database."""

import time
from dataclasses import dataclass
from datetime import datetime

import structlog

from app import outbound
from app.db.sending import Claimed
from app.db.webhooks import DeliveryAttempt
from app.outbound import Private
from app.schemas.events import encode_body
from app.services.events import told_data

GONE = 410
USER_AGENT = "Provenance-Desk-Webhooks/1"

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class SenderPolicy:
    """How to send. A sender lengthens its leases; one that dies delays what it held by `lease_s`."""

    allow_private: Private = False
    timeout_s: float = 15.0
    per_endpoint: int = 8
    at_once: int = 512
    lease_s: float = 10.0
    poll_s: float = 0.25
    stop_within_s: float = 5.0
    schedule_s: tuple[float, ...] = outbound.SCHEDULE_S


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one attempt went: an answer, or why there is none."""

    claimed: Claimed
    at: datetime
    duration_ms: int
    answer: outbound.Answer | None
    error: str | None

    @property
    def succeeded(self) -> bool:
        """Whether the receiver took it."""
        return self.answer is not None and 200 <= self.answer.status_code < 300

    @property
    def says_gone(self) -> bool:
        """Whether the receiver wants nothing more (410)."""
        return self.answer is not None and self.answer.status_code == GONE


def attempt(claimed: Claimed, policy: SenderPolicy, at: datetime) -> Outcome:
    """Send one delivery once, now."""
    started = time.monotonic()
    answer, error = None, None
    try:
        data = told_data(claimed.event, claimed.flags)
        body = encode_body(claimed.event.type, claimed.event.at, data)
        signed = outbound.signed_headers(claimed.secrets, claimed.event.id, body)
        headers = {**signed, "Content-Type": "application/json", "User-Agent": USER_AGENT}
        answer = outbound.post(
            claimed.url,
            headers,
            body,
            timeout_s=policy.timeout_s,
            allow_private=policy.allow_private,
        )
    except (outbound.SendFailed, outbound.AddressRefused) as failure:
        error = str(failure)
    except Exception as failure:  # noqa: BLE001  (without an outcome the endpoint's place is lost)
        _log.exception("webhook_attempt_broke", delivery_id=claimed.delivery_id)
        error = f"could not be sent: {type(failure).__name__}"
    return Outcome(claimed, at, round((time.monotonic() - started) * 1000), answer, error)


def logged(outcome: Outcome) -> DeliveryAttempt:
    """The outcome as an entry of the delivery log."""
    return DeliveryAttempt(
        delivery_id=outcome.claimed.delivery_id,
        at=outcome.at,
        status_code=outcome.answer.status_code if outcome.answer else None,
        error=outcome.error,
        answer_head=outcome.answer.head if outcome.answer else None,
        duration_ms=outcome.duration_ms,
    )
