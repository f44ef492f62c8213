"""Rows as they are stored, whoever wrote them: one that holds what no desk writes stops no reading."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.db.audited import Audited, plain

AT_ONCE = 1000

type Values = dict[str, Any]
type _Reader = Callable[[Any], Any]


def rows(
    session: Session, wanted: sa.Select[*tuple[Any, ...]]
) -> Iterator[tuple[Values, Values | None]]:
    """What the database gives of each row, and what that means; None of a row that means nothing."""
    columns = list(wanted.selected_columns)
    names = [column.key or "" for column in columns]
    readers = [_reader(column, session.get_bind().dialect) for column in columns]
    # By their types all rows of a fetch would be read, or fail, together.
    untyped = (sa.type_coerce(column, sa.types.NULLTYPE) for column in columns)
    statement = wanted.with_only_columns(*untyped, maintain_column_froms=True)
    # Readers stop at a fault: the cursor is closed then, too.
    with (
        _any_text(session),
        session.execute(statement, execution_options={"yield_per": AT_ONCE}) as found,
    ):
        for row in found:
            read = _read(readers, row)
            stored = dict(zip(names, row, strict=True))
            yield stored, read if read is None else dict(zip(names, read, strict=True))


def vouched_for(session: Session, audited: Audited) -> Iterator[tuple[str, Values | None]]:
    """Every row of a kind: its id, and what the chain should have of it; None of an unreadable one."""
    columns = (sa.inspect(audited.model).columns[name] for name in audited.columns)
    statement = sa.select(*columns).where(*(() if audited.unsaid else audited.where))
    for stored, values in rows(session, statement):
        yield audited.id_of(stored), values and _plain(values)


def _plain(values: Values) -> Values | None:
    try:
        return plain(values)
    except ValueError:  # such as lists within lists without end
        return None


@contextmanager
def _any_text(session: Session) -> Iterator[None]:
    """Give text that is no UTF-8, which SQLite keeps and its driver fails at, as bytes."""
    if session.get_bind().dialect.name != "sqlite":
        yield
        return
    driver: Any = session.connection().connection.driver_connection
    before = driver.text_factory
    driver.text_factory = _text
    try:
        yield
    finally:
        driver.text_factory = before


def _text(data: bytes) -> str | bytes:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data


def _reader(column: sa.ColumnElement[Any], dialect: sa.Dialect) -> _Reader:
    reader: _Reader | None = column.type.dialect_impl(dialect).result_processor(dialect, None)
    return reader or (lambda value: value)


def _read(readers: Sequence[_Reader], row: sa.Row[*tuple[Any, ...]]) -> list[Any] | None:
    # SQLite keeps bytes where text belongs; none of these columns is of bytes.
    if any(isinstance(value, bytes) for value in row):
        return None
    try:
        return [read(value) for read, value in zip(readers, row, strict=True)]
    except (LookupError, RecursionError, TypeError, ValueError):
        return None
