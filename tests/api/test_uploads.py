import base64
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from httpx2 import Response

from app.access import Role
from app.api.upload_requests import upload_store
from app.bootstrap import Parts
from app.db import Database
from app.errors import StorageFull
from app.main import create_app
from app.services import upload_writing, uploads
from app.services.media import Claim
from app.services.upload_writing import Checksum, Writer
from app.settings import Settings
from tests.records import actor_of
from tests.uploads import png, upload

TUS = {"Tus-Resumable": "1.0.0"}
BYTES = {**TUS, "Content-Type": "application/offset+octet-stream"}
NAMED = {"filename": "clip.png"}


def metadata(**said: str) -> str:
    return ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in said.items())


def begin(client: TestClient, length: int, **said: str) -> Response:
    headers = {**TUS, "Upload-Length": str(length), "Upload-Metadata": metadata(**(said or NAMED))}
    return client.post("/v1/uploads", headers=headers)


def started(client: TestClient, length: int, **said: str) -> str:
    answer = begin(client, length, **said)
    assert answer.status_code == 201, answer.text
    return str(answer.headers["location"])


def add(client: TestClient, address: str, offset: int, data: bytes, **more: str) -> Response:
    headers = {**BYTES, "Upload-Offset": str(offset), **more}
    return client.patch(address, content=data, headers=headers)


def offset(client: TestClient, address: str) -> int:
    answer = client.head(address, headers=TUS)
    assert answer.status_code == 200
    return int(answer.headers["upload-offset"])


def rows(database: Database, table: str) -> int:
    with database.read() as session:
        return session.scalar(sa.text(f"SELECT count(*) FROM {table}")) or 0


def change(database: Database, values: str, **given: object) -> None:
    with database.write() as session:
        session.execute(sa.text(f"UPDATE uploads SET {values}"), given)


def part_files(settings: Settings) -> list[Path]:
    return list((settings.data_dir / "blobs" / "parts").iterdir())


def archive(client: TestClient) -> None:
    body = {"slug": "archive", "title": "Archive", "kind": "archive"}
    assert client.post("/v1/collections", json=body).status_code == 201


def test_a_file_in_pieces_becomes_the_item_that_a_form_makes(
    client: TestClient, parts: Parts, settings: Settings, database: Database
) -> None:
    archive(client)
    said = {
        "filename": "dir/../ä b.png",
        "filetype": "image/png",
        "collection": "archive",
        "title": " Market square ",
        "source_name": "A. Witness",
        "source_url": "https://example.org/1",
        "source_kind": "eyewitness",
        "claimed_at": "2026-11-02T10:00:00+02:00",
        "claimed_place": "Kharkiv",
        "note": "came by messenger",
        "tags": "market, smoke,market",
        "sender": "",
    }
    data = png(1, 300_000)
    address = started(client, len(data), **said)
    told = client.head(address, headers=TUS).headers
    assert (told["upload-offset"], told["upload-length"]) == ("0", str(len(data)))
    assert told["upload-metadata"] == metadata(**said)
    assert add(client, address, 0, data[:100_000]).headers["upload-offset"] == "100000"
    assert "media-id" not in add(client, address, 100_000, data[100_000:200_000]).headers
    assert (rows(database, "media"), len(part_files(settings))) == (0, 1)
    last = add(client, address, 200_000, data[200_000:])

    assert (last.status_code, last.headers["upload-offset"]) == (204, str(len(data)))
    body = client.get(f"/v1/media/{last.headers['media-id']}").json()
    assert body["sha256"] == hashlib.sha256(data).hexdigest()
    assert (body["filename"], body["title"], body["size_bytes"]) == (
        "ä b.png",
        "Market square",
        len(data),
    )
    assert (body["collections"], body["tags"]) == (["archive"], ["market", "smoke"])
    assert (body["state"], body["content_type"]) == ("received", "image/png")
    (receipt,) = client.get(body["links"]["receipts"]).json()["items"]
    assert (receipt["claimed_at"], receipt["received_via"]) == ("2026-11-02T08:00:00Z", "upload")
    kept = parts.blobs.path(body["sha256"])
    assert kept.read_bytes() == data
    assert (kept.stat().st_mode & 0o777, kept.stat().st_nlink) == (0o440, 1)
    assert part_files(settings) == []
    shown = client.get(address).json()
    assert (shown["media_id"], shown["duplicate"], shown["failure"]) == (body["id"], False, None)
    assert shown["links"] == {"self": address, "media": f"/v1/media/{body['id']}"}
    with database.read() as session:
        assert session.scalar(sa.text("SELECT said FROM uploads")) == ""
        payloads = session.scalars(sa.text("SELECT payload FROM audit_payloads")).all()
    assert any('"sent_from":"testclient"' in payload for payload in payloads)


