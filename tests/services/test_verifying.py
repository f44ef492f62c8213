"""Whatever is altered past the desk is found and named; nothing that is as it was is reported."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app import db, services
from app.access import SYSTEM, Actor, Role
from app.bootstrap import Parts
from app.core.custody import chain
from app.db import Table
from app.schemas.audit_answers import AuditReport
from app.schemas.enums import MediaState, ReviewDecision
from app.schemas.matches import ReviewRequest
from app.schemas.verifications import TransitionRequest
from app.services import fixity, sealing, stamping, verifying
from tests import desks
from tests.records import PURGE, actor_of, add_item, add_match
from tests.timestamping import timestamping

ALTERATIONS = {True: 800, False: 200}  # on SQLite and not: a thousand in all

CHAIN = ("audit_entries", "audit_payloads", "history")
# Of these the columns that do not change without a decision.
VOUCHED = {each.model.__tablename__: each for each in db.audited.AUDITED}


def verified(parts: Parts) -> AuditReport:
    return verifying.verify(parts.database, parts.trusted)


@contextmanager
def past_the_desk(parts: Parts) -> Iterator[Session]:
    """What somebody with the database's password may do, who removes the triggers first; undone."""
    with parts.database.write() as session:
        if parts.database.is_sqlite:
            found = sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for name in session.scalars(found).all():
                session.execute(sa.text(f"DROP TRIGGER {name}"))
            session.execute(sa.text("PRAGMA defer_foreign_keys = ON"))
        else:
            session.execute(sa.text("SET LOCAL session_replication_role = replica"))
        yield session
        session.rollback()


@pytest.fixture
def stamped(parts: Parts, tmp_path: Path) -> Iterator[Parts]:
    """A desk with a life behind it, its checkpoints time-stamped."""
    with timestamping(tmp_path / "tsa") as authority:
        roots = authority.roots.read_bytes()
        sealer = sealing.Sealer(
            parts.database,
            parts.sealer.folder,
            parts.settings.signing_key_file,
            timestamps=True,
        )
        stamper = stamping.Stamper(
            parts.database,
            sealer.folder,
            stamping.Authority(authority.url, roots, allow_private=True),
        )
        stamping_desk = replace(
            parts, sealer=sealer, trusted=replace(parts.trusted, tsa_roots=roots)
        )
        desks.live(stamping_desk)
        stamper.round()
        yield stamping_desk


def test_a_desk_at_work_verifies(stamped: Parts) -> None:
    report = verified(stamped)
    assert report.faults == []
    assert report.ok
    assert report.checkpoints == 2
    assert report.erased_payloads > 1
    assert report.entries > 40
    assert fixity.check_all(stamped.database, stamped.blobs).failed == {}


def altered(value: Any, chance: random.Random) -> Any:
    """Another value of the same type."""
    other: Any = "x"
    if isinstance(value, bool):
        other = not value
    elif isinstance(value, int):
        other = value + chance.choice([-1, 1, 1000])
    elif isinstance(value, datetime):
        other = value + timedelta(microseconds=chance.choice([-1, 1, 10**9]))
    elif isinstance(value, dict):
        other = {**value, "x": 1} if chance.random() < 0.5 or not value else {}
    elif isinstance(value, list):
        other = [*value, "x"]
    elif value is not None:
        other = altered_text(str(value), chance)
    return other


def altered_text(text: str, chance: random.Random) -> str:
    place = chance.randrange(len(text)) if text else 0
    ways: list[Callable[[], str]] = [
        lambda: text[:place] + chance.choice("0f xZ{") + text[place + 1 :],
        lambda: text[:place] + text[place + 1 :],
        lambda: text + " ",
        text.upper,
        lambda: "",
    ]
    while (other := chance.choice(ways)()) == text:
        pass
    return other


def vouched_columns(table: sa.Table) -> list[sa.Column[Any]]:
    if table.name in VOUCHED:
        names = VOUCHED[table.name].columns
        return [column for column in table.columns if column.key in names]
    return list(table.columns)


