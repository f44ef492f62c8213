"""What keeps all heavy work from being done: it is tried again, and no item is passed over for it."""

import errno
import sqlite3
from collections.abc import Callable

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from app.errors import StorageFull
from app.services.heavy import BenchUnavailable
from app.services.index_client import IndexUnavailable

_FOR_ALL = (IndexUnavailable, BenchUnavailable, StorageFull, NoFreeConnection)
# Without EIO: one bad sector gives that for ever, but for one file only.
_OF_THE_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
_LIMITS_OF_POSTGRESQL = "54"


def for_all(error: Exception) -> bool:
    """Say whether an error would have met any other item, too."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or _is_outage(error)
    if isinstance(error, OSError):
        return error.errno in _OF_THE_DISK
    return isinstance(error, _FOR_ALL)


def tried[R](work: Callable[[], R], fail: Callable[[Exception], None]) -> R | None:
    """What work for one item gives; None where it failed by itself, which `fail` is told.

    Whatever one item raises must not stop the others; what would have met any of them is raised.
    """
    try:
        return work()
    except Exception as error:
        if for_all(error):
            raise
        fail(error)
        return None


def _is_outage(error: DBAPIError) -> bool:
    """Whether the database is away, full or locked, and not asked for what it cannot do."""
    if not isinstance(error, OperationalError):
        return False
    if isinstance(error.orig, sqlite3.Error):
        return error.orig.sqlite_errorcode != sqlite3.SQLITE_ERROR
    state = getattr(error.orig, "sqlstate", None) or ""
    return not state.startswith(_LIMITS_OF_POSTGRESQL)
