"""Keyset pages: a list that grows while it is read neither repeats nor skips a row."""

import base64
import csv
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlakeyset import select_page
from sqlalchemy.orm import Session

from app.db.base import Table
from app.errors import Unprocessable

_WRONG = (ValueError, OverflowError, csv.Error, sa.exc.ArgumentError, sa.exc.StatementError)
"""What a cursor leads to that cannot be read, or whose values are not of the list's columns."""


@dataclass(frozen=True, slots=True)
class Paged[T]:
    """Some rows, and the cursor of those after them; None when there are no more."""

    items: list[T]
    next: str | None


def paged[T: Table](
    session: Session, statement: sa.Select[T], limit: int, cursor: str | None
) -> Paged[T]:
    """One page of a one-entity `statement`, whose `order_by` must end in a unique column."""
    rows: sa.Select[Any] = statement  # sqlakeyset still types a row as SQLAlchemy 2.0 did
    try:
        bookmark = base64.urlsafe_b64decode(cursor.encode()).decode() if cursor else None
        page = select_page(session, rows, per_page=limit, page=bookmark)
    except _WRONG as error:
        if cursor is None or isinstance(error, sa.exc.OperationalError):
            raise
        raise Unprocessable("This cursor is none of this list.", cursor=cursor) from error
    following = base64.urlsafe_b64encode(page.paging.bookmark_next.encode()).decode()
    return Paged([row[0] for row in page], following if page.paging.has_next else None)
