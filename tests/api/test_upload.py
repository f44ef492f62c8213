import errno
import hashlib
import http.client
import io
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from httpx2 import Response

from app.access import Role
from app.blobs import local
from app.bootstrap import Parts
from app.db import Database
from app.main import create_app
from app.settings import Settings
from tests.serving import served
from tests.uploads import png, upload

Connect = Callable[[Role], TestClient]
TUS = {"Tus-Resumable": "1.0.0"}


def rows(database: Database, table: str) -> int:
    with database.read() as session:
        return session.scalar(sa.text(f"SELECT count(*) FROM {table}")) or 0


def jobs(database: Database) -> int:
    schema = "" if database.is_sqlite else "dbos."
    return rows(database, f"{schema}workflow_status")


def files(settings: Settings) -> list[Path]:
    return [path for path in (settings.data_dir / "blobs").rglob("*") if path.is_file()]


def archive(client: TestClient, slug: str = "archive") -> None:
    body = {"slug": slug, "title": slug.title(), "kind": "archive"}
    assert client.post("/v1/collections", json=body).status_code == 201


def test_a_new_file_is_kept_and_promised(
    client: TestClient, database: Database, settings: Settings
) -> None:
    archive(client)
    data = png(1, 200_000)
    fields = {
        "collection": ["archive"],
        "title": " Market square ",
        "source_name": "A. Witness",
        "source_url": "https://example.org/1",
        "source_kind": "eyewitness",
        "claimed_at": "2026-11-02T10:00:00+02:00",
        "claimed_place": "Kharkiv",
        "note": "came by messenger",
        "tags": "market, smoke,market",
    }
    answer = upload(client, data, "dir/../a b.png", **fields)

    assert answer.status_code == 202
    body = answer.json()
    sha256 = hashlib.sha256(data).hexdigest()
    assert answer.headers["location"] == f"/v1/media/{body['id']}" == body["links"]["self"]
    assert body["sha256"] == sha256
    assert (body["state"], body["duplicate"], body["failure"]) == ("received", False, None)
    assert (body["kind"], body["content_type"]) == ("still", "image/png")
    assert (body["filename"], body["title"]) == ("a b.png", "Market square")
    assert (body["collections"], body["tags"]) == (["archive"], ["market", "smoke"])
    assert body["verification"]["status"] == "unreviewed"
    assert body["receipts"] == 1
    assert client.get(body["links"]["self"]).json() == body
    (receipt,) = client.get(body["links"]["receipts"]).json()["items"]
    assert receipt["claimed_at"] == "2026-11-02T08:00:00Z"
    assert receipt["source_kind"] == "eyewitness"
    (kept,) = files(settings)
    assert kept.read_bytes() == data
    assert kept.relative_to(settings.data_dir / "blobs") == Path(sha256[:2], sha256[2:4], sha256)
    assert kept.stat().st_mode & 0o777 == 0o440
    assert (jobs(database), rows(database, "notes"), rows(database, "events")) == (1, 1, 2)


def test_an_arrival_says_how_the_file_came_and_shows_its_sender_to_few(
    client_as: Callable[[Role], TestClient], database: Database
) -> None:
    producer = client_as(Role.PRODUCER)
    told = {
        "archive_url": "https://archive.example/1",
        "archived_at": "2026-11-02T09:00:00Z",
        "sender": "Nurse Olena",
        "consent_terms": "use it, do not name me",
        "file_origin": "author_original",
    }
    body = upload(producer, png(1), "a.png", **told).json()
    address = body["links"]["receipts"]

    def shown(client: TestClient) -> dict[str, object]:
        (receipt,) = client.get(address).json()["items"]
        return {name: receipt[name] for name in told}

    hidden = {**told, "sender": None, "consent_terms": None}
    assert shown(producer) == shown(client_as(Role.VERIFIER)) == told
    assert shown(client_as(Role.VIEWER)) == shown(client_as(Role.PRODUCER)) == hidden
    (receipt,) = producer.get(address).json()["items"]
    assert receipt["received_via"] == "upload"
    assert receipt["desk_version"].startswith("provenance-desk/")
    found = producer.get("/v1/media", params={"q": "olena"}).json()["items"]
    assert found == [], "nobody finds an item by whom they may not read of"
    with database.read() as session:
        payloads = session.scalars(sa.text("SELECT payload FROM audit_payloads")).all()
    assert any('"sent_from":"testclient"' in payload for payload in payloads)
    assert upload(producer, png(2), "b.png", archive_url="archive").status_code == 422
    assert upload(producer, png(2), "b.png", file_origin="internet").status_code == 422


def test_the_same_bytes_again_are_a_receipt_and_no_work(
    client: TestClient, database: Database, settings: Settings
) -> None:
    archive(client)
    first = upload(client, png(2), "one.png").json()
    again = upload(client, png(2), "two.png", collection="archive", title="Later")

    assert again.status_code == 200
    body = again.json()
    assert (body["id"], body["duplicate"], body["receipts"]) == (first["id"], True, 2)
    assert (body["filename"], body["title"]) == ("one.png", "Later")
    assert body["collections"] == ["archive"]
    assert (jobs(database), rows(database, "media"), len(files(settings))) == (1, 1, 1)
    told = client.get("/v1/events", params={"type": "media.received"}).json()["items"]
    assert [event["data"].get("duplicate_of") for event in told] == [None, first["id"]]


