"""The vocabulary of imports of known material."""

from enum import StrEnum


class ImportKind(StrEnum):
    """What an import reads."""

    FOLDER = "folder"
    MANIFEST = "manifest"
    AUTO_ARCHIVER = "auto_archiver"
    FACT_CHECKS = "fact_checks"


class ImportState(StrEnum):
    """How far an import is; a watched folder goes on from `watching` whenever there is more."""

    WAITING = "waiting"
    LISTING = "listing"
    ENTERING = "entering"
    SETTLING = "settling"
    WATCHING = "watching"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class ImportItemState(StrEnum):
    """What became of one line or file.

    `entered` is stored and waits for its fingerprint; `added` is findable; `duplicate` was in the
    collection already; `skipped` was left out for the reason that stands beside it.
    """

    LISTED = "listed"
    ENTERED = "entered"
    ADDED = "added"
    DUPLICATE = "duplicate"
    SKIPPED = "skipped"
    FAILED = "failed"


OVER = frozenset({ImportState.COMPLETED, ImportState.FAILED, ImportState.CANCELLED})
"""The states in which an import stays."""
