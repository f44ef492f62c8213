"""From content whose credentials were stripped to the manifest that it had, by real signed files."""

import base64
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from PIL import Image

from app import db
from app.access import Role
from app.api import soft_bindings as routes
from app.blobs.local import MANIFEST_STORE
from app.bootstrap import Parts
from app.core.provenance.values import CredentialState
from app.db.lookups import Lookup
from app.errors import Forbidden
from app.schemas.privacy_enums import SensitivityFlag
from app.schemas.sensitivity import SensitivityChange
from app.services import (
    item_hashes,
    looking_up,
    looking_up_files,
    lookups,
    processing,
    sensitivity,
    soft_bindings,
    verifications,
)
from app.services.bench import LocalBench
from app.services.item_table import ItemTable
from app.services.listed_table import ListedTable
from app.services.looking_up import Tables
from tests.filming import edit, photo
from tests.records import actor_of, add_item, reading_of
from tests.signing import Authority, flipped
from tests.uploads import upload

CONTENT, BINDING = "/v1/c2pa/matches/byContent", "/v1/c2pa/matches/byBinding"
PDQ, PHASH = "org.provenance-desk.pdq.1", "org.provenance-desk.phash.1"


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return photo(tmp_path_factory.mktemp("still") / "still.png", seed=11, size=(640, 480))


@pytest.fixture(scope="module")
def signed(still: Path) -> Path:
    return Authority.new("Lab").sign(still, still.with_name("signed.png"), "image/png")


@pytest.fixture
def worker(parts: Parts, bench: LocalBench) -> Iterator[None]:
    """Answers lookups while the block lasts, as the job worker does."""
    tables = Tables(parts.database, ItemTable(parts.database), ListedTable(parts.database))
    over = threading.Event()

    def work() -> None:
        while not over.wait(0.05):
            with parts.database.read() as session:
                waiting = list(session.scalars(sa.select(Lookup)))
            for each in waiting:
                if each.question["kind"] == lookups.FILE:
                    looking_up_files.run(tables, bench, parts.blobs, each.id)
                else:
                    looking_up.run(tables, each.id)

    thread = threading.Thread(target=work)
    thread.start()
    yield
    over.set()
    thread.join()


def processed(parts: Parts, client: TestClient, bench: LocalBench, file: Path) -> str:
    media_id: str = upload(client, file.read_bytes(), file.name).json()["id"]
    processing.process(parts.database, bench, media_id)
    item_hashes.take(parts.database, parts.blobs, media_id)
    return media_id


