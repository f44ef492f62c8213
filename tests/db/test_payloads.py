"""Every table that hangs on an item says what a purge does to it."""

import sqlalchemy as sa

from app.db import Table
from app.db.payloads import _LISTS, EXEMPT, REMOVED, STAYS, _nothing, emptied

ITEMS = {"media.id", "verifications.media_id", "notes.id"}


def hanging() -> set[str]:
    """The tables that have an item's id, or refer to what has."""
    return {
        table.name
        for table in Table.metadata.sorted_tables
        if "media_id" in table.columns
        or any(f"{key.column.table.name}.{key.column.name}" in ITEMS for key in table.foreign_keys)
    }


def test_every_table_that_hangs_on_an_item_is_decided_on() -> None:
    decided = [*STAYS, *REMOVED, *EXEMPT]
    assert len(decided) == len(set(decided))
    assert hanging() - set(decided) == set()
    assert set(decided) - {table.name for table in Table.metadata.sorted_tables} == set()


def test_every_column_stays_or_can_beemptied() -> None:
    for name, stays in STAYS.items():
        table = Table.metadata.tables[name]
        assert set(stays.split()) <= set(table.columns.keys()), name
        for column in emptied(table):
            _nothing(column)


def test_lists_areemptied_to_lists() -> None:
    """A column whose rows hold lists would otherwise come back as an object."""
    declared = {
        f"{mapper.local_table.name}.{column.name}"
        for mapper in Table.registry.mappers
        for column in mapper.columns
        if isinstance(column.type, sa.JSON)
        and not column.nullable
        and "list" in str(mapper.class_.__annotations__.get(column.name))
        and mapper.local_table.name in STAYS
    }
    assert declared == set(_LISTS)


def test_nothing_of_a_record_goes_with_the_row_above_it() -> None:
    cascading = {
        f"{table.name}.{key.parent.name}"
        for table in Table.metadata.sorted_tables
        for key in table.foreign_keys
        if key.ondelete == "CASCADE" and table.name in {*STAYS, "matches", "holds", "tombstones"}
    }
    assert cascading == set()