def alter_row(session: Session, chance: random.Random) -> str:
    """Change, remove or copy one stored row; says what was done."""
    name = chance.choice([*CHAIN, *CHAIN, *VOUCHED])
    table = Table.metadata.tables[name]
    audited = VOUCHED.get(name)
    keys = list(table.primary_key)
    there = sa.select(table).where(*(audited.where if audited else ())).order_by(*keys)
    rows = session.execute(there).mappings().all()
    if not rows:
        return alter_row(session, chance)
    row = chance.choice(rows)
    this = sa.and_(*(column == row[column.key] for column in keys))
    if chance.random() < 0.15:
        session.execute(sa.delete(table).where(this))
        return f"a row of {name} removed"
    column = chance.choice(vouched_columns(table))
    value = altered(row[column.key], chance)
    if isinstance(column.type, sa.Enum):
        value = chance.choice([each for each in column.type.enums if each != row[column.key]])
    elif isinstance(column.type, db.base.UtcDateTime) and row[column.key] is None:
        value = db.now()
    elif isinstance(column.type, sa.JSON) and row[column.key] is None:
        value = {}
    if chance.random() < 0.1 and keys[0].key != column.key and name not in {"decision", "matches"}:
        copy = {**row, **{key.key: altered(row[key.key], chance) for key in keys[:1]}}
        if isinstance(copy[keys[0].key], int):
            copy[keys[0].key] = 10**6 + chance.randrange(1000)
        session.execute(sa.insert(table).values(**copy | _unlike(table, copy)))
        return f"a row added to {name}"
    session.execute(sa.update(table).where(this).values({column: value}))
    if session.execute(sa.select(column).where(this)).scalar_one_or_none() == row[column.key]:
        return alter_row(session, chance)  # PostgreSQL drops spaces that a column has no room for
    return f"{name}.{column.key} from {row[column.key]!r} to {value!r}"


def _unlike(table: sa.Table, copy: dict[str, Any]) -> dict[str, Any]:
    """Values for what must be unique besides the key."""
    unique = {
        "hash": "a" * 64,
        "prev_hash": "b" * 64,
        "sha256": "c" * 64,
        "slug": "copy",
        "version": 99,
    }
    return {
        name: value
        for name, value in unique.items()
        if name in table.columns
        and name in copy
        and table.name not in {"receipts", "verifications"}
    } | ({"supersedes_id": None} if table.name == "notes" else {})


@contextmanager
def altered_file(path: Path, chance: random.Random) -> Iterator[str]:
    """Change or remove one file for as long as the block lasts; gives what was done."""
    data, mode = path.read_bytes(), path.stat().st_mode
    place = chance.randrange(len(data))
    flipped = bytes([data[place] ^ (1 << chance.randrange(8))])
    other = chance.choice(
        [data[:place] + flipped + data[place + 1 :], data[:place], data + b"\n", None]
    )
    path.unlink()
    if other is not None:
        path.write_bytes(other)
    yield f"{path.name}, at byte {place} of {len(data)}: {'removed' if other is None else 'altered'}"
    path.unlink(missing_ok=True)
    path.write_bytes(data)
    path.chmod(mode)


def is_found(stamped: Parts, chance: random.Random) -> tuple[str, bool]:
    """Alter one thing that the database lets be altered; says which, and whether it was found."""
    kind = chance.choices(["row", "checkpoint", "content"], [8, 2, 1])[0]
    if kind == "row":
        try:
            with past_the_desk(stamped) as session:
                checkpoints = verifying.checkpoint_check(stamped.trusted)
                done = alter_row(session, chance)
                report = verifying.examine(session, checkpoints)
        except DBAPIError:
            return is_found(stamped, chance)
        return done, not report.ok and bool(report.faults[0].detail)
    if kind == "checkpoint":
        files = [path for path in stamped.sealer.folder.path.iterdir() if path.is_file()]
        with altered_file(chance.choice(sorted(files)), chance) as done:
            return done, not verified(stamped).ok
    with stamped.database.read() as session:
        living = sa.select(db.media.Media.sha256).where(db.media.Media.state != MediaState.PURGED)
        digests = session.scalars(living).all()
    with altered_file(stamped.blobs.path(chance.choice(sorted(digests))), chance) as done:
        return done, bool(fixity.check_all(stamped.database, stamped.blobs).failed)


@pytest.mark.long
def test_each_of_many_random_alterations_is_found(stamped: Parts) -> None:
    chance = random.Random(20250111)
    unfound: list[str] = []
    for number in range(ALTERATIONS[stamped.database.is_sqlite]):
        done, found = is_found(stamped, chance)
        if not found:
            unfound.append(done)
        if number % 100 == 0:
            assert verified(stamped).faults == []
            assert fixity.check_all(stamped.database, stamped.blobs).failed == {}
    assert unfound == []
    assert verified(stamped).faults == []