def test_the_first_bytes_may_come_with_the_first_request(client: TestClient) -> None:
    data = png(2)
    headers = {**BYTES, "Upload-Length": str(len(data)), "Upload-Metadata": metadata(name="a.png")}
    whole = client.post("/v1/uploads", content=data, headers=headers)
    assert (whole.status_code, whole.headers["upload-offset"]) == (201, str(len(data)))
    assert client.get(f"/v1/media/{whole.headers['media-id']}").json()["filename"] == "a.png"
    again = client.post("/v1/uploads", content=data[:100], headers=headers)
    assert (again.status_code, again.headers["upload-offset"]) == (201, "100")
    rest = add(client, again.headers["location"], 100, data[100:])
    assert rest.headers["media-id"] == whole.headers["media-id"]
    assert client.get(again.headers["location"]).json()["duplicate"] is True


def test_the_protocol_is_told_and_asked_for(client: TestClient, parts: Parts) -> None:
    told = client.options("/v1/uploads")
    assert told.status_code == 204
    assert told.headers["tus-version"] == told.headers["tus-resumable"] == "1.0.0"
    assert told.headers["tus-max-size"] == str(parts.settings.upload_max_bytes)
    assert told.headers["tus-checksum-algorithm"] == "sha256,sha1"
    extensions = {"creation", "creation-with-upload", "expiration", "termination", "checksum"}
    assert set(told.headers["tus-extension"].split(",")) == extensions
    address = started(client, 100)
    for headers in ({}, {"Tus-Resumable": "0.2.2"}):
        refused = client.head(address, headers=headers)
        assert (refused.status_code, refused.headers["tus-version"]) == (412, "1.0.0")
    nobody = TestClient(client.app)
    answers = [
        client.head(address, headers=TUS),
        client.get(address),
        client.head("/v1/uploads/unknown", headers=TUS),
        add(client, address, 5, b"x"),
        nobody.post("/v1/uploads", headers={**TUS, "Upload-Length": "9"}),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 404, 409, 401]
    for answer in answers:
        assert answer.headers["tus-resumable"] == "1.0.0"
        assert answer.headers["cache-control"] == "no-store"
    assert "upload-expires" in answers[0].headers
    assert "tus-resumable" not in client.get("/v1/media").headers


def test_methods_that_a_proxy_does_not_pass_on_come_as_post(client: TestClient) -> None:
    data = png(3)
    address = started(client, len(data))
    headers = {**BYTES, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    answer = client.post(address, content=data, headers=headers)
    assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(len(data)))


def test_bytes_go_where_they_belong_or_nowhere(client: TestClient) -> None:
    data = png(4, 1000)
    address = started(client, len(data))
    assert add(client, address, 0, data[:400]).status_code == 204
    for wrong in (0, 399, 401, len(data)):
        refused = add(client, address, wrong, data[wrong:] or b"x")
        assert (refused.status_code, refused.json()["offset_bytes"]) == (409, 400)
    beyond = add(client, address, 400, data[400:] + b"more")
    assert (beyond.status_code, beyond.json()["type"]) == (413, "/problems/payload_too_large")

    def unannounced() -> Iterator[bytes]:
        yield from (data[400:], b"more")

    headers = {**BYTES, "Upload-Offset": "400"}
    assert client.patch(address, content=unannounced(), headers=headers).status_code == 413
    plain = {**TUS, "Upload-Offset": "400"}
    assert client.patch(address, content=data[400:], headers=plain).status_code == 415
    assert client.patch(address, content=b"", headers=BYTES).status_code == 422
    assert offset(client, address) == 400
    assert add(client, address, 400, data[400:]).status_code == 204


