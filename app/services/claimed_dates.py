"""Older than claimed: what an upload shows existed before it is said to have been filmed."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app import db
from app.schemas.dating import Evidenced, Strength
from app.schemas.record_enums import AttentionReason
from app.services import attention, dating

OLDER_BY = timedelta(days=1)
"""A claim is often a date without an hour, and a camera's clock often without a zone."""

_RANK = {strength: rank for rank, strength in enumerate(Strength)}
_REASON = AttentionReason.OLDER_THAN_CLAIMED


def check(session: Session, media_id: str) -> None:
    """Ask for attention if the item, or what it surely matches, is older than its claimed date.

    It rests on the strongest evidence there is, and among equals on the earliest; what was asked
    for once is not asked for again, also after somebody closed it.
    """
    claimed = db.dating.latest_claim(session, media_id)
    if claimed is None:
        return
    match_with = {
        each.known_media_id: each.id for each in db.dating.sure_matches(session, media_id)
    }
    found = dating.of_items(session, [media_id, *match_with])
    older = [
        (date, owner)
        for owner, dates in found.items()
        for date in dates
        if claimed - date.at > OLDER_BY
    ]
    if not older:
        return
    date, owner = min(older, key=_preference)
    detail = {
        "claimed_at": claimed.isoformat(),
        "evidenced_at": date.at.isoformat(),
        "kind": date.kind.value,
        "strength": date.strength.value,
        "origin": date.origin,
        "evidence_media_id": owner,
        "match_id": match_with.get(owner),
    }
    if detail not in db.dating.told_before(session, media_id, _REASON):
        attention.open(session, media_id, _REASON, detail)


def check_around(session: Session, media_id: str) -> None:
    """Check an item about which something new is known, and every item that surely matches it."""
    for each in (media_id, *db.dating.matched_by(session, media_id)):
        check(session, each)


def _preference(found: tuple[Evidenced, str]) -> tuple[int, datetime, str]:
    date, owner = found
    return _RANK[date.strength], date.at, owner