def test_two_uploads_of_the_same_bytes_at_once_are_one_item(
    client_as: Connect, database: Database, settings: Settings
) -> None:
    clients = [client_as(Role.PRODUCER) for _ in range(6)]
    together = threading.Barrier(len(clients))

    def send(client: TestClient) -> int:
        together.wait()
        return upload(client, png(3, 100_000)).status_code

    with ThreadPoolExecutor(len(clients)) as pool:
        statuses = sorted(pool.map(send, clients))

    assert statuses == [200, 200, 200, 200, 200, 202]
    assert (rows(database, "media"), rows(database, "receipts")) == (1, 6)
    assert (jobs(database), len(files(settings))) == (1, 1)


@pytest.mark.parametrize(
    ("data", "status"),
    [(b"#!/bin/sh\necho no media\n" * 9000, 415), (b"#EXTM3U\n", 415), (b"", 415)],
)
def test_what_is_no_media_is_refused_and_not_stored(
    client: TestClient, database: Database, settings: Settings, data: bytes, status: int
) -> None:
    answer = upload(client, data, "film.mp4")
    assert answer.status_code == status
    assert answer.json()["type"] == "/problems/unsupported_media"
    assert answer.headers["content-type"] == "application/problem+json"
    assert (rows(database, "media"), files(settings)) == (0, [])
    (told,) = client.get("/v1/events").json()["items"]
    hashed = hashlib.sha256(b"film.mp4").hexdigest()
    assert (told["type"], told["data"]["filename_hash"]) == ("media.rejected", hashed)
    assert told["data"]["reason_code"] == "not_media"


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"collection": "nowhere"}, "nowhere"),
        ({"source_kind": "rumour"}, "source_kind"),
        ({"claimed_at": "2026-11-02T10:00:00"}, "claimed_at"),
        ({"claimed_at": "2024"}, "claimed_at"),
        ({"colection": "archive"}, "colection"),
    ],
)
def test_wrong_fields_are_refused_by_name(
    client: TestClient, database: Database, settings: Settings, fields: dict[str, str], named: str
) -> None:
    answer = upload(client, png(), **fields)
    assert answer.status_code == 422
    assert named in answer.text
    assert (rows(database, "media"), rows(database, "receipts")) == (0, 0)


def test_a_form_without_a_file_or_end_is_refused(client: TestClient) -> None:
    answer = client.post("/v1/media", files={"other": ("a.png", png())})
    assert (answer.status_code, answer.json()["missing"]) == (422, ["file"])
    assert client.post("/v1/media", json={}).status_code == 422
    cut = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' + png()
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    assert client.post("/v1/media", content=cut, headers=headers).status_code == 422
    assert client.post("/v1/media", content=b"nonsense", headers=headers).status_code == 422


def test_fields_may_stand_before_and_after_the_file(client: TestClient) -> None:
    part = '--x\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n'
    body = (
        part.format("title", "").encode() + "Größe\r\n".encode()
        + part.format("file", '; filename="ü.png"').encode() + png() + b"\r\n"
        + part.format("tags", "").encode() + b"a\r\n"
        + part.format("tags", "").encode() + b"b\r\n--x--\r\n"
    )  # fmt: skip
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = client.post("/v1/media", content=body, headers=headers).json()
    assert (answer["title"], answer["filename"], answer["tags"]) == ("Größe", "ü.png", ["a", "b"])
    assert answer["size_bytes"] == len(png())


@pytest.mark.parametrize(
    "named",
    [
        "filename*=UTF-8''%C3%BC%3B%20a.png",
        "filename=\"=?utf-8?B?w7w7IGEucG5n?=\"; filename*=utf-8''%C3%BC%3B%20a.png",
    ],
)
def test_a_name_is_read_as_net_clients_send_it(client: TestClient, named: str) -> None:
    head = f"--x\r\nContent-Disposition: form-data; name=file; {named}\r\n\r\n"
    body = head.encode() + png() + b"\r\n--x--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = client.post("/v1/media", content=body, headers=headers)
    assert (answer.status_code, answer.json()["filename"]) == (202, "ü; a.png")


def test_a_name_is_one_line_without_control_characters(client: TestClient) -> None:
    named = "filename*=UTF-8''a%C2%9B31m%E2%80%A8%E2%80%AEb%C2%85%1B.png"
    head = f"--x\r\nContent-Disposition: form-data; name=file; {named}\r\n\r\n"
    body = head.encode() + png() + b"\r\n--x--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = client.post("/v1/media", content=body, headers=headers)
    assert (answer.status_code, answer.json()["filename"]) == (202, "a31mb.png")


def test_putting_into_a_collection_needs_its_scope(client_as: Connect, client: TestClient) -> None:
    archive(client)
    answer = upload(client_as(Role.PRODUCER), png(), collection="archive")
    assert (answer.status_code, answer.json()["scope"]) == (403, "known:write")