def test_a_status_that_leaves_no_wording_is_no_alteration(parts: Parts) -> None:
    """A verdict that was never published is taken back: nothing of its wording is left."""
    media_id, other = (desks.arrive(parts, content * 400) for content in (b"a", b"b"))
    editor = actor_of(Role.EDITOR, "ed")

    def goes_to(status: str, actor: Actor, **more: Any) -> None:
        wanted = {"to": status, "note": "As it should be, for now.", **more}
        with parts.database.write() as session:
            record = services.verifications.take(session, media_id)
            request = TransitionRequest.model_validate(wanted)
            services.transitions.apply(session, record, request, actor)

    goes_to("in_review", desks.VERIFIER, assignee="vera")
    with parts.database.write() as session:
        match_id = add_match(session, media_id, other)
    misleading = {
        "authenticity_codes": ["EditedOrCroppedContent"],
        "original_context": "A drill in 2023",
        "evidence": [match_id],
    }
    for actor in (desks.VERIFIER, editor):
        goes_to("misleading", actor, **misleading)
    assert verified(parts).faults == []
    goes_to("withdrawn", editor, reason_code="error")
    assert verified(parts).faults == []
    with past_the_desk(parts) as session:
        session.execute(
            sa.text("UPDATE verifications SET original_context = 'x' WHERE media_id = :id"),
            {"id": media_id},
        )
        found = verifying.examine(session, verifying.checkpoint_check(parts.trusted))
        assert {fault.object for fault in found.faults} == {f"wording/{media_id}"}


@pytest.fixture
def decided(parts: Parts) -> dict[str, str]:
    """A match that a person has confirmed, its query and known item: their ids."""
    query, known = (desks.arrive(parts, content * 400) for content in (b"a", b"b"))
    with parts.database.write() as session:
        match_id = add_match(session, query, known)
        request = ReviewRequest(decision=ReviewDecision.CONFIRMED)
        services.matches.review(session, match_id, request, desks.VERIFIER)
    return {"match": match_id, "query": query, "known": known}


@pytest.mark.parametrize(
    ("done", "told"),
    [
        ("UPDATE matches SET decision = NULL, decided_by = NULL, decided_at = NULL", "altered"),
        ("UPDATE matches SET decision = NULL", "decision altered"),
        ("DELETE FROM matches", "it is gone"),
    ],
)
def test_a_decision_that_was_taken_away_is_found(
    parts: Parts, decided: dict[str, str], done: str, told: str
) -> None:
    with past_the_desk(parts) as session:
        session.execute(sa.text(done))
        found = verifying.examine(session, verifying.checkpoint_check(parts.trusted)).faults
        assert [fault.object for fault in found] == [f"decision/{decided['match']}"]
        assert told in found[0].detail


def test_a_decision_that_nobody_made_or_that_was_taken_back_is_no_alteration(
    parts: Parts, decided: dict[str, str]
) -> None:
    with parts.database.write() as session:
        undecided = add_match(session, decided["known"], decided["query"])
        services.reviews.take_back(session, decided["match"], desks.VERIFIER)
    assert verified(parts).faults == []
    with past_the_desk(parts) as session:
        session.execute(sa.text("DELETE FROM matches"))
        found = verifying.examine(session, verifying.checkpoint_check(parts.trusted)).faults
        assert found == []
    with past_the_desk(parts) as session:
        decide = "UPDATE matches SET decision = 'confirmed' WHERE id = :id"
        session.execute(sa.text(decide), {"id": undecided})
        found = verifying.examine(session, verifying.checkpoint_check(parts.trusted)).faults
        assert [fault.object for fault in found] == [f"decision/{undecided}"]


@pytest.mark.parametrize("end", ["query", "known"])
def test_a_decision_that_went_with_a_purged_item_is_no_alteration(
    parts: Parts, decided: dict[str, str], end: str
) -> None:
    with parts.database.write() as session:
        services.purging.order(session, decided[end], PURGE, desks.ADMIN)
    assert verified(parts).faults == []
    with parts.database.write() as session:
        db.matches.forget_query(session, decided["query"])
    assert verified(parts).faults == []
    services.shredding.carry_out(parts.shredder, decided[end])
    assert verified(parts).faults == []


def test_what_the_chain_no_longer_vouches_for_keeps_no_other_column_from_it(parts: Parts) -> None:
    with parts.database.write() as session:
        item = db.media.find(session, add_item(session))
        assert item is not None
        _, row_id, now = db.audited.snapshot(item)
        recorded = {"rows": {f"media/{row_id}": {**now, "kind": "audio"}}}
        about = services.audit.Subject("media", row_id)
        services.audit.append(session, SYSTEM, "media.received", about, recorded)
    faults = {each.object: each.detail for each in verified(parts).faults}
    assert f"media/{row_id}" not in faults
    with parts.database.write() as session:
        session.execute(sa.update(db.media.Media).values(size_bytes=2))
    faults = {each.object: each.detail for each in verified(parts).faults}
    assert faults[f"media/{row_id}"].endswith("size_bytes altered")


