"""Why the database gave no answer, in a sentence for whoever asked."""

import sqlite3

_FULL_IN_POSTGRESQL = "53100"


def why(error: Exception) -> str:
    """What keeps the database from an answer; nothing was changed."""
    cause = getattr(error, "orig", None)
    # The lowest byte is the kind of error, what is above it says more of it.
    kind = (getattr(cause, "sqlite_errorcode", None) or 0) & 0xFF
    if kind == sqlite3.SQLITE_FULL or getattr(cause, "sqlstate", None) == _FULL_IN_POSTGRESQL:
        return "The disk that the database is on is full; nothing was changed."
    if kind == sqlite3.SQLITE_READONLY:
        return "The database's folder or file can only be read; nothing was changed."
    return "The database did not answer in time; nothing was changed."
