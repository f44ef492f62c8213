"""A desk that was there before the chain begins it with what it has."""

import sqlalchemy as sa

from app.bootstrap import Parts
from app.services import chain_beginning, verifying
from tests import desks
from tests.records import add_item


def test_old_rows_are_vouched_for_from_the_chains_beginning_on(parts: Parts) -> None:
    desks.live(parts)
    before = verifying.verify(parts.database, parts.trusted)
    # As a database of an earlier version has it: rows, and no chain.
    with parts.database.write() as session:
        if parts.database.is_sqlite:
            for kind in ("entries", "payloads"):
                session.execute(sa.text(f"DROP TRIGGER audit_{kind}_no_delete"))
        else:
            session.execute(sa.text("SET LOCAL session_replication_role = replica"))
        for kind in ("payloads", "entries"):
            session.execute(sa.text(f"DELETE FROM audit_{kind}"))
    for path in parts.sealer.folder.path.iterdir():
        path.unlink()
    assert not verifying.verify(parts.database, parts.trusted).ok

    assert 0 < chain_beginning.begin(parts.database) < before.entries
    assert chain_beginning.begin(parts.database) == 0
    assert verifying.verify(parts.database, parts.trusted).faults == []
    with parts.database.write() as session:
        session.execute(sa.text("UPDATE receipts SET source_name = 'another'"))
    (fault, *_) = verifying.verify(parts.database, parts.trusted).faults
    assert fault.object.startswith("receipt/")
    assert fault.detail.endswith("source_name altered")


def test_a_row_put_in_past_the_desk_is_found(parts: Parts) -> None:
    desks.arrive(parts, b"content")
    with parts.database.write() as session:
        added = add_item(session)  # its record is opened by the desk, the item itself is not
    faults = verifying.verify(parts.database, parts.trusted).faults
    assert [fault.object.partition("/")[0] for fault in faults] == ["media", "receipt"]
    assert faults[0].object == f"media/{added}"
    assert faults[0].detail == "nothing in the chain says where it is from"
