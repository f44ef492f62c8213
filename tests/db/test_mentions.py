"""Who asks where they are named is answered out of every text that there is."""

import base64

import sqlalchemy as sa

from app.access import Role
from app.db import Database, Table, mentions
from app.db.base import now
from app.db.collections import Collection
from app.db.mentions import NAMELESS, SEARCHED_BESIDES, searched
from app.db.uploads import Upload
from app.schemas.enums import CollectionKind
from app.schemas.holds import NewHold
from app.services import holds
from tests.records import actor_of, add_item, claim

EXEMPT = {name for names in NAMELESS.values() for name in names.split()}


def texts() -> list[sa.Column[object]]:
    """Every column that holds words."""
    return [
        column
        for table in Table.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, (sa.String, sa.JSON)) and not isinstance(column.type, sa.Enum)
    ]


def test_every_text_is_searched_or_has_its_reason_not_to_be() -> None:
    undecided = {
        str(column)
        for column in texts()
        if column not in set(searched(column.table)) and not {column.name, str(column)} & EXEMPT
    }
    assert undecided == set()


def test_what_is_named_is_there_and_named_once() -> None:
    there = {str(column) for column in texts()} | {column.name for column in texts()}
    assert EXEMPT - there == set()
    looked_at = {
        str(column) for table in Table.metadata.sorted_tables for column in searched(table)
    }
    assert looked_at & EXEMPT == set()
    for name in SEARCHED_BESIDES:
        columns = searched(Table.metadata.tables[name])
        assert len(columns) == len(set(columns)), name


def test_a_name_is_found_about_items_and_apart_from_them(database: Database) -> None:
    with database.write() as session:
        media_id = add_item(session)
        held = NewHold(media_id=media_id, reason="Lim asked for it.")
        placed = holds.place(session, held, actor_of(Role.ADMIN))
        claimed = claim(session, media_id, "He was there.\nLim saw him.")
        made = Collection(slug="of-a-source", title="From Lim", kind=CollectionKind.ARCHIVE)
        said = "filename " + base64.b64encode("from Lím.mp4".encode()).decode() + ",is_known"
        begun = Upload(made_by="vera", expires_at=now(), length_bytes=1, said=said)
        session.add_all([made, begun])
        session.flush()
        found = {
            (each.media_id, each.table, each.column, each.row_id)
            for each in mentions.everywhere(session, lambda text: "Lim" in text or "Lím" in text)
        }
        assert found == {
            (media_id, "holds", "reason", placed.id),
            (media_id, "claims", "text", claimed),
            (None, "collections", "title", made.id),
            (None, "uploads", "said", begun.id),
        }
