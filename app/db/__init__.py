"""Every table and every query; `select(` appears nowhere else."""

from app.db import (
    collections,
    early_matches,
    events,
    fingerprints,
    idempotency,
    keys,
    known,
    matches,
    media,
    media_lists,
    processing,
    refingerprints,
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
    "early_matches",
    "events",
    "exclusively",
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
    "refingerprints",
    "sending",
    "verification_lists",
    "verifications",
    "webhooks",
    "workers",
]
