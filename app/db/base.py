"""What every table shares: naming convention, portable column types, identifiers."""

import uuid
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase


class UtcDateTime(sa.TypeDecorator[datetime]):
    """An instant in UTC; naive values are refused. SQLite would drop the offset silently."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without a time zone cannot be stored")
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Give back an aware UTC instant."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# SQLite counts up by itself only on an INTEGER primary key.
Sequence = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# Without this, SQLite gives the number of a deleted last row to the next one.
NEVER_REUSED = {"sqlite_autoincrement": True}

# SQLite takes 32,766 values in one, PostgreSQL 65,535.
ROWS_A_STATEMENT = 1000

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(DeclarativeBase):
    """Base of all tables; enums are stored by value."""

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime(),
        dict[str, Any]: sa.JSON(),
        list[dict[str, Any]]: sa.JSON(),
        list[str]: sa.JSON(),
    }


def stored_enum(kind: type[StrEnum]) -> sa.Enum:
    """A column of `kind`, stored as its values in a string, so that new members need no migration."""
    return sa.Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=40,
        values_callable=lambda members: [member.value for member in members],
    )


def new_id() -> str:
    """A fresh identifier."""
    return uuid.uuid4().hex


def now() -> datetime:
    """The current instant, to which stored times are compared."""
    return datetime.now(UTC)