@pytest.mark.parametrize(
    ("action", "payload"),
    [
        ("media.received", {"rows": {"secret/1": {"id": "1"}}}),
        ("media.received", {"rows": ["media/1"]}),
        ("media.received", {"rows": {"media/1": "gone"}}),
        ("media.received", {"rows": {"decision/1": {"decision": "confirmed"}}}),
        ("audit.payload_erased", {}),
        ("checkpoint.signed", {"sha256": "0" * 64}),
        ("checkpoint.timestamped", {}),
    ],
)
def test_an_entry_that_fits_and_that_no_desk_writes_is_named(
    parts: Parts, action: str, payload: dict[str, Any]
) -> None:
    """As somebody with the database's password makes them, all hashes anew behind the last checkpoint."""
    with parts.database.write() as session:
        media_id = add_item(session)
        about = services.audit.Subject("media", media_id)
        services.audit.append(session, SYSTEM, action, about, payload)
    report = verified(parts)
    assert not report.ok
    assert report.first_bad_seq == 2


@pytest.mark.parametrize(
    "written",
    [f"{'[' * 100_000}{']' * 100_000}", '{"rows":{"media/\\ud800":{"id":"1"}}}'],
    ids=["lists without end", "half a character"],
)
def test_an_entry_that_fits_with_a_text_that_no_desk_writes_is_named(
    parts: Parts, written: str
) -> None:
    with parts.database.write() as session:
        about = services.audit.Subject("media", add_item(session))
        services.audit.append(session, SYSTEM, "media.received", about, {})
    salt = "0" * 64
    with past_the_desk(parts) as session:
        (link, _) = list(filter(None, db.audit_reading.links(session)))[-1]
        said = replace(link.content, payload_digest=chain.payload_digest(salt, written))
        made = chain.chained(link.previous, chain.content_digest(said))
        entry, payload = db.audit.AuditEntry, db.audit.AuditPayload
        hashes = {"payload_digest": said.payload_digest, "hash": made}
        session.execute(sa.update(entry).where(entry.seq == said.seq).values(hashes))
        kept = {"salt": salt, "payload": written}
        session.execute(sa.update(payload).where(payload.seq == said.seq).values(kept))
        report = verifying.examine(session, verifying.checkpoint_check(parts.trusted))
    assert report.first_bad_seq == 2
    assert report.faults[0].detail.startswith("its payload is none that the desk writes")


def test_an_entry_that_says_of_a_decision_whose_items_have_no_ids_is_named(parts: Parts) -> None:
    recorded = {"decision": "confirmed", "query_media_id": {"id": "\0"}, "known_media_id": "\0"}
    with parts.database.write() as session:
        about = services.audit.Subject("media", add_item(session))
        payload = {"rows": {"decision/1": recorded}}
        services.audit.append(session, SYSTEM, "media.received", about, payload)
    faults = {each.object: each.detail for each in verified(parts).faults}
    assert faults["decision/1"].endswith("recorded it, but it is gone")


@pytest.mark.parametrize(
    ("place", "value", "named"),
    [
        ("history.action", "'nonsense'", "history/"),
        ("history.at", "'soon'", "history/"),
        ("history.details", "'{'", "history/"),
        ("history.details", f"'{'[' * 400}{']' * 400}'", "history/"),
        ("notes.text", "x'616263'", "note/"),
        ("notes.text", "CAST(x'ff41' AS TEXT)", "note/"),
        ("media.size_bytes", "1e999", "media/"),
        ("audit_entries.at", "'soon'", "entry/"),
        ("audit_entries.actor_id", "CAST(x'ff41' AS TEXT)", "entry/"),
        ("audit_payloads.payload", "x'7b7d'", "entry/"),
    ],
)
def test_a_value_that_no_desk_writes_is_named(
    parts: Parts, place: str, value: str, named: str
) -> None:
    """PostgreSQL refuses the others: its columns have types."""
    if not parts.database.is_sqlite and value != "'nonsense'":
        return
    media_id = desks.arrive(parts, b"content")
    desks.note(parts, media_id, "a note")
    table, _, column = place.partition(".")
    with past_the_desk(parts) as session:
        session.connection().exec_driver_sql(f"UPDATE {table} SET {column} = {value}")
        report = verifying.examine(session, verifying.checkpoint_check(parts.trusted))
    assert not report.ok
    assert report.faults[0].object.startswith(named)
    assert "altered" in report.faults[0].detail
    assert report.model_dump_json()
    assert verified(parts).ok, "a text that cannot be read stops no later reading"
