import threading

import pytest

from app import services
from app.access import Role
from app.db import Database
from app.errors import NotFound
from app.schemas.enums import HistoryAction
from app.schemas.notes import NewNote
from tests.records import actor_of, add_item


def test_a_record_is_open_from_the_arrival(database: Database) -> None:
    with database.write() as session:
        item = add_item(session, received_by="ana")
    with database.read() as session:
        record = services.verifications.find(session, item)
        entries = services.history.read(session, item, actor_of(Role.VERIFIER), 10, None).items
    assert (record.status, record.version) == ("unreviewed", 1)
    assert [(each.action, each.version, each.actor.name) for each in entries] == [
        (HistoryAction.OPENED, 1, "ana")
    ]


def test_an_unknown_item_has_no_record(database: Database) -> None:
    with database.read() as session, pytest.raises(NotFound):
        services.verifications.find(session, "unknown")
    with database.write() as session, pytest.raises(NotFound):
        services.verifications.take(session, "unknown")


def test_changes_at_once_each_make_a_version_of_their_own(database: Database) -> None:
    with database.write() as session:
        item = add_item(session)
    start = threading.Barrier(4)

    def write_notes(name: str) -> None:
        start.wait()
        for number in range(3):
            with database.write() as session:
                record = services.verifications.take(session, item)
                note = NewNote(text=f"{name} {number}")
                services.notes.add(session, record, note, actor_of(Role.PRODUCER, name))

    writers = [threading.Thread(target=write_notes, args=(f"w{n}",)) for n in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with database.read() as session:
        entries = services.history.read(session, item, actor_of(Role.VERIFIER), 50, None).items
        assert services.verifications.find(session, item).version == 13
    assert [entry.version for entry in entries] == list(range(1, 14))
    texts = [entry.note for entry in entries if entry.note]
    for name in ("w0", "w1", "w2", "w3"):
        own = [text for text in texts if text.startswith(name)]
        assert own == [f"{name} {number}" for number in range(3)]
