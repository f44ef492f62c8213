"""Checkpoints: made when they are due, one after another, by one key; what was cut off is found."""

import threading
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import db
from app.bootstrap import Parts
from app.core.custody import chain
from app.errors import Unprocessable
from app.schemas.audit import FaultKind
from app.services import auditing, sealing, signing, verifying
from app.services.sealing import Due
from tests import desks

EVERY_THREE = Due(entries=3)


def numbers(parts: Parts) -> list[int]:
    return parts.sealer.folder.numbers()


def test_a_checkpoint_is_due_after_so_many_entries_or_so_long(parts: Parts) -> None:
    assert parts.sealer.seal_if_due(EVERY_THREE) is None  # there is nothing yet
    item = desks.arrive(parts, b"content")
    first = parts.sealer.seal_if_due(EVERY_THREE)
    assert first is not None
    assert parts.sealer.seal_if_due(Due(entries=1)) is None, "its own entry is no reason"
    desks.note(parts, item, "one")
    assert parts.sealer.seal_if_due(EVERY_THREE) is None
    second = parts.sealer.seal_if_due(Due(entries=1000, after=timedelta(0)))
    assert second is not None
    assert second.previous == sealing.digest_of(first)
    assert verifying.verify(parts.database, parts.trusted).ok


def test_the_key_is_made_once_for_its_owner_alone(parts: Parts) -> None:
    made: list[str] = []
    together = threading.Barrier(4)

    def make() -> None:
        together.wait()
        made.append(signing.load_or_make(parts.settings.signing_key_file).id)

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 1
    assert parts.settings.signing_key_file.stat().st_mode & 0o777 == 0o600


