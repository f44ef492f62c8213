"""Signals: what of others' lists an item is like."""

from fastapi import APIRouter

from app.api.dependencies import Reader, Reading
from app.api.media import MediaId
from app.api.pages import DEFAULT_LIMIT, Cursor, Limit
from app.api.problems import documented
from app.schemas.signals import SignalPage
from app.services import signal_lists

router = APIRouter(tags=["hash lists"])


@router.get("/v1/media/{media_id}/signals", responses=documented(401, 403, 404, 410, 422))
def list_signals(
    media_id: MediaId,
    session: Reading,
    _actor: Reader,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> SignalPage:
    """List what an item is like on others' lists, the newest first: leads, never statuses."""
    return signal_lists.listed(session, media_id, limit, cursor)