def test_the_last_bytes_sent_again_are_the_same_item(
    client: TestClient, database: Database
) -> None:
    data = png(5, 992)
    address = started(client, len(data))
    add(client, address, 0, data[:400])
    first = add(client, address, 400, data[400:])
    again = add(client, address, 400, data[400:])
    assert (again.status_code, again.headers["upload-offset"]) == (204, "1000")
    assert again.headers["media-id"] == first.headers["media-id"]
    nothing_left = add(client, address, 1000, b"")
    assert nothing_left.headers["media-id"] == first.headers["media-id"]
    assert offset(client, address) == 1000
    assert client.head(address, headers=TUS).headers["media-id"] == first.headers["media-id"]

    def unannounced() -> Iterator[bytes]:
        yield data[400:]

    headers = {**BYTES, "Upload-Offset": "400"}
    assert client.patch(address, content=unannounced(), headers=headers).status_code == 204
    for wrong, sent in ((0, data[:400]), (400, data[400:-1])):
        refused = add(client, address, wrong, sent)
        assert (refused.status_code, refused.json()["offset_bytes"]) == (409, 1000)
    assert (rows(database, "media"), rows(database, "receipts")) == (1, 1)


@pytest.mark.parametrize("data", [b"#!/bin/sh\necho no media\n" * 9000, b"#EXTM3U\n"])
def test_what_is_no_media_is_refused_at_its_first_bytes(
    client: TestClient, database: Database, settings: Settings, data: bytes
) -> None:
    address = started(client, 50_000_000 if len(data) > 70_000 else len(data), filename="f.mp4")
    refused = add(client, address, 0, data)
    assert refused.status_code == 415
    assert refused.json() == upload(client, data, "f.mp4").json()
    assert (rows(database, "media"), part_files(settings)) == (0, [])
    shown = client.get(address).json()
    assert (shown["failure"]["code"], shown["media_id"]) == ("not_media", None)
    assert client.head(address, headers=TUS).status_code == 415
    assert add(client, address, 0, data).json() == refused.json()
    told = client.get("/v1/events", params={"type": "media.rejected"}).json()["items"]
    hashed = hashlib.sha256(b"f.mp4").hexdigest()
    assert {each["data"]["filename_hash"] for each in told} == {hashed}
    assert len(told) == 2


def test_sizes_that_cannot_be_are_refused_at_once(
    parts: Parts, make_key: Callable[[Role], str], database: Database
) -> None:
    settings = parts.settings.model_copy(update={"upload_max_bytes": 1000})
    headers = {"Authorization": f"Bearer {make_key(Role.ADMIN)}"}
    client = TestClient(create_app(replace(parts, settings=settings)), headers=headers)
    large = begin(client, 1001)
    assert (large.status_code, large.json()["max_bytes"]) == (413, 1000)
    empty = begin(client, 0)
    assert (empty.status_code, empty.json()["type"]) == (415, "/problems/unsupported_media")
    assert begin(client, -1).status_code == 422
    assert client.post("/v1/uploads", headers=TUS).status_code == 422
    told = client.get("/v1/events", params={"type": "media.rejected"}).json()["items"]
    assert [each["data"]["reason_code"] for each in told] == ["too_large", "not_media"]
    parts.blobs._reserve_bytes = 2**60
    full = begin(client, 1000)
    assert (full.status_code, full.json()["type"]) == (507, "/problems/storage_full")
    assert rows(database, "uploads") == 0