def test_several_seal_at_once_and_make_one_checkpoint(parts: Parts) -> None:
    desks.arrive(parts, b"content")
    threads = [threading.Thread(target=parts.sealer.seal) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert numbers(parts) == [1]
    assert verifying.verify(parts.database, parts.trusted).ok


def test_a_checkpoint_whose_entry_was_lost_with_its_process_is_entered_later(parts: Parts) -> None:
    item = desks.arrive(parts, b"content")
    with parts.database.read() as session:
        seq, head = db.audit.head(session)
    # As a process leaves it that died between its file and its commit.
    key, folder = parts.sealer.key, parts.sealer.folder
    at = chain.instant(db.now())
    body = sealing.Checkpoint(1, seq, head, at, chain.FIRST_PREVIOUS, key.id).encode()
    folder.add_key(key.id, key.public_pem)
    folder.add(1, body, key.sign(body))
    assert verifying.verify(parts.database, parts.trusted).ok

    desks.note(parts, item, "one")
    parts.sealer.seal()
    assert numbers(parts) == [1, 2]
    report = verifying.verify(parts.database, parts.trusted)
    assert (report.ok, report.checkpoints) == (True, 2)
    folder.file(2, "json").unlink()
    report = verifying.verify(parts.database, parts.trusted)
    assert [fault.detail for fault in report.faults] == ["its file is missing"]


def test_entries_cut_off_behind_a_checkpoint_are_missed(parts: Parts) -> None:
    desks.arrive(parts, b"content")
    sealed = parts.sealer.seal()
    assert sealed is not None
    with parts.database.write() as session:
        if parts.database.is_sqlite:
            for kind in ("entries", "payloads"):
                session.execute(sa.text(f"DROP TRIGGER audit_{kind}_no_delete"))
        else:
            session.execute(sa.text("SET LOCAL session_replication_role = replica"))
        for kind in ("payloads", "entries"):
            cut = sa.text(f"DELETE FROM audit_{kind} WHERE seq >= :seq")
            session.execute(cut, {"seq": sealed.seq})
    report = verifying.verify(parts.database, parts.trusted)
    (cut_off,) = (fault for fault in report.faults if fault.kind is FaultKind.CHECKPOINT)
    assert cut_off.detail == (
        f"the chain ends at entry {sealed.seq - 1}, but checkpoint 1 sealed it up to {sealed.seq}:"
        " entries were removed"
    )


def test_a_database_older_than_its_checkpoints_is_checked_and_sealed_on(parts: Parts) -> None:
    item = desks.arrive(parts, b"content")
    parts.sealer.seal()
    ahead = desks.seal_ahead(parts, 3)
    desks.note(parts, item, "one")
    third = parts.sealer.seal_if_due(Due(entries=1))
    assert third is not None
    assert (third.number, third.seq < ahead + 3) == (3, True)
    assert parts.sealer.seal_if_due(Due(entries=1)) is None
    desks.note(parts, item, "two")
    with parts.database.write() as session:
        session.execute(sa.text("UPDATE media SET size_bytes = 1"))
    report = verifying.verify(parts.database, parts.trusted)
    assert [(fault.kind, fault.object) for fault in report.faults] == [
        (FaultKind.CHAIN, f"entry/{ahead}"),
        (FaultKind.ROW, f"media/{item}"),
    ]
    assert f"checkpoint 2 sealed it with another hash: {'a' * 64}" in report.faults[0].detail
    with parts.database.read() as session:
        assert report.entries == db.audit.head(session)[0]


def test_checkpoints_of_another_key_are_told_from_the_desks(parts: Parts) -> None:
    item = desks.arrive(parts, b"content")
    parts.sealer.seal()
    parts.settings.signing_key_file.rename(parts.settings.data_dir / "lost")
    signing.load_or_make(parts.settings.signing_key_file)
    report = verifying.verify(parts.database, parts.trusted)
    assert "another key than the desk's" in report.faults[0].detail
    # The desk that lost its key says so by sealing with the new one at once.
    desks.note(parts, item, "The old key was lost in the move.")
    assert parts.sealer.seal_if_due(Due(entries=1000)) is not None
    report = verifying.verify(parts.database, parts.trusted)
    assert report.ok
    assert len(report.keys) == 2


def test_an_altered_checkpoint_keeps_none_from_being_made_after_it(parts: Parts) -> None:
    item = desks.arrive(parts, b"content")
    parts.sealer.seal()
    desks.damage(parts, 1)
    desks.note(parts, item, "one")
    second = parts.sealer.seal_if_due(Due(entries=1))
    assert second is not None
    assert second.number == 2
    assert parts.sealer.seal() is None
    report = verifying.verify(parts.database, parts.trusted)
    assert {fault.object for fault in report.faults} == {"checkpoint/1"}


def test_a_removed_checkpoint_is_missed_after_another_took_its_number(parts: Parts) -> None:
    item = desks.arrive(parts, b"content")
    parts.sealer.seal()
    parts.sealer.folder.file(1, "json").unlink()
    desks.note(parts, item, "one")
    again = parts.sealer.seal()
    assert again is not None
    assert again.number == 1
    report = verifying.verify(parts.database, parts.trusted)
    assert [(fault.object, fault.detail) for fault in report.faults] == [
        ("checkpoint/1", "its files are not those that the chain recorded")
    ]


def sealed_and_forged(parts: Parts) -> tuple[sealing.Checkpoint, sealing.Checkpoint]:
    """The first checkpoint, and one of what was recorded since that would follow it if it were signed."""
    media_id = desks.arrive(parts, b"content")
    first = parts.sealer.seal()
    assert first is not None
    desks.note(parts, media_id, "a note")
    with parts.database.read() as session:
        seq, head = db.audit.head(session)
    previous = sealing.digest_of(first)
    return first, replace(first, number=2, seq=seq, head=head, previous=previous)


@pytest.mark.parametrize(
    "said",
    [
        {"seq": 2**70},
        {"seq": "1"},
        {"number": None},
        {"at": "soon"},
    ],
)
def test_a_checkpoint_that_no_desk_writes_keeps_none_from_being_made_after_it(
    parts: Parts, said: dict[str, Any]
) -> None:
    _, second = sealed_and_forged(parts)
    forged = asdict(second) | said
    parts.sealer.folder.add(2, chain.canonical(forged).encode(), b"unsigned")
    assert parts.sealer.seal() is not None
    faults = verifying.verify(parts.database, parts.trusted).faults
    assert faults[0].object == "checkpoint/2"


@pytest.mark.parametrize("signature", [b"unsigned", bytes(64)], ids=["short", "long"])
def test_a_forged_checkpoint_is_neither_vouched_for_nor_gone_on_from(
    parts: Parts, signature: bytes
) -> None:
    """Whoever writes the database and the folder, but has no key, holds off no checkpoint either."""
    first, forged = sealed_and_forged(parts)
    parts.sealer.folder.add(2, forged.encode(), signature)
    made = parts.sealer.seal()
    assert made is not None
    assert (made.number, made.previous) == (3, sealing.digest_of(first))
    for _ in range(2):
        assert parts.sealer.seal() is None
    with parts.database.read() as session:
        told = entered(session)
        with pytest.raises(Unprocessable, match="Checkpoint 2 was altered or forged"):
            auditing.checkpoints(session, parts.sealer.folder, 10, None)
    assert told == ["1", "3"]
    fault = verifying.verify(parts.database, parts.trusted).faults[0]
    assert (fault.object, "signature" in fault.detail) == ("checkpoint/2", True)


def entered(session: Session) -> list[str]:
    """The numbers of the checkpoints that the chain says the desk signed, in its order."""
    asked = "SELECT subject_id FROM audit_entries WHERE action = 'checkpoint.signed' ORDER BY seq"
    return list(session.scalars(sa.text(asked)))


def test_a_checkpoint_of_lists_without_end_is_named(parts: Parts) -> None:
    desks.arrive(parts, b"content")
    parts.sealer.seal()
    parts.sealer.folder.add(2, b"[" * 100_000 + b"]" * 100_000, b"unsigned")
    assert verifying.verify(parts.database, parts.trusted).faults[0].object == "checkpoint/2"