def stripped(file: Path) -> bytes:
    """A smaller copy, as a platform makes it."""
    copy = file.with_name(f"{file.stem}-stripped.jpg")
    with Image.open(file) as picture:
        smaller = picture.convert("RGB").resize((picture.width * 3 // 4, picture.height * 3 // 4))
        smaller.save(copy, quality=80)
    return copy.read_bytes()


def resolved(client: TestClient, data: bytes, **asked: Any) -> list[dict[str, Any]]:
    answer = client.post(CONTENT, content=data, params=asked)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["matches"]
    return found


def check_resolves(client: TestClient, media_id: str, data: bytes) -> str:
    """The content leads to the item's own manifest store; gives the manifest's id."""
    said = client.get(f"/v1/media/{media_id}/provenance").json()["c2pa"]
    [match] = resolved(client, data)
    assert match["manifestId"] == said["active"]
    assert match["similarityScore"] > 50
    store = client.get(f"/v1/c2pa/manifests/{match['manifestId']}")
    assert (store.status_code, store.headers["content-type"]) == (200, "application/c2pa")
    assert store.content == client.get(f"/v1/media/{media_id}/provenance/manifest-store").content
    return str(match["manifestId"])


def value_of(parts: Parts, media_id: str, kind: str) -> str:
    with parts.database.read() as session:
        kept = db.item_hashes.of_media(session, media_id)
        assert kept is not None
        return base64.b64encode(getattr(kept, kind)).decode()


@pytest.mark.usefixtures("worker")
def test_a_stripped_copy_leads_to_its_manifest(
    parts: Parts, client: TestClient, bench: LocalBench, signed: Path
) -> None:
    media_id = processed(parts, client, bench, signed)
    before = count(parts)
    manifest_id = check_resolves(client, media_id, stripped(signed))
    assert resolved(client, stripped(signed), alg=PDQ)[0]["manifestId"] == manifest_id
    assert resolved(client, photo(signed.with_name("x.png"), seed=12).read_bytes()) == []
    alone = client.get(f"/v1/c2pa/manifests/{manifest_id}?returnActiveManifest=true").content
    store = client.get(f"/v1/c2pa/manifests/{manifest_id}").content
    assert alone == store[-len(alone) :]
    assert manifest_id.encode() in alone[:200]
    assert count(parts) == before
    assert list(parts.blobs.passing.iterdir()) == []


@pytest.mark.usefixtures("worker")
def test_a_file_is_waited_for_longer_than_a_hash(
    parts: Parts,
    client: TestClient,
    bench: LocalBench,
    signed: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    media_id = processed(parts, client, bench, signed)
    value = value_of(parts, media_id, "pdq")
    monkeypatch.setattr(routes, "MAX_WAIT_S", 0)
    late = client.get(BINDING, params={"alg": PDQ, "value": value})
    assert late.status_code == 503, late.text
    assert len(resolved(client, stripped(signed))) == 1
    monkeypatch.setattr(routes, "CONTENT_WAIT_S", 0)
    assert client.post(CONTENT, content=stripped(signed)).status_code == 503


@pytest.mark.usefixtures("worker")
def test_a_real_signed_file_is_found_by_its_stripped_copy(
    parts: Parts, client: TestClient, bench: LocalBench, real_media: Path, tmp_path: Path
) -> None:
    file = real_media / "c2pa" / "contentauth_c2pa-rs__video1.mp4"
    if not file.is_file():
        pytest.skip("the folder of real media has no files with credentials")
    smaller = ("-map_metadata", "-1", "-vf", "scale=iw*3/4:-2")
    copy = edit(file, tmp_path / "stripped.mp4", *smaller).read_bytes()
    check_resolves(client, processed(parts, client, bench, file), copy)


@pytest.mark.usefixtures("worker")
def test_a_hash_leads_to_the_manifest(
    parts: Parts, client: TestClient, bench: LocalBench, signed: Path
) -> None:
    media_id = processed(parts, client, bench, signed)
    named = client.get("/v1/c2pa/services/supportedAlgorithms").json()
    assert [each["alg"] for each in named["fingerprints"]] == [PDQ, PHASH]
    for alg, kind in ((PDQ, "pdq"), (PHASH, "phash")):
        asked = {"alg": alg, "value": value_of(parts, media_id, kind)}
        got = client.get(BINDING, params=asked)
        assert got.json()["matches"][0]["similarityScore"] == 100, got.text
        assert client.post(BINDING, json=asked).json() == got.json()


@pytest.mark.usefixtures("worker")
def test_copies_without_credentials_keep_nobody_from_the_manifest(
    parts: Parts,
    client: TestClient,
    bench: LocalBench,
    signed: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    processed(parts, client, bench, signed)
    copy = signed.with_name("copy.jpg")
    copy.write_bytes(stripped(signed))
    nearer = processed(parts, client, bench, copy)
    monkeypatch.setattr(looking_up, "ITEMS_MAX", 1)
    asked = {"alg": PDQ, "value": value_of(parts, nearer, "pdq")}
    assert len(client.get(BINDING, params=asked).json()["matches"]) == 1


@pytest.mark.parametrize(
    ("alg", "value"),
    [
        ("com.example.watermark.1", "AAAA"),
        (PDQ, "AAAA"),
        (PDQ, "no base64!"),
        (PHASH, base64.b64encode(bytes(32)).decode()),
    ],
)
def test_what_is_no_binding_of_ours_is_refused(client: TestClient, alg: str, value: str) -> None:
    for answer in (
        client.get(BINDING, params={"alg": alg, "value": value}),
        client.post(BINDING, json={"alg": alg, "value": value}),
    ):
        assert (answer.status_code, answer.json()["type"]) == (400, "/problems/unreadable_binding")
    assert client.post(CONTENT, content=b"no media", params={"alg": PDQ}).status_code == 415
    assert client.post(CONTENT, content=b"x", params={"alg": "other"}).status_code == 400


@pytest.mark.usefixtures("worker")
def test_credentials_that_do_not_hold_are_nobodys(
    parts: Parts, client: TestClient, bench: LocalBench, still: Path, signed: Path
) -> None:
    forged = processed(parts, client, bench, flipped(signed, signed.with_name("forged.png")))
    processed(parts, client, bench, still)
    said = client.get(f"/v1/media/{forged}/provenance").json()["c2pa"]
    assert said["state"] == "invalid"
    assert resolved(client, stripped(signed)) == []
    assert client.get(f"/v1/c2pa/manifests/{said['active']}").status_code == 404


@pytest.mark.usefixtures("worker")
def test_a_flagged_or_purged_item_is_not_shown_to_those_who_may_not_see_it(
    parts: Parts,
    client: TestClient,
    client_as: Callable[[Role], TestClient],
    bench: LocalBench,
    *,
    signed: Path,
) -> None:
    media_id = processed(parts, client, bench, signed)
    flags = {"flags": ["pow"], "reviewed": True}
    assert client.put(f"/v1/media/{media_id}/sensitivity", json=flags).status_code == 200
    viewer, verifier = client_as(Role.VIEWER), client_as(Role.VERIFIER)
    manifest_id = check_resolves(verifier, media_id, stripped(signed))
    assert resolved(viewer, stripped(signed)) == []
    assert viewer.get(f"/v1/c2pa/manifests/{manifest_id}").status_code == 403
    purge = {"authority": "desk", "reason": "for a test"}
    assert client.post(f"/v1/media/{media_id}/purge", json=purge).status_code < 300
    assert resolved(verifier, stripped(signed)) == []
    assert verifier.get(f"/v1/c2pa/manifests/{manifest_id}").status_code == 404


def hold(parts: Parts, state: CredentialState) -> str:
    """An item whose credentials, in this state, have a manifest of one name; gives its id."""
    with parts.database.write() as session:
        media_id = add_item(session)
        row = reading_of(media_id, state)
        row.manifest_id, row.report = "urn:c2pa:1", {"store": {"size_bytes": 1}}
        session.add(row)
    parts.blobs.put_derived(media_id, MANIFEST_STORE, media_id.encode())
    return media_id


@pytest.mark.parametrize("states", [("trusted", "valid_untrusted"), ("valid_untrusted", "trusted")])
def test_another_signers_manifest_of_the_same_name_takes_no_place_of_a_trusted_one(
    parts: Parts, states: tuple[str, str]
) -> None:
    """Whoever uploads can sign by the name of a manifest that they have seen."""
    held = {state: hold(parts, CredentialState(state)) for state in states}
    asked = (parts.database, parts.blobs, actor_of(Role.VIEWER), "urn:c2pa:1")
    assert soft_bindings.manifest_store(*asked) == held["trusted"].encode()
    with parts.database.write() as session:
        flag = SensitivityChange(flags=[SensitivityFlag.POW], reviewed=True)
        record = verifications.take(session, held["trusted"])
        sensitivity.change(session, record, flag, actor_of(Role.VERIFIER))
    with pytest.raises(Forbidden):
        soft_bindings.manifest_store(*asked)


def test_of_manifests_of_one_name_that_are_worth_the_same_the_first_is_given(parts: Parts) -> None:
    first, _ = (hold(parts, CredentialState.VALID_UNTRUSTED) for _ in range(2))
    asked = (parts.database, parts.blobs, actor_of(Role.VIEWER), "urn:c2pa:1")
    assert soft_bindings.manifest_store(*asked) == first.encode()


def count(parts: Parts) -> dict[str, int]:
    with parts.database.read() as session:
        tables = ("media", "receipts", "matches", "events", "fingerprints", "lookups")
        found = {each: session.scalar(sa.text(f"SELECT count(*) FROM {each}")) for each in tables}
        return {each: number or 0 for each, number in found.items()}