def test_a_disk_that_fills_up_ends_a_request_and_not_the_upload(
    client: TestClient, parts: Parts
) -> None:
    data = png(6, 1000)
    address = started(client, len(data))
    add(client, address, 0, data[:400])
    parts.blobs._reserve_bytes = 2**60
    assert add(client, address, 400, data[400:]).status_code == 507
    parts.blobs._reserve_bytes = 0
    assert add(client, address, 400, data[400:]).status_code == 204


def test_a_disk_that_fills_up_while_a_piece_with_a_checksum_comes_stops_it_there(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_writing, "CHECKPOINT_BYTES", 100)
    data, sender, store = png(6, 1000), actor_of(Role.PRODUCER), upload_store(parts)
    begun = uploads.create(store, len(data), "", Claim(filename="clip.png"), sender)
    writer = uploads.open_for(store, uploads.ask(parts.database, begun.id, sender))
    assert isinstance(writer, Writer)
    with closing(writer):
        writer.expect(Checksum("sha256", bytes(32)))
        writer.feed(data[:200])
        parts.blobs._reserve_bytes = 2**60
        with pytest.raises(StorageFull):
            writer.feed(data[200:400])


@pytest.mark.parametrize("algorithm", ["sha256", "sha1"])
def test_a_checksum_keeps_all_or_nothing(client: TestClient, algorithm: str) -> None:
    data = png(7, 992)

    def of(sent: bytes) -> str:
        digest = hashlib.new(algorithm, sent).digest()
        return f"{algorithm} {base64.b64encode(digest).decode()}"

    address = started(client, len(data))
    first = add(client, address, 0, data[:400], **{"Upload-Checksum": of(data[:400])})
    assert first.headers["upload-offset"] == "400"
    for sent in (data[400:500], data[400:]):
        wrong = add(client, address, 400, sent, **{"Upload-Checksum": of(b"other")})
        assert (wrong.status_code, wrong.json()["type"]) == (460, "/problems/checksum_mismatch")
        assert offset(client, address) == 400
    for header in ("md5 AAAA", f"{algorithm} AAAA", f"{algorithm} ?", algorithm):
        unknown = add(client, address, 400, data[400:], **{"Upload-Checksum": header})
        assert (unknown.status_code, unknown.json()["type"]) == (
            400,
            "/problems/unsupported_checksum",
        )
    last = add(client, address, 400, data[400:], **{"Upload-Checksum": of(data[400:])})
    found = client.get(f"/v1/media/{last.headers['media-id']}").json()
    assert found["sha256"] == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ({"collection": "nowhere"}, "nowhere"),
        ({"source_kind": "rumour"}, "source_kind"),
        ({"claimed_at": "2026-11-02T10:00:00"}, "claimed_at"),
        ({"colection": "archive"}, "colection"),
        ({"title": "a\0b"}, "title"),
        ({"source_name": "a\x1b[31mb"}, "source_name"),
        ({"source_url": "https://example.org/\x7f"}, "source_url"),
        ({"archive_url": "https://example.org/\0"}, "archive_url"),
        ({"note": "a\x08b"}, "note"),
        ({"consent_terms": "a\x9fb"}, "consent_terms"),
        ({"tags": "one,t\0wo"}, "tags"),
        ({"collection": "a\0b"}, "collection"),
    ],
)
def test_wrong_fields_are_refused_before_a_byte_is_sent(
    client: TestClient, database: Database, said: dict[str, str], named: str
) -> None:
    answer = begin(client, 100, **said)
    assert (answer.status_code, named in answer.text) == (422, True)
    assert rows(database, "uploads") == 0


def test_texts_have_lines_and_tabs(client: TestClient) -> None:
    data = png(13)
    terms = "One:\n\ttwo\r\nthree"
    address = started(client, len(data), filename="a.png", consent_terms=terms, note=terms)
    own = f"/v1/media/{add(client, address, 0, data).headers['media-id']}"
    (receipt,) = client.get(f"{own}/receipts").json()["items"]
    assert receipt["consent_terms"] == terms


