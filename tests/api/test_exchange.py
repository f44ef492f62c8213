"""Bundles between two desks, each with a database and a key of its own; and blind questions."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app import db, services
from app.access import SCOPES_OF_ROLE, SYSTEM, Actor, Role, at_the_machine
from app.bootstrap import Parts, bootstrap
from app.core.exchange import bundles
from app.db.exchange import Exportable
from app.db.verifications import Verification
from app.main import create_app
from app.schemas.enums import VerificationStatus
from app.schemas.privacy_enums import FlagBasis, SensitivityFlag
from app.schemas.publications import PublicationRequest
from app.services import export_lines, keys, looking_up, partners, shredding
from app.services.item_table import ItemTable
from app.services.listed_table import ListedTable
from app.services.looking_up import Tables
from app.settings import Settings
from tests.databases import SqliteTemplate
from tests.listing import add_hashed, hashes_of, near_to, watch_of
from tests.meanwhile import meanwhile
from tests.records import PURGE, actor_of, make_known, put_at
from tests.services import publishing

PATIENCE_S = 30
FABRICATED = {"filter": {"status": ["fabricated"]}}
EDITOR = actor_of(Role.EDITOR)


@pytest.fixture
def other(tmp_path: Path, sqlite_template: SqliteTemplate) -> Iterator[Parts]:
    """Another desk."""
    (tmp_path / "other").mkdir()
    url = sqlite_template.copy_to(tmp_path / "other" / "provenance.db")
    made = bootstrap(
        Settings(data_dir=tmp_path / "other", database_url=url, upload_reserve_bytes=0)
    )
    yield made
    made.jobs.close()
    made.database.close()


@pytest.fixture
def other_client(other: Parts) -> TestClient:
    with other.database.write() as session:
        key = keys.create(session, name="x", role=Role.ADMIN, maker=at_the_machine("tests"))
    headers = {"Authorization": f"Bearer {key.token}"}
    return TestClient(create_app(other), headers=headers, raise_server_exceptions=False)


def befriend(here: TestClient, there: TestClient, *scopes: str, **more: str) -> str:
    """Put the desk `there` on the allow-list of `here`; gives its id."""
    key = there.get("/v1/exchange/identity").json()["public_key"]
    wanted = {"name": "Other desk", "public_key": key, "scopes": list(scopes), **more}
    made = here.post("/v1/partners", json=wanted)
    assert made.status_code == 201, made.text
    partner_id: str = made.json()["id"]
    return partner_id


def bundle_of(client: TestClient, **more: Any) -> bytes:
    made = client.post("/v1/exchange/exports", json=FABRICATED | more)
    assert made.status_code == 201, made.text
    return bytes(made.content)


def conclude(parts: Parts, seed: int, frames: int = 5) -> str:
    """An item that its desk found fabricated."""
    with parts.database.write() as session:
        media_id = add_hashed(session, seed, frames)
        put_at(session, media_id, VerificationStatus.FABRICATED)
    watch_of(parts).catch_up()
    return media_id


def waiting_lookup(parts: Parts) -> str:
    """The lookup that a request in another thread has written, or is about to."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        with parts.database.read() as session:
            if lookup_id := session.scalar(sa.text("SELECT id FROM lookups")):
                return str(lookup_id)
        time.sleep(0.05)
    raise AssertionError("nothing was asked")


def signals_of(client: TestClient, media_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"/v1/media/{media_id}/signals").json()["items"]
    return found


