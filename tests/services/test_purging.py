"""A purge takes everything but a tombstone, wherever its process dies."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from app import db
from app.access import SYSTEM, Role, at_the_machine
from app.blobs.local import PICTURES
from app.bootstrap import Parts
from app.db.known import KnownChange, KnownLogEntry
from app.errors import Gone
from app.schemas.audit import Fault
from app.schemas.enums import EventType
from app.schemas.privacy_enums import PurgeAuthority, PurgeStep
from app.schemas.purging import PurgeRequest
from app.services import events, fixity, purging, reapplying, shredding, verifying
from app.services.shredding import Shredder
from tests.records import PURGE, add_item, add_match, is_searched_as_known
from tests.uploads import png, store_fingerprint, upload

ROOT = Path(__file__).resolve().parents[2]
SECRET = "Oksana Kovalenko"
WORD = "kovalenko"
KEEPING = PurgeRequest(
    authority=PurgeAuthority.COURT,
    reason="Order 12/26",
    keep_fingerprint=True,
    keep_reason="Must not be shown again.",
)

ClientAs = Callable[[Role], TestClient]


@pytest.fixture
def shredder(parts: Parts) -> Shredder:
    return Shredder(parts.database, parts.blobs, parts.purge_list)


@pytest.fixture
def item(parts: Parts, client: TestClient) -> dict[str, Any]:
    """An item about which much was said, all of it naming somebody."""
    body = {"slug": "archive", "title": "Archive", "kind": "archive"}
    client.post("/v1/collections", json=body)
    said = {"title": SECRET, "source_name": SECRET, "claimed_place": SECRET, "tags": SECRET}
    keyed = {"Idempotency-Key": "once"}
    sent = client.post(
        "/v1/media",
        files={"file": (f"{SECRET}.png", png(1))},
        data={
            **said,
            "note": f"{SECRET} filmed it.",
            "collection": "archive",
            "sensitivity": "pow",
        },
        headers=keyed,
    )
    made: dict[str, Any] = sent.json()
    own = f"/v1/media/{made['id']}"
    client.put(f"{own}/restricted-terms", json={"terms": [SECRET]})
    claim = {"text": f"{SECRET} was there."}
    assert client.post(f"{own}/verification/claims", json=claim).status_code == 201
    parts.blobs.put_derived(made["id"], PICTURES, b"x")
    with parts.database.write() as session:
        number = store_fingerprint(session, made["id"])
        session.add(KnownLogEntry(fingerprint_number=number, change=KnownChange.ADDED))
    return {**made, "number": number}


def everything(parts: Parts) -> str:
    """Every cell of every table as one text, but for what the job engine keeps."""
    with parts.database.read() as session:
        rows = [
            row
            for table in db.Table.metadata.sorted_tables
            for row in session.execute(sa.select(table))
        ]
    return "\n".join(str(tuple(row)) for row in rows).casefold()


def step_of(parts: Parts, media_id: str) -> PurgeStep | None:
    with parts.database.read() as session:
        left = db.tombstones.find(session, media_id)
    return left.step if left else None


def is_clean(parts: Parts, item: dict[str, Any]) -> None:
    """Nothing of the item is left but its tombstone and who did what to it."""
    assert step_of(parts, item["id"]) is PurgeStep.DONE
    assert not parts.blobs.path(item["sha256"]).exists()
    assert not parts.blobs.derived_path(item["id"], PICTURES).parent.exists()
    left = everything(parts)
    assert WORD not in left
    assert item["sha256"] not in left
    with parts.database.read() as session:
        assert db.fingerprints.numbers_of(session, item["id"]) == []
        assert not is_searched_as_known(session, item["number"])
        assert db.media.shell(session, item["id"]).size_bytes == 0
        told = [each.type for each in events.follow(session, 0, 100).items]
    assert told.count(EventType.MEDIA_PURGED) == 1


def test_a_purge_leaves_a_tombstone_and_the_history(
    parts: Parts, client: TestClient, item: dict[str, Any]
) -> None:
    own = f"/v1/media/{item['id']}"
    assert WORD in everything(parts)
    before = client.get(f"{own}/verification/history").json()["items"]
    reason = {"authority": "court", "reason": "Order 12/26"}
    answer = client.post(f"{own}/purge", json=reason)
    assert (answer.status_code, answer.json()["complete"]) == (200, True)
    is_clean(parts, item)

    gone = client.get(own)
    assert (gone.status_code, gone.json()["type"]) == (410, "/problems/gone")
    tombstone = gone.json()["tombstone"]
    assert tombstone == client.get(f"{own}/tombstone").json()
    assert (tombstone["authority"], tombstone["reason"]) == ("court", "Order 12/26")
    assert tombstone["sha256"] is None
    assert len(tombstone["digest"]) == 64
    for part in ("/file", "/stills", "/stills/0", "/matches", "/verification", "/receipts"):
        assert client.get(f"{own}{part}").status_code == 410, part
    assert client.post(f"{own}/verification/notes", json={"text": "more"}).status_code == 410
    assert client.delete(own).status_code == 410

    after = client.get(f"{own}/verification/history").json()["items"]
    assert [each["action"] for each in after[: len(before)]] == [each["action"] for each in before]
    assert after[-1]["action"] == "purged"
    assert [each["details"] for each in after[: len(before)]] == [{}] * len(before)
    assert client.get("/v1/media").json()["items"] == []
    assert client.get("/v1/verifications").json()["items"] == []
    events_of = client.get("/v1/events", params={"media_id": item["id"]}).json()["items"]
    assert events_of[-1]["type"] == "media.purged"
    assert events_of[-1]["data"]["what"] == ["bytes", "derivatives", "fingerprint", "payloads"]


def test_the_file_of_the_database_forgets_too(
    parts: Parts, shredder: Shredder, item: dict[str, Any]
) -> None:
    if not parts.database.is_sqlite:
        pytest.skip("PostgreSQL forgets when it vacuums")
    file = Path(parts.settings.resolved_database_url.removeprefix("sqlite:///"))

    def contents() -> bytes:
        with parts.database.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
        return file.read_bytes().lower()

    assert WORD.encode() in contents()
    assert shredding.purge(shredder, item["id"], PURGE, SYSTEM)
    assert WORD.encode() not in contents()


def test_the_same_bytes_are_a_new_item_that_says_so(
    client: TestClient, item: dict[str, Any]
) -> None:
    client.post(f"/v1/media/{item['id']}/purge", json={"authority": "desk", "reason": "a test"})
    again = upload(client, png(1))
    assert again.status_code == 202
    assert again.json()["purged_before"] == item["id"] != again.json()["id"]
    assert upload(client, png(2)).json()["purged_before"] is None
    reason = {"authority": "desk", "reason": "again"}
    assert client.post(f"/v1/media/{again.json()['id']}/purge", json=reason).status_code == 200
    assert upload(client, png(1)).json()["purged_before"] == again.json()["id"]


def test_a_repeated_request_finds_its_answer_emptied(
    client: TestClient, item: dict[str, Any]
) -> None:
    client.post(f"/v1/media/{item['id']}/purge", json={"authority": "desk", "reason": "a test"})
    sent = client.post(
        "/v1/media",
        files={"file": (f"{SECRET}.png", png(1))},
        data={
            "title": SECRET,
            "source_name": SECRET,
            "claimed_place": SECRET,
            "tags": SECRET,
            "note": f"{SECRET} filmed it.",
            "collection": "archive",
            "sensitivity": "pow",
        },
        headers={"Idempotency-Key": "once"},
    )
    assert sent.headers["Idempotency-Replayed"] == "true"
    assert sent.json() == {"id": item["id"], "erased": True}


@pytest.mark.parametrize(
    "writes", [0, 2, 5, *(pytest.param(writes, marks=pytest.mark.long) for writes in (1, 3, 4))]
)
def test_a_purge_that_is_killed_goes_on(
    parts: Parts, shredder: Shredder, item: dict[str, Any], writes: int
) -> None:
    with parts.database.write() as session:
        purging.order(session, item["id"], PURGE, SYSTEM)
    command = [sys.executable, "-m", "tests.services.purge_process"]
    where = (
        parts.settings.resolved_database_url,
        str(parts.settings.blobs_dir),
        str(parts.purge_list.path),
        item["id"],
        str(writes),
    )
    killed = subprocess.run([*command, *where], cwd=ROOT, check=False, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert step_of(parts, item["id"]) is not PurgeStep.DONE
    assert shredding.finish_all(shredder) == 1
    is_clean(parts, item)
    assert shredding.finish_all(shredder) == 0
    listed = [each["media_id"] for each in parts.purge_list.entries()]
    assert set(listed) == {item["id"]}


def test_a_purge_that_cannot_end_keeps_no_other_from_it(
    parts: Parts, client: TestClient, shredder: Shredder, item: dict[str, Any]
) -> None:
    stuck = upload(client, png(2)).json()["id"]
    folder = parts.blobs.derived_path(stuck, PICTURES).parent
    folder.write_bytes(b"no folder")
    with parts.database.write() as session:
        purging.order(session, stuck, PURGE, SYSTEM)
        purging.order(session, item["id"], PURGE, SYSTEM)
    assert shredding.finish_all(shredder) == 1
    assert step_of(parts, stuck) is PurgeStep.BYTES
    is_clean(parts, item)
    folder.unlink()
    assert shredding.finish_all(shredder) == 1
    assert step_of(parts, stuck) is PurgeStep.DONE


def test_who_orders_is_told_that_the_end_waits(
    parts: Parts, client: TestClient, shredder: Shredder
) -> None:
    item, other = (upload(client, png(seed)).json() for seed in (2, 3))
    folders = [parts.blobs.derived_path(each["id"], PICTURES).parent for each in (item, other)]
    for folder in folders:
        folder.write_bytes(b"no folder")
    assert client.delete(f"/v1/media/{item['id']}").status_code == 202
    purged = client.post(f"/v1/media/{other['id']}/purge", json=PURGE.model_dump(mode="json"))
    assert (purged.status_code, purged.json()["complete"]) == (200, False)
    for folder in folders:
        folder.unlink()
    assert shredding.finish_all(shredder) == 2
    left = client.get(f"/v1/media/{other['id']}/tombstone").json()
    assert left["complete"]


def test_an_order_hides_the_item_at_once(parts: Parts, client: TestClient, item: Any) -> None:
    with parts.database.write() as session:
        purging.order(session, item["id"], PURGE, SYSTEM)
    assert client.get(f"/v1/media/{item['id']}").status_code == 410
    with parts.database.read() as session:
        assert not is_searched_as_known(session, item["number"])
    with parts.database.write() as session, pytest.raises(Gone):
        purging.order(session, item["id"], PURGE, SYSTEM)


def test_matches_with_a_purged_known_item_are_invalidated(
    parts: Parts, client: TestClient, shredder: Shredder
) -> None:
    with parts.database.write() as session:
        query, known = add_item(session, title="viral"), add_item(session, title="archive")
        match = add_match(session, query, known)
        own = add_match(session, known, query)
    assert shredding.purge(shredder, known, PURGE, at_the_machine("test"))
    shown = client.get(f"/v1/matches/{match}").json()
    assert shown["invalidated_at"] is not None
    assert shown["known"]["title"] == "(purged)"
    assert client.get(f"/v1/matches/{own}").status_code == 404
    decision = {"decision": "confirmed"}
    assert client.post(f"/v1/matches/{match}/review", json=decision).status_code == 409
    told = client.get("/v1/events", params={"type": "match.invalidated"}).json()["items"]
    assert [each["data"]["media_id"] for each in told] == [query]
    assert told[0]["data"]["reason"] == "known_item_purged"
    last = client.get(f"/v1/media/{query}/verification/history").json()["items"][-1]
    assert last["action"] == "match_invalidated"


def test_a_kept_fingerprint_takes_a_reason_and_stays_known(
    parts: Parts, client: TestClient, shredder: Shredder, item: dict[str, Any]
) -> None:
    own = f"/v1/media/{item['id']}"
    without = {"authority": "court", "reason": "Order 12/26", "keep_fingerprint": True}
    assert client.post(f"{own}/purge", json=without).status_code == 422
    with parts.database.write() as session:
        query = add_item(session)
        match = add_match(session, query, item["id"])
    assert shredding.purge(shredder, item["id"], KEEPING, SYSTEM)
    assert WORD not in everything(parts)
    tombstone = client.get(f"{own}/tombstone").json()
    assert (tombstone["fingerprint_kept"], tombstone["sha256"]) == (True, item["sha256"])
    assert client.get(f"/v1/matches/{match}").json()["invalidated_at"] is None
    with parts.database.read() as session:
        assert is_searched_as_known(session, item["number"])
        assert db.shelves.worth_an_alert(session, [item["id"]]) == {item["id"]}


def test_who_may_delete_what(client_as: ClientAs, client: TestClient) -> None:
    producer, other = client_as(Role.PRODUCER), client_as(Role.PRODUCER)
    machine, editor = client_as(Role.SERVICE), client_as(Role.EDITOR)
    own = upload(producer, png(1)).json()["links"]["self"]
    for stranger in (other, machine, editor, client_as(Role.VIEWER)):
        assert stranger.delete(own).status_code == 403
    assert producer.post(f"{own}/purge", json=PURGE.model_dump(mode="json")).status_code == 403
    assert producer.delete(own).status_code == 204
    assert client.get(f"{own}/tombstone").json()["authority"] == "uploader"

    shared = upload(producer, png(2)).json()["links"]["self"]
    upload(other, png(2))
    assert producer.delete(shared).status_code == 403
    imported = upload(machine, png(3)).json()["links"]["self"]
    assert machine.delete(imported).status_code == 403
    assert client.delete(imported).status_code == 204

    reviewed = upload(producer, png(4)).json()["links"]["self"]
    taken = client.post(
        f"{reviewed}/verification/transitions",
        json={"to": "in_review", "assignee": "me", "note": "I take this one."},
        headers={"If-Match": "*"},
    )
    assert taken.status_code == 200, taken.text
    assert producer.delete(reviewed).status_code == 403
    assert client.delete("/v1/media/nothing").status_code == 404


def test_what_a_restore_brings_back_is_purged_again(
    parts: Parts, client: TestClient, shredder: Shredder, item: dict[str, Any]
) -> None:
    salt = "00" * 32
    entry = {
        "kind": "media",
        "media_id": item["id"],
        "at": "2026-01-02T03:04:05+00:00",
        "authority": "court",
        "reason": "Order 12/26",
        "keep_fingerprint": False,
        "keep_reason": None,
        "digest": db.tombstones.digest(salt, item["sha256"]),
        "salt": salt,
    }
    orphan = {**entry, "media_id": "gone", "digest": db.tombstones.digest(salt, _orphan(parts))}
    parts.blobs.put_derived("gone", PICTURES, b"x")
    done = reapplying.reapply(shredder, [entry, entry, orphan], at_the_machine("cli"))
    assert (done.items, done.notes, done.files, done.refused) == (1, 0, 1, [])
    is_clean(parts, item)
    assert not parts.blobs.derived_path("gone", PICTURES).exists()
    tombstone = client.get(f"/v1/media/{item['id']}/tombstone").json()
    assert tombstone["purged_at"].startswith("2026-01-02T03:04:05")
    again = reapplying.reapply(shredder, [entry, orphan], at_the_machine("cli"))
    assert (again.items, again.files) == (0, 0)


def test_a_held_item_is_not_purged_again_and_is_named(
    shredder: Shredder, client: TestClient, item: dict[str, Any]
) -> None:
    assert client.post("/v1/holds", json={"media_id": item["id"], "reason": "a case"}).is_success
    entry = {**json.loads(json.dumps(PURGE.model_dump(mode="json"))), "media_id": item["id"]}
    entry |= {"kind": "media", "at": "2026-01-02T03:04:05+00:00", "digest": "0", "salt": "00"}
    done = reapplying.reapply(shredder, [entry], at_the_machine("cli"))
    assert (done.items, len(done.refused)) == (0, 1)
    assert item["id"] in done.refused[0]


def _orphan(parts: Parts) -> str:
    with parts.blobs.receive() as incoming:
        incoming.write(b"nobody's")
        incoming.sync()
        parts.blobs.adopt(incoming)
        return incoming.sha256


def test_the_chain_stays_whole_at_every_step(
    parts: Parts, client: TestClient, shredder: Shredder, item: dict[str, Any]
) -> None:
    query = upload(client, png(9)).json()["id"]
    with parts.database.write() as session:
        match = add_match(session, query, item["id"])
        add_match(session, item["id"], query)
    decision = {"decision": "confirmed", "note": "The same footage."}
    assert client.post(f"/v1/matches/{match}/review", json=decision).status_code == 200
    assert faults(parts) == []
    with parts.database.write() as session:
        purging.order(session, item["id"], PURGE, SYSTEM)
    assert faults(parts) == []
    while shredding.step(shredder, item["id"]):
        assert faults(parts) == []
    with parts.database.read() as session:
        payloads = session.execute(
            sa.text(
                "SELECT e.action, p.payload, p.authority FROM audit_entries e"
                " JOIN audit_payloads p ON p.seq = e.seq WHERE e.media_id = :id ORDER BY e.seq"
            ),
            {"id": item["id"]},
        ).all()
    *erased, proof, last = payloads
    assert all(payload is None and authority == "desk" for _, payload, authority in erased)
    assert (proof[0], last[0]) == ("audit.payload_erased", "media.purged")
    with parts.database.write() as session:
        session.execute(sa.text("UPDATE notes SET author_name = 'nobody'"))
    assert {fault.object.split("/")[0] for fault in faults(parts)} == {"note"}
    assert fixity.check_all(parts.database, parts.blobs).failed == {}


def faults(parts: Parts) -> list[Fault]:
    return list(verifying.verify(parts.database, parts.trusted).faults)