@pytest.mark.parametrize("header", ["title !", "title", "a b,a b", "ti(tle eA==", "title /w=="])
def test_malformed_metadata_is_refused(client: TestClient, header: str) -> None:
    headers = {**TUS, "Upload-Length": "9", "Upload-Metadata": header}
    status = client.post("/v1/uploads", headers=headers).status_code
    assert status == (201 if header == "title" else 422), "a name alone is an empty field"


def test_putting_into_a_collection_needs_its_scope(
    client: TestClient, client_as: Callable[[Role], TestClient]
) -> None:
    archive(client)
    answer = begin(client_as(Role.PRODUCER), 100, collection="archive")
    assert (answer.status_code, answer.json()["scope"]) == (403, "known:write")
    assert begin(client_as(Role.VIEWER), 100).status_code == 403


def test_an_upload_is_its_makers_alone(
    client: TestClient, client_as: Callable[[Role], TestClient]
) -> None:
    address = started(client, 100)
    other = client_as(Role.ADMIN)
    answers = [
        other.get(address),
        other.head(address, headers=TUS),
        add(other, address, 0, png()),
        other.delete(address, headers=TUS),
    ]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert offset(client, address) == 0


def test_an_upload_can_be_ended(client: TestClient, database: Database, settings: Settings) -> None:
    data = png(8, 1000)
    address = started(client, len(data))
    add(client, address, 0, data[:400])
    assert client.delete(address, headers=TUS).status_code == 204
    assert (rows(database, "uploads"), part_files(settings)) == (0, [])
    assert add(client, address, 400, data[400:]).status_code == 404
    done = started(client, len(data))
    media_id = add(client, done, 0, data).headers["media-id"]
    assert client.delete(done, headers=TUS).status_code == 204
    assert client.get(done).status_code == 404
    assert client.get(f"/v1/media/{media_id}").status_code == 200


def test_a_key_has_so_many_unfinished_uploads_and_no_more(
    parts: Parts, make_key: Callable[[Role], str], database: Database
) -> None:
    settings = parts.settings.model_copy(update={"upload_open_max": 2})
    app = create_app(replace(parts, settings=settings))
    mine, other = (
        TestClient(app, headers={"Authorization": f"Bearer {make_key(Role.ADMIN)}"})
        for _ in range(2)
    )
    data = png(12, 1000)
    first, second = started(mine, len(data)), started(mine, len(data))

    refused = begin(mine, len(data))
    assert (refused.status_code, refused.json()["type"]) == (429, "/problems/too_many_requests")
    assert refused.json()["open"] == [first, second]
    assert begin(other, len(data)).status_code == 201
    assert "media-id" in add(mine, first, 0, data).headers, "what is open goes on"
    third = started(mine, len(data))
    assert begin(mine, len(data)).status_code == 429
    assert mine.delete(third, headers=TUS).status_code == 204
    started(mine, len(data))
    change(database, "expires_at = :at", at="2026-01-01 00:00:00")
    started(mine, len(data))


def test_what_expired_is_removed_and_nothing_else(
    client: TestClient, parts: Parts, database: Database, settings: Settings
) -> None:
    data = png(9, 1000)
    over = started(client, len(data))
    add(client, over, 0, data[:400])
    change(database, "expires_at = :at", at="2026-01-01 00:00:00")
    waiting, done = started(client, len(data)), started(client, len(data))
    add(client, waiting, 0, data[:400])
    media_id = add(client, done, 0, data).headers["media-id"]
    assert add(client, over, 400, data[400:]).status_code == 404
    for name in ("nobodys", done.rpartition("/")[2]):
        (settings.data_dir / "blobs" / "parts" / name).write_bytes(b"left by a process that ended")
    for path in part_files(settings):
        os.utime(path, (0, 0))

    assert uploads.sweep(database, parts.blobs.parts) == 1
    assert [path.name for path in part_files(settings)] == [waiting.rpartition("/")[2]]
    assert client.get(over).status_code == 404
    assert client.get(done).json()["media_id"] == media_id
    assert add(client, waiting, 400, data[400:]).headers["media-id"] == media_id
    assert uploads.sweep(database, parts.blobs.parts) == 0