def test_others_write_while_a_bundle_is_written_and_it_says_how_they_left_it(
    parts: Parts, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed, purged, stays = (conclude(parts, seed) for seed in range(3))
    write_line = export_lines.of
    came: list[str] = []

    def meanwhile_others(item: Exportable, *how: Any) -> bytes:
        if not came:
            with parts.database.write() as session:
                session.get_one(Verification, changed).status = VerificationStatus.MISLEADING
            shredder = shredding.Shredder(parts.database, parts.blobs, parts.purge_list)
            assert shredding.purge(shredder, purged, PURGE, SYSTEM)
            came.append(conclude(parts, 4))
        return write_line(item, *how)

    monkeypatch.setattr(export_lines, "of", meanwhile_others)
    statuses = {"filter": {"status": ["fabricated", "misleading"]}}
    bundle = bundles.opened(bundle_of(client, **statuses))
    told = {each.id: each.opinion for each in bundles.entries_of(bundle)}
    assert told == {changed: "misleading", stays: "fabricated", came[0]: "fabricated"}


def test_a_partners_opinion_is_a_lead_until_it_is_taken_back(
    parts: Parts, client: TestClient, other: Parts, other_client: TestClient
) -> None:
    theirs = conclude(other, 1)
    with parts.database.write() as session:
        ours = add_hashed(session, 1)
    befriend(client, other_client, "imports")
    first = bundle_of(other_client)
    done = client.post("/v1/exchange/imports", content=first)
    assert done.status_code == 201, done.text
    assert (done.json()["partner"], done.json()["added"]) == ("Other desk", 6)
    watch = watch_of(parts)
    watch.catch_up()
    [signal] = signals_of(client, ours)
    assert (signal["entry"], signal["label"], signal["kind"]) == (theirs, "fabricated", "vpdq")
    assert signal["source_name"] == "Other desk"
    record = client.get(f"/v1/media/{ours}/verification").json()
    assert record["status"] == "unreviewed"

    shredder = shredding.Shredder(other.database, other.blobs, other.purge_list)
    assert shredding.purge(shredder, theirs, PURGE, SYSTEM)
    second = bundle_of(other_client)
    done = client.post("/v1/exchange/imports", content=second).json()
    assert (done["revoked"], done["signals_withdrawn"]) == (1, 1)
    assert signals_of(client, ours)[0]["withdrawn_at"] is not None
    with parts.database.write() as session:
        later = add_hashed(session, 1)
    watch.catch_up()
    assert signals_of(client, later) == []
    replayed = client.post("/v1/exchange/imports", content=first)
    assert (replayed.status_code, replayed.json()["last_seq"]) == (409, 2)
    assert client.post("/v1/exchange/imports", content=second).status_code == 409
    for each in (client, other_client):
        faults = each.get("/v1/audit/verify").json()["faults"]
        # Items that a test wrote past the desk are found; what the desk did itself is vouched for.
        assert {fault["object"].partition("/")[0] for fault in faults} <= {"media", "receipt"}


def test_nobody_can_take_the_name_of_a_partners_list_before_its_first_bundle(
    client: TestClient,
    client_as: Callable[[Role], TestClient],
    other: Parts,
    other_client: TestClient,
) -> None:
    """Lists tell whose they are: who reads one knows the partner of the next."""
    conclude(other, 1)
    partner_id = befriend(client, other_client, "imports")
    curator = client_as(Role.SERVICE)
    which = hashlib.sha256(f"{partner_id} exchange".encode()).hexdigest()[:8]
    taken = {
        "slug": f"other-desk-exchange-{which}",
        "title": "Mine",
        "source_name": "me",
        "opinion": "seen",
    }
    assert curator.post("/v1/hash-lists", json=taken).status_code == 201
    done = client.post("/v1/exchange/imports", content=bundle_of(other_client))
    assert (done.status_code, done.json()["added"]) == (201, 6)
    assert done.json()["list"] != taken["slug"]


def test_what_comes_back_is_told_again(
    parts: Parts, client: TestClient, other: Parts, other_client: TestClient
) -> None:
    theirs = conclude(other, 1)
    with parts.database.write() as session:
        ours = add_hashed(session, 1)
    befriend(client, other_client, "imports")
    watch = watch_of(parts)
    for status in ("fabricated", "in_review", "fabricated"):
        with other.database.write() as session:
            put_at(session, theirs, VerificationStatus(status))
        assert client.post("/v1/exchange/imports", content=bundle_of(other_client)).is_success
        watch.catch_up()
    [signal] = signals_of(client, ours)
    assert signal["withdrawn_at"] is None


def test_strangers_altered_and_expired_bundles_are_refused(
    parts: Parts, client: TestClient, other: Parts, other_client: TestClient
) -> None:
    conclude(other, 1)
    bundle = bundle_of(other_client)
    assert client.post("/v1/exchange/imports", content=bundle).status_code == 403
    partner = befriend(client, other_client, "queries")
    assert client.post("/v1/exchange/imports", content=bundle).status_code == 403
    assert client.delete(f"/v1/partners/{partner}").status_code == 204
    befriend(client, other_client, "imports")
    altered = bundle.replace(b"fabricated", b"verified")
    assert client.post("/v1/exchange/imports", content=altered).status_code == 403
    assert client.post("/v1/exchange/imports", content=b"{}\n{}\n").status_code == 422
    key = other.sealer.key
    past = (db.now() - timedelta(minutes=1)).isoformat()
    header = bundles.Header("exchange", key.id, 9, past, past, 0)
    old = bundles.sealed(header, [], key.sign)
    refused = client.post("/v1/exchange/imports", content=old)
    assert (refused.status_code, "expired" in refused.json()["detail"]) == (422, True)
    assert client.get("/v1/hash-lists").json()["items"] == []


def signed_by(parts: Parts, seq: int, *lines: bytes) -> bytes:
    """A bundle of the desk's, with lines that it would not write."""
    key, later = parts.sealer.key, (db.now() + timedelta(days=1)).isoformat()
    header = bundles.Header("exchange", key.id, seq, later, later, len(lines))
    signed = b"\n".join([json.dumps(asdict(header)).encode(), *lines, b""])
    signature = base64.b64encode(key.sign(signed)).decode()
    return signed + json.dumps({"signature": signature}).encode()


def test_a_bundle_that_cannot_be_read_to_its_end_changes_nothing(
    client: TestClient, other: Parts, other_client: TestClient
) -> None:
    good = b'{"op": "add", "id": "a", "opinion": "seen", "signals": []}'
    nested = signed_by(other, 1, good, b"[" * 100_000)
    assert client.post("/v1/exchange/imports", content=nested).status_code == 403
    befriend(client, other_client, "imports")
    for faulty in (nested, signed_by(other, 1, good, b"{}")):
        refused = client.post("/v1/exchange/imports", content=faulty)
        assert refused.status_code == 422, refused.text
    assert client.get("/v1/hash-lists").json()["items"] == []


def test_a_strangers_bundle_is_not_even_received(
    application: FastAPI, client_as: Callable[[Role], TestClient]
) -> None:
    received: list[bytes] = []

    def body() -> Iterator[bytes]:
        while len(received) < 1000:
            received.append(b"[" + b"[]," * 10_000)
            yield received[-1]

    for stranger, expected in ((TestClient(application), 401), (client_as(Role.VIEWER), 403)):
        headers = {"Content-Type": "application/json"}
        refused = stranger.post("/v1/exchange/imports", content=body(), headers=headers)
        assert (refused.status_code, len(received)) == (expected, 0)


def test_a_bundle_may_be_named_json_and_is_kept_nowhere(
    parts: Parts, client: TestClient, other: Parts, other_client: TestClient
) -> None:
    conclude(other, 1)
    befriend(client, other_client, "imports")
    bundle = bundle_of(other_client)
    for each in (b"", b"[[],[]]"):
        headers = {"Content-Type": "application/json"}
        refused = client.post("/v1/exchange/imports", content=each, headers=headers)
        assert (refused.status_code, refused.json()["type"]) == (422, "/problems/unprocessable")
    named = {"Content-Type": "application/json", "Idempotency-Key": "one"}
    first, again = (
        client.post("/v1/exchange/imports", content=bundle, headers=named) for _ in "ab"
    )
    assert (first.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    altered = client.post("/v1/exchange/imports", content=bundle + b"\n", headers=named)
    assert (altered.status_code, altered.json()["type"]) == (422, "/problems/key_reused")
    assert list(parts.settings.blobs_dir.glob("incoming/*")) == []


def test_a_bundle_names_and_shows_nobody(parts: Parts, client: TestClient) -> None:
    media_id = conclude(parts, 1)
    with parts.database.write() as session:
        item = db.media.find(session, media_id)
        assert item is not None
        item.title, item.filename = "Antonin", "antonin.mp4"
    header, entry, signature = map(json.loads, bundle_of(client).splitlines())
    assert set(entry) == {"op", "id", "opinion", "signals"}
    assert {each["kind"] for each in entry["signals"]} == {"sha256", "vpdq"}
    assert (header["seq"], header["entries"]) == (1, 1)
    assert set(signature) == {"signature"}


def test_flagged_items_stay_unless_an_editor_lets_them_go(
    parts: Parts, client: TestClient, client_as: Callable[[Role], TestClient]
) -> None:
    media_id = conclude(parts, 1)
    with parts.database.write() as session:
        flag = SensitivityFlag.POW
        who = {"by_id": "x", "by_name": "x", "basis": FlagBasis.PERSON}
        session.add(db.sensitivity.StoredFlag(media_id=media_id, flag=flag, **who))
    assert media_id.encode() not in bundle_of(client)
    assert media_id.encode() not in bundle_of(client, exclude_flags=[])
    let_go = FABRICATED | {"exclude_flags": [], "allow_pow": True}
    verifier = client_as(Role.VERIFIER).post("/v1/exchange/exports", json=let_go)
    assert verifier.status_code == 403
    editor = client_as(Role.EDITOR).post("/v1/exchange/exports", json=let_go)
    assert media_id in editor.text


def test_a_bundle_tells_of_a_verdict_only_in_words_that_are_public(
    parts: Parts, client: TestClient
) -> None:
    any_verdict = {"filter": {"status": ["unverified", "partly_verified"]}}

    def wording() -> str | None:
        _, entry, _ = map(json.loads, bundle_of(client, **any_verdict).splitlines())
        told: str | None = entry.get("wording")
        return told

    def put_out(media_id: str, **choices: str) -> None:
        with parts.database.write() as session:
            record = services.verifications.take(session, media_id)
            wanted = PublicationRequest.model_validate(choices)
            services.publication.publish(session, record, wanted, publishing.DESK, EDITOR)

    with parts.database.write() as session:
        media_id = add_hashed(session, 1)
        publishing.look(session, media_id)
        publishing.conclude(session, media_id, VerificationStatus.UNVERIFIED, "Nobody knows.")
    watch_of(parts).catch_up()
    assert wording() is None
    put_out(media_id)
    assert wording() == "Nobody knows."
    with parts.database.write() as session:
        publishing.conclude(session, media_id, VerificationStatus.PARTLY_VERIFIED, "Kim says so.")
    assert wording() is None
    put_out(media_id)
    put_out(media_id, correction_text="It was another day.")
    assert wording() == "Kim says so."


def test_a_collection_that_is_not_there_revokes_nothing(parts: Parts, client: TestClient) -> None:
    media_id = conclude(parts, 1)
    assert media_id.encode() in bundle_of(client)
    mistyped = {"filter": {"status": ["fabricated"], "collections": ["archvie"]}}
    refused = client.post("/v1/exchange/exports", json=mistyped)
    assert (refused.status_code, refused.json()["collections"]) == (422, ["archvie"])
    header, entry, _ = map(json.loads, bundle_of(client).splitlines())
    assert (header["seq"], entry["op"]) == (2, "add")


def test_a_bundle_holds_only_what_is_in_the_collections_and_has_the_tags_asked_for(
    parts: Parts, client: TestClient
) -> None:
    kept, tagged, both = (conclude(parts, seed) for seed in range(3))
    with parts.database.write() as session:
        for media_id in (kept, both):
            make_known(session, media_id)
        for media_id in (tagged, both):
            db.media.add_tags(session, media_id, ["cell"])
    for feed, narrower, wanted in (
        ("kept", {"collections": ["archive"]}, {kept, both}),
        ("tagged", {"tags": ["cell", "hall"]}, {tagged, both}),
        ("both", {"collections": ["archive"], "tags": ["cell"]}, {both}),
    ):
        asked = {"feed": feed, "filter": {"status": ["fabricated"], **narrower}}
        bundle = bundles.opened(bundle_of(client, **asked))
        assert {each.id for each in bundles.entries_of(bundle)} == wanted


def test_other_programs_read_the_plain_formats(parts: Parts, client: TestClient) -> None:
    conclude(parts, 1)
    text = bundle_of(client, format="text").decode()
    kind, _, written = text.strip().partition(" ")
    assert kind == "vpdq"
    frames = [each.split(",") for each in json.loads(written)]
    assert [digits for digits, _, _ in frames] == near_to(hashes_of(1), 0)
    table = bundle_of(client, format="csv").decode()
    assert table.startswith("signal_type,signal_str,collab,category,tags\nvpdq,")


def partner_client(parts: Parts, client: TestClient, other: TestClient, *scopes: str) -> TestClient:
    """A client with the key that a partner was given."""
    key = client.post("/v1/keys", json={"name": "partner", "role": "partner"}).json()
    befriend(client, other, *scopes, api_key_id=key["id"])
    headers = {"Authorization": f"Bearer {key['token']}"}
    return TestClient(create_app(parts), headers=headers, raise_server_exceptions=False)


def test_a_partner_asks_blindly(parts: Parts, client: TestClient, other_client: TestClient) -> None:
    media_id = conclude(parts, 1)
    partner = partner_client(parts, client, other_client, "queries", "ids")
    tables = Tables(parts.database, ItemTable(parts.database), ListedTable(parts.database))
    asked = {"pdq": near_to(hashes_of(1), 3)[:2], "md5": ["0" * 32]}
    answer = meanwhile(lambda: partner.post("/v1/exchange/queries", json=asked))
    looking_up.run(tables, waiting_lookup(parts))
    told = answer.result(30).json()
    assert told == {
        "asked": 3,
        "found": "one",
        "opinions": {"fabricated": "one"},
        "ids": [media_id],
    }
    with parts.database.read() as session:
        assert session.scalar(sa.text("SELECT count(*) FROM lookups")) == 0
    for path in ("/v1/media", f"/v1/media/{media_id}", "/v1/hash-lists", "/v1/partners"):
        assert partner.get(path).status_code == 403
    refused = client.post("/v1/exchange/queries", json=asked)
    assert refused.status_code == 403
    assert "an admin of this desk adds one" in refused.json()["detail"]


def test_a_partner_that_asks_too_often_waits(
    parts: Parts, client: TestClient, other_client: TestClient
) -> None:
    partner = partner_client(parts, client, other_client, "queries")
    with parts.database.write() as session:
        [row] = session.scalars(sa.text("SELECT id FROM partners"))
        for _ in range(60):
            db.partners.count_query(session, row)
    refused = partner.post("/v1/exchange/queries", json={"pdq": ["0" * 64]})
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")


def test_the_first_questions_of_a_minute_may_come_at_once(
    parts: Parts, client: TestClient, other_client: TestClient
) -> None:
    partner_client(parts, client, other_client, "queries")
    with parts.database.read() as session:
        key_id = session.scalar(sa.text("SELECT api_key_id FROM partners"))
    asking = Actor(str(key_id), "partner", Role.PARTNER, SCOPES_OF_ROLE[Role.PARTNER])
    both_begun = threading.Barrier(2)

    def ask() -> None:
        both_begun.wait()
        with parts.database.write() as session:
            partners.asking(session, asking)
            time.sleep(0.2)

    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(ask) for _ in "ab"]
    assert [done.exception() for done in asked] == [None, None]
