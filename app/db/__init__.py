"""Every table and every query; `select(` appears nowhere else."""

from app.db import (
    collections,
    events,
    explained,
    fingerprints,
    idempotency,
    keys,
    known,
    matches,
    media,
    media_lists,
    processing,
    rejections,
    sending,
    verification_lists,
    verifications,
    webhooks,
    workers,
)
from app.db.base import Table, new_id, now
from app.db.paging import Paged, paged
from app.db.session import Database, exclusively, in_commit_order

__all__ = [
    "Database",
    "Paged",
    "Table",
    "collections",
    "events",
    "exclusively",
    "explained",
    "fingerprints",
    "idempotency",
    "in_commit_order",
    "keys",
    "known",
    "matches",
    "media",
    "media_lists",
    "new_id",
    "now",
    "paged",
    "processing",
    "rejections",
    "sending",
    "verification_lists",
    "verifications",
    "webhooks",
    "workers",
]
