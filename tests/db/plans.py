"""How SQLite goes about a query."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.db import Database


def plan_of(database: Database, query: Callable[[Session], object]) -> list[str]:
    """The steps of the last statement of a query, in SQLite's words."""
    asked: list[tuple[str, Any]] = []

    def note(_of: Any, _by: Any, statement: str, values: Any, *_more: Any) -> None:
        asked.append((statement, values))

    sa.event.listen(database.engine, "before_cursor_execute", note)
    with database.read() as session:
        query(session)
        sa.event.remove(database.engine, "before_cursor_execute", note)
        statement, values = asked[-1]
        steps = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        return [each.detail for each in steps]
