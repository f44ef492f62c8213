"""The chain is written with each change, hangs together, and cannot be changed through the front."""

import json

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app import db, services
from app.access import Role
from app.core.custody import chain
from app.db import Database
from app.db.audit import AuditEntry, AuditPayload
from app.schemas.notes import NewNote
from app.services.audit import Subject
from tests.records import actor_of, add_item

EDITOR = actor_of(Role.EDITOR, "ed")


def entries(session: Session) -> list[AuditEntry]:
    return list(session.scalars(sa.select(AuditEntry).order_by(AuditEntry.seq)))


def test_each_entry_holds_the_hash_of_the_one_before_and_of_itself(database: Database) -> None:
    with database.write() as session:
        for number in range(3):
            services.audit.append(
                session, EDITOR, "key.created", Subject("key", str(number)), {"n": number}
            )
    with database.read() as session:
        found = entries(session)
        payloads = {each.seq: each for each in session.scalars(sa.select(AuditPayload))}
    assert [each.seq for each in found] == [1, 2, 3]
    previous = chain.FIRST_PREVIOUS
    for each in found:
        assert each.prev_hash == previous
        content = chain.content_digest(db.audit.content_of(each))
        previous = each.hash
        assert each.hash == chain.chained(each.prev_hash, content)
        kept = payloads[each.seq]
        assert each.payload_digest == chain.payload_digest(kept.salt or "", kept.payload or "")
    assert json.loads(payloads[2].payload or "") == {"actor_name": "ed", "n": 1}


def test_a_change_of_a_record_is_in_the_chain_with_its_history_entry(database: Database) -> None:
    with database.write() as session:
        media_id = add_item(session)
        record = services.verifications.take(session, media_id)
        services.notes.add(session, record, NewNote(text="seen on channel X"), EDITOR)
    with database.read() as session:
        history = services.history.read(session, media_id, EDITOR, 10, None).items
        found = entries(session)
    assert [each.action for each in found] == [
        "record.opened",
        "record.note_added",
        "record.note_added",
    ]
    assert {each.media_id for each in found} == {media_id}
    assert [each.actor_id for each in found[:2]] == [each.actor.id for each in history]
    assert [each.subject_kind for each in found] == ["history", "history", "note"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entries SET actor_id = 'nobody' WHERE seq = 1",
        "DELETE FROM audit_entries WHERE seq = 1",
        "UPDATE audit_payloads SET payload = '{}' WHERE seq = 1",
        "UPDATE audit_payloads SET salt = '00' WHERE seq = 1",
        "DELETE FROM audit_payloads WHERE seq = 1",
    ],
)
def test_the_database_refuses_to_change_the_chain(database: Database, statement: str) -> None:
    with database.write() as session:
        add_item(session)
    with pytest.raises(DBAPIError), database.write() as session:
        session.execute(sa.text(statement))


def test_sqlite_refuses_to_replace_an_entry(database: Database) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL knows no INSERT OR REPLACE")
    with database.write() as session:
        add_item(session)
    replacing = "INSERT OR REPLACE INTO audit_entries SELECT * FROM audit_entries"
    with pytest.raises(DBAPIError), database.write() as session:
        session.execute(sa.text(replacing))


def test_an_undone_change_leaves_no_gap(database: Database) -> None:
    with pytest.raises(RuntimeError), database.write() as session:
        add_item(session)
        raise RuntimeError
    with database.write() as session:
        add_item(session)
    with database.read() as session:
        seq, _ = db.audit.head(session)
    assert seq == 1


def test_an_erased_note_leaves_who_when_and_why_and_the_chain(database: Database) -> None:
    with database.write() as session:
        media_id = add_item(session)
        record = services.verifications.take(session, media_id)
        note = services.notes.add(session, record, NewNote(text="names a prisoner"), EDITOR)
    with database.write() as session:
        subject = Subject("note", note.id)
        assert services.audit.erase(session, EDITOR, "GDPR 17, case 7", subject=subject) == 1
        assert services.audit.erase(session, EDITOR, "GDPR 17, case 7", subject=subject) == 0
    with database.read() as session:
        found = entries(session)
        kept = {each.seq: each for each in session.scalars(sa.select(AuditPayload))}
    assert [each.action for each in found][-1] == "audit.payload_erased"
    gone = kept[3]
    assert (gone.payload, gone.salt) == (None, None)
    assert (gone.erased_by, gone.authority) == ("ed", "GDPR 17, case 7")
    assert "prisoner" not in "".join(each.payload or "" for each in kept.values())
