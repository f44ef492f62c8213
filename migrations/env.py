"""How Alembic runs: all in one transaction, on either engine; the URL is given or Settings'."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import event

from app.db import Database, Table
from app.db.base import UtcDateTime
from app.settings import Settings

METADATA = Table.metadata
MIGRATION_LOCK = 0x50_44_4D_47  # any constant that no other lock of ours uses


def _keep_children(connection: Any, _record: Any) -> None:
    # A batch migration drops and renames its table; with enforcement on, dropping a parent deletes
    # the rows of every child that is declared ON DELETE CASCADE.
    connection.execute("PRAGMA foreign_keys=OFF")


def _is_ours(name: str | None, kind: str, _parents: Any) -> bool:
    # On SQLite the job engine's tables live beside ours.
    return kind != "table" or name in METADATA.tables


def _render(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Freeze our column types as plain ones, so that old migrations never change with the code."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, sa.Enum):
        return f"sa.String({item.length})"
    return False


def _same_type(
    _context: Any, _inspected: Any, _column: Any, inspected: Any, declared: Any
) -> bool | None:
    # Enums are strings in the database: their members are the code's business.
    if isinstance(declared, sa.Enum) and isinstance(inspected, sa.String):
        return inspected.length != declared.length
    return None


def _migrate(connection: sa.Connection) -> None:
    is_sqlite = connection.dialect.name == "sqlite"
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        include_name=_is_ours,
        render_item=_render,
        compare_type=_same_type,
        render_as_batch=True,
        transactional_ddl=True,
    )
    with connection.begin():
        if not is_sqlite:
            # A migration may take long, and so may waiting for another process's.
            connection.execute(sa.text("SET LOCAL lock_timeout = 0"))
            connection.execute(sa.text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:id)"), {"id": MIGRATION_LOCK})
        context.run_migrations()
        if is_sqlite:
            orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if orphans:
                raise RuntimeError(
                    f"the migration leaves rows without their parents: {orphans[:5]}"
                )


def main() -> None:
    """Migrate the database that the caller or the environment names."""
    database = Database(context.config.attributes.get("url") or Settings().resolved_database_url)
    if database.is_sqlite:
        event.listen(database.engine, "connect", _keep_children)
    try:
        with database.engine.execution_options(write=True).connect() as connection:
            _migrate(connection)
    finally:
        database.close()


main()
