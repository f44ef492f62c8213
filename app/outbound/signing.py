"""Signatures after Standard Webhooks 1.0: HMAC-SHA256 over id, time and the exact bytes sent."""

import base64
import secrets as random_bytes
from collections.abc import Sequence
from datetime import UTC, datetime

from standardwebhooks import Webhook

SECRET_BYTES = 32


def new_secret() -> str:
    """A fresh secret in the form that every Standard Webhooks library takes."""
    return f"whsec_{base64.b64encode(random_bytes.token_bytes(SECRET_BYTES)).decode()}"


def signed_headers(secrets: Sequence[str], webhook_id: str, body: bytes) -> dict[str, str]:
    """The three headers that a receiver verifies; the time is that of this attempt.

    There is a signature by each secret, and a receiver needs one that it can verify.
    """
    # The library takes the wall clock of any zone for UTC, so it is only ever given UTC.
    at = datetime.now(UTC)
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(
            Webhook(each).sign(webhook_id, at, body.decode()) for each in secrets
        ),
    }
