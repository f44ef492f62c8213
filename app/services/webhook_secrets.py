"""An endpoint's secret is replaced without a gap: for a day the one before it signs, too."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app import db, outbound
from app.access import Actor
from app.schemas.audit import AuditAction
from app.services import audit, webhooks

BOTH_FOR = timedelta(hours=24)


def rotate(
    session: Session, endpoint_id: str, actor: Actor
) -> tuple[db.webhooks.WebhookEndpoint, datetime]:
    """Give an endpoint a new secret; gives it, and until when the one before signs as well.

    There are two at most: rotated again within that time, the older of them ends at once.
    """
    db.in_commit_order(session)
    endpoint = webhooks.get(session, endpoint_id)
    until = db.now() + BOTH_FOR
    endpoint.previous_secret, endpoint.previous_until = endpoint.secret, until
    endpoint.secret = outbound.new_secret()
    session.flush()
    action = AuditAction.WEBHOOK_ROTATED
    audit.written(session, actor, action, endpoint, beside={"previous_secret_until": until})
    return endpoint, until


def end_previous(session: Session, endpoint_id: str, actor: Actor) -> None:
    """Forget the secret before the present one now; without one nothing changes."""
    db.in_commit_order(session)
    endpoint = webhooks.get(session, endpoint_id)
    if endpoint.previous_secret is None:
        return
    endpoint.previous_secret = endpoint.previous_until = None
    session.flush()
    audit.written(session, actor, AuditAction.WEBHOOK_ROTATION_ENDED, endpoint)