def limited(parts: Parts, token: str, **changes: int) -> TestClient:
    settings = parts.settings.model_copy(update=changes)
    smaller = replace(parts, settings=settings)
    headers = {"Authorization": f"Bearer {token}"}
    return TestClient(create_app(smaller), headers=headers, raise_server_exceptions=False)


def test_too_large_files_are_refused(
    parts: Parts, make_key: Callable[[Role], str], settings: Settings
) -> None:
    client = limited(parts, make_key(Role.ADMIN), upload_max_bytes=100_000)
    assert upload(client, png(1, 99_000)).status_code == 202
    unannounced = upload(client, png(2, 200_000))  # within the allowance for the form
    announced = upload(client, png(3, 2_000_000))
    for answer in (unannounced, announced):
        assert (answer.status_code, answer.json()["max_bytes"]) == (413, 100_000)
    assert len(files(settings)) == 1
    told = client.get("/v1/events", params={"type": "media.rejected"}).json()["items"]
    assert [each["data"]["reason_code"] for each in told] == ["too_large", "too_large"]


def test_no_room_is_507(
    parts: Parts, client: TestClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts.blobs._reserve_bytes = 2**60
    answer = upload(client, png())
    assert (answer.status_code, answer.json()["type"]) == (507, "/problems/storage_full")
    parts.blobs._reserve_bytes = 0

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(local.os, "fsync", full)
    assert upload(client, png()).status_code == 507
    assert files(settings) == []


def test_a_folder_that_can_only_be_read_is_507_and_says_so(
    client: TestClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    began = client.post("/v1/uploads", headers=TUS | {"Upload-Length": "100000"})
    with monkeypatch.context() as read_only:
        read_only.setattr(local.tempfile, "mkstemp", refused)
        read_only.setattr(os, "open", refused)
        whole = upload(client, png())
        headers = TUS | {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
        piece = client.patch(began.headers["Location"], content=b"x" * 100, headers=headers)
        assert client.get("/readyz").json()["blobs"] is False
    for answer in (whole, piece):
        assert (answer.status_code, answer.json()["type"]) == (507, "/problems/storage_read_only")
    assert files(settings) == []
    assert upload(client, png()).status_code == 202


def test_a_failed_commit_is_no_202(
    client: TestClient, database: Database, settings: Settings
) -> None:
    def refuse(_connection: object) -> None:
        raise RuntimeError("the disk of the database died")

    sa.event.listen(database.engine, "commit", refuse)
    try:
        answer = upload(client, png(7))
    finally:
        sa.event.remove(database.engine, "commit", refuse)

    assert answer.status_code == 500
    assert answer.json()["type"] == "/problems/internal"
    assert (rows(database, "media"), rows(database, "receipts"), jobs(database)) == (0, 0, 0)
    assert upload(client, png(7)).status_code == 202
    assert len(files(settings)) == 1


def test_an_upload_cut_off_leaves_nothing(
    parts: Parts, make_key: Callable[[Role], str], database: Database, settings: Settings
) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    with served(parts) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        connection.putrequest("POST", "/v1/media")
        connection.putheader("Authorization", f"Bearer {make_key(Role.PRODUCER)}")
        connection.putheader("Content-Type", "multipart/form-data; boundary=x")
        connection.putheader("Content-Length", str(10_000_000))
        connection.endheaders()
        connection.send(head + png(9, 3_000_000))
        deadline = time.monotonic() + 10
        while not files(settings) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert files(settings)
        connection.close()
        while files(settings) and time.monotonic() < deadline:
            time.sleep(0.01)
    assert files(settings) == []
    assert rows(database, "media") == 0


def test_an_idempotency_key_makes_one_receipt(client: TestClient, database: Database) -> None:
    def send(data: bytes, **fields: str) -> tuple[int, str | None]:
        headers = {"Idempotency-Key": "one"}
        files = {"file": ("a.png", io.BytesIO(data))}
        answer = client.post("/v1/media", files=files, data=fields, headers=headers)
        return answer.status_code, answer.headers.get("idempotency-replayed")

    assert send(png(1)) == (202, None)
    assert send(png(1)) == (202, "true")
    assert rows(database, "receipts") == 1
    assert send(png(2)) == (422, None)
    assert send(png(1), title="other") == (422, None)
    assert rows(database, "media") == 1


def test_a_refused_or_replayed_upload_leaves_no_file(
    client: TestClient, settings: Settings, database: Database
) -> None:
    assert upload(client, png(1), collection="nowhere").status_code == 422
    assert files(settings) == []
    archive(client)
    assert upload(client, png(1)).status_code == 202
    assert upload(client, png(1), collection="nowhere").status_code == 422
    assert len(files(settings)) == 1

    def send() -> Response:
        return client.post(
            "/v1/media", files={"file": ("a.png", png(2))}, headers={"Idempotency-Key": "k"}
        )

    media_id = send().json()["id"]
    assert client.delete(f"/v1/media/{media_id}").status_code == 204
    assert send().headers["Idempotency-Replayed"] == "true"
    assert len(files(settings)) == 1
