"""The desk's queue: why an item needs a person."""

from enum import StrEnum


class Need(StrEnum):
    """Why an item needs a person, most urgent first."""

    PUBLISHED_MATCH = "published_match"
    PUBLISHED_ATTENTION = "published_attention"
    DAMAGED = "damaged"
    CONFLICT = "conflict"
    DUE = "due"
    PROPOSAL = "proposal"
    PURGE = "purge"
    OLDER = "older"
    MATCH = "match"
    ATTENTION = "attention"
    FAILED = "failed"
    NEW = "new"
    OPEN = "open"
