"""Use cases, one function each; each file is one noun's life, read top to bottom.

`session` is the caller's transaction; a function that takes `database` opens its own, and none is
open while it decodes, searches or sends.
"""

from app.services import (
    attention,
    audit,
    claims,
    corroborations,
    events,
    findings,
    history,
    keys,
    leftovers,
    matches,
    notes,
    people,
    proposals,
    records,
    rights,
    sending,
    transitions,
    upgrades,
    verifications,
    webhooks,
)

__all__ = [
    "attention",
    "audit",
    "claims",
    "corroborations",
    "events",
    "findings",
    "history",
    "keys",
    "leftovers",
    "matches",
    "notes",
    "people",
    "proposals",
    "records",
    "rights",
    "sending",
    "transitions",
    "upgrades",
    "verifications",
    "webhooks",
]