def test_database_and_file_agree_after_a_crash(
    client: TestClient, parts: Parts, settings: Settings
) -> None:
    data = png(10, 1000)
    address = started(client, len(data))
    add(client, address, 0, data[:400])
    (path,) = part_files(settings)
    with path.open("ab") as file:
        file.write(b"not noted before the process was killed")
    assert offset(client, address) == 400
    assert path.stat().st_size == 400
    path.write_bytes(data[:300])
    parts.blobs.parts._hashes.clear()
    assert offset(client, address) == 300
    media_id = add(client, address, 300, data[300:]).headers["media-id"]
    found = client.get(f"/v1/media/{media_id}").json()
    assert found["sha256"] == hashlib.sha256(data).hexdigest()


def test_an_end_that_failed_is_tried_again_by_the_same_bytes(
    client: TestClient, database: Database, parts: Parts
) -> None:
    data = png(11, 1000)
    address = started(client, len(data))
    add(client, address, 0, data[:400])

    def refuse(connection: sa.Connection) -> None:
        if media_rows(connection):
            raise RuntimeError("the disk of the database died")

    def media_rows(connection: sa.Connection) -> bool:
        return bool(connection.execute(sa.text("SELECT count(*) FROM media")).scalar())

    sa.event.listen(database.engine, "commit", refuse)
    try:
        assert add(client, address, 400, data[400:]).status_code == 500
    finally:
        sa.event.remove(database.engine, "commit", refuse)
    sha256 = hashlib.sha256(data).hexdigest()
    assert (rows(database, "media"), parts.blobs.path(sha256).exists()) == (0, False)
    assert offset(client, address) == 400, "whole for its client only once there is an item"
    assert "media-id" in add(client, address, 400, data[400:]).headers


def test_an_end_that_is_refused_keeps_the_upload(client: TestClient, database: Database) -> None:
    data = png(12, 1000)
    address = started(client, len(data))
    change(database, "said = :said", said=metadata(collection="archive"))
    refused = add(client, address, 0, data)
    assert (refused.status_code, refused.json()["collections"]) == (422, ["archive"])
    archive(client)
    media_id = add(client, address, 0, data).headers["media-id"]
    assert client.get(f"/v1/media/{media_id}").json()["collections"] == ["archive"]


def test_an_items_file_is_never_written_to(
    client: TestClient, parts: Parts, settings: Settings
) -> None:
    """A process may die between giving a file its place and the commit; then others use that file."""
    data = png(13, 1000)
    address = started(client, len(data))
    add(client, address, 0, data[:400])
    (path,) = part_files(settings)
    path.write_bytes(data)
    kept = parts.blobs.path(hashlib.sha256(data).hexdigest())
    kept.parent.mkdir(parents=True)
    os.link(path, kept)
    item = upload(client, data).json()
    assert offset(client, address) == 400
    assert kept.read_bytes() == data
    assert add(client, address, 400, b"x" * (len(data) - 400)).status_code == 204
    assert kept.read_bytes() == data
    assert client.get(item["links"]["file"]).content == data


def test_a_purge_takes_what_an_upload_says_of_its_item(
    client: TestClient, database: Database
) -> None:
    data = png(14)
    address = started(client, len(data))
    media_id = add(client, address, 0, data).headers["media-id"]
    reason = {"authority": "desk", "reason": "It was the wrong file."}
    answer = client.post(f"/v1/media/{media_id}/purge", json=reason)
    assert answer.status_code in {200, 202, 204}, answer.text
    assert (client.get(address).status_code, rows(database, "uploads")) == (404, 0)


def test_a_failure_is_answered_in_tus_too(client: TestClient, database: Database) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("nobody expected this")

    sa.event.listen(database.engine, "begin", fail)
    try:
        failed = begin(client, 10)
    finally:
        sa.event.remove(database.engine, "begin", fail)
    assert (failed.status_code, failed.json()["type"]) == (500, "/problems/internal")
    assert (failed.headers["tus-resumable"], failed.headers["cache-control"]) == (
        "1.0.0",
        "no-store",
    )
