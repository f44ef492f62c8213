import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app import db
from app.access import SYSTEM, Role
from app.blobs.local import PICTURES
from app.bootstrap import Parts
from app.core.fingerprints.pictures import Pictures, pack
from app.core.media import MediaKind
from app.db import Database
from app.db.media import Media
from app.db.verifications import Verification
from app.schemas.enums import MediaState, VerificationStatus
from app.services import purging
from tests.meanwhile import meanwhile, take_turn
from tests.records import PURGE, is_searched_as_known
from tests.uploads import fingerprint, png, store_fingerprint, upload


def change(database: Database, media_id: str, **values: Any) -> None:
    with database.write() as session:
        media = db.media.find(session, media_id)
        for name, value in values.items():
            setattr(media, name, value)


def listed(client: TestClient, **query: Any) -> list[str]:
    answer = client.get("/v1/media", params=query)
    assert answer.status_code == 200, answer.text
    return [item["title"] for item in answer.json()["items"]]


@pytest.fixture
def three(client: TestClient, database: Database) -> dict[str, str]:
    for slug in ("archive", "debunked"):
        client.post("/v1/collections", json={"slug": slug, "title": slug, "kind": slug})
    said = {
        "A": {"collection": "archive", "tags": "fire", "source_name": "Straße 5", "note": "Dnipro"},
        "B": {"collection": ["archive", "debunked"], "tags": "fire,night"},
        "C": {"claimed_place": "100% Łódź_", "source_url": "https://example.org/x"},
    }
    ids = {}
    for seed, (title, fields) in enumerate(said.items()):
        ids[title] = upload(client, png(seed), f"{title}.png", title=title, **fields).json()["id"]
    change(database, ids["B"], state=MediaState.READY)
    with database.write() as session:
        record = session.get(Verification, ids["C"])
        assert record is not None
        record.status = VerificationStatus.VOID
    return ids


LISTS = [
    ({}, "CBA"),
    ({"state": "ready"}, "B"),
    ({"collection": "archive"}, "BA"),
    ({"collection": "debunked", "tag": "fire"}, "B"),
    ({"status": "void"}, "C"),
    ({"status": "!void"}, "BA"),
    ({"tag": "night"}, "B"),
    ({"kind": "video"}, ""),
    ({"q": "STRASSE"}, "A"),
    ({"q": "dnipro a.png"}, "A"),
    ({"q": "łÓDŹ"}, "C"),
    ({"q": "100%"}, "C"),
    ({"q": "%"}, "C"),
    ({"q": "_"}, "C"),
    ({"q": "ex%le"}, ""),
    ({"received_after": "2000-01-01T00:00:00Z"}, "CBA"),
    ({"received_before": "2000-01-01T00:00:00Z"}, ""),
]


def test_lists_are_filtered(client: TestClient, three: dict[str, str]) -> None:
    for query, titles in LISTS:
        assert listed(client, **query) == list(titles), query


def test_a_note_makes_its_item_findable(client: TestClient, three: dict[str, str]) -> None:
    item = three[next(iter(three))]
    assert listed(client, q="Lamp Post") == []
    note = {"text": "The lamp post also stands in the 2019 clip."}
    assert client.post(f"/v1/media/{item}/verification/notes", json=note).status_code == 201
    assert listed(client, q="Lamp Post") != []


def test_a_hash_finds_its_item(client: TestClient, three: dict[str, str]) -> None:
    sha256 = client.get(f"/v1/media/{three['A']}").json()["sha256"]
    assert listed(client, sha256=sha256.upper()) == ["A"]
    assert client.get("/v1/media", params={"sha256": "short"}).status_code == 422


def test_pages_follow_each_other_while_the_list_grows(client: TestClient) -> None:
    for seed in range(5):
        upload(client, png(seed), title=str(seed))
    first = client.get("/v1/media", params={"limit": 2}).json()
    upload(client, png(9), title="new")
    second = client.get("/v1/media", params={"limit": 2, "cursor": first["next"]}).json()
    third = client.get("/v1/media", params={"limit": 2, "cursor": second["next"]}).json()
    titles = [item["title"] for page in (first, second, third) for item in page["items"]]
    assert titles == ["4", "3", "2", "1", "0"]
    assert third["next"] is None


@pytest.mark.parametrize(
    "query",
    [
        {"cursor": "nonsense"},
        {"cursor": "PmR0OnhfcQ=="},
        {"limit": 0},
        {"limit": 100_000},
        {"status": "!nothing"},
        {"state": "gone"},
        {"received_after": "2026-01-01T00:00:00"},
    ],
)
def test_senseless_questions_are_refused(client: TestClient, query: dict[str, str]) -> None:
    assert client.get("/v1/media", params=query).status_code == 422


def test_a_page_of_ten_thousand_items_is_quick(client: TestClient, database: Database) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    with database.write() as session:
        items = [
            Media(
                id=f"{number:032x}",
                sha256=f"{number:064x}",
                kind=MediaKind.STILL,
                size_bytes=1,
                filename="a",
                content_type="image/png",
                received_at=start + timedelta(seconds=number),
            )
            for number in range(10_000)
        ]
        session.add_all(items)
    cursor = client.get("/v1/media", params={"limit": 100}).json()["next"]
    took_s = []
    for _ in range(5):  # any single one may have had to wait for what else the machine does
        before = time.perf_counter()
        page = client.get("/v1/media", params={"limit": 50, "cursor": cursor}).json()
        took_s.append(time.perf_counter() - before)
    assert min(took_s) < 0.3, took_s  # 0.1 s on an idle machine
    assert page["items"][0]["id"] == f"{9899:032x}"


def test_an_etag_saves_the_body(client: TestClient, three: dict[str, str]) -> None:
    path = f"/v1/media/{three['A']}"
    tag = client.get(path).headers["etag"]
    unchanged = client.get(path, headers={"If-None-Match": f"W/{tag}"})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    upload(client, png(0))  # one more receipt
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_waiting_ends_when_the_item_is_settled(
    client: TestClient, database: Database, three: dict[str, str]
) -> None:
    path = f"/v1/media/{three['A']}"
    impatient = client.get(path, headers={"Prefer": "wait=0"})
    assert impatient.headers["preference-applied"] == "wait=0"
    assert impatient.json()["state"] == "received"

    settle = threading.Timer(0.3, change, (database, three["A"]), {"state": MediaState.READY})
    settle.start()
    before = time.monotonic()
    patient = client.get(path, headers={"Prefer": "respond-async, wait=20"})
    settle.join()
    assert patient.json()["state"] == "ready"
    assert patient.headers["preference-applied"] == "wait=20"
    assert 0.2 < time.monotonic() - before < 5


def test_what_is_not_there_is_404(client: TestClient) -> None:
    for end in ("", "/receipts", "/file", "/stills", "/stills/0", "/fingerprint"):
        answer = client.get(f"/v1/media/nothing{end}")
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not_found")
    assert client.delete("/v1/media/nothing").status_code == 404
    assert client.post("/v1/media/nothing/retry").status_code == 404


def test_the_file_comes_back_whole_or_in_ranges(client: TestClient) -> None:
    data = png(5, 10_000)
    path = upload(client, data, 'a"b.html').json()["links"]["file"]
    whole = client.get(path)
    assert whole.content == data
    assert whole.headers["content-type"] == "image/png"
    assert whole.headers["content-disposition"].startswith("attachment")
    assert whole.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in whole.headers["content-security-policy"]
    part = client.get(path, headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, data[100:200])
    assert part.headers["content-range"] == "bytes 100-199/10008"
    assert client.get(path, headers={"Range": "bytes=99999-"}).status_code == 416


PARTS = {
    # asked: status, content range
    "items=0-5": (200, None),
    "bytes=5-2": (200, None),
    "bytes=0-1,5-2": (200, None),
    "bytes=a-b": (200, None),
    "bytes=-": (200, None),
    "bytes=": (200, None),
    "5-9": (200, None),
    ",".join(["bytes=1-1", *["3-3"] * 100]): (200, None),
    "bytes=0-0,99999999999-": (206, "bytes 0-0/10008"),
    "Bytes=10000-20000": (206, "bytes 10000-10007/10008"),
    "bytes=-8": (206, "bytes 10000-10007/10008"),
    "bytes=-99999": (206, "bytes 0-10007/10008"),
    "bytes=0-99,50-149": (206, "bytes 0-149/10008"),
    "bytes=10008-": (416, "bytes */10008"),
    "bytes=-0, 99999-": (416, "bytes */10008"),
}


def test_ranges_are_read_as_the_standard_says(client: TestClient) -> None:
    data = png(5, 10_000)
    path = upload(client, data).json()["links"]["file"]
    for asked, (status, told) in PARTS.items():
        answer = client.get(path, headers={"Range": asked})
        assert (answer.status_code, answer.headers.get("content-range")) == (status, told), asked
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]
        if status == 416:
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["type"] == "/problems/range_not_satisfiable"
        elif status == 200:
            assert answer.content == data
    several = client.get(path, headers={"Range": "bytes=0-1,10-11,20000-"})
    assert several.status_code == 206
    assert several.headers["content-type"].startswith("multipart/byteranges")


def test_parts_go_on_only_with_the_same_file(client: TestClient) -> None:
    data = png(5, 10_000)
    path = upload(client, data).json()["links"]["file"]
    told = client.head(path).headers
    for validator in (told["etag"], told["last-modified"]):
        part = client.get(path, headers={"Range": "bytes=9-", "If-Range": validator})
        assert (part.status_code, part.content) == (206, data[9:])
    for other in ('"other"', f"W/{told['etag']}"):
        for asked in ("bytes=9-", "bytes=99999-"):
            whole = client.get(path, headers={"Range": asked, "If-Range": other})
            assert (whole.status_code, whole.content) == (200, data)


def test_who_has_the_file_is_not_sent_it_again(client: TestClient) -> None:
    data = png(5, 10_000)
    path = upload(client, data).json()["links"]["file"]
    told = client.head(path, headers={"Range": "bytes=0-5"})
    assert (told.status_code, told.content) == (200, b"")
    assert told.headers["content-length"] == str(len(data))
    for tags in (told.headers["etag"], f'"other", W/{told.headers["etag"]}', "*"):
        for more in ({}, {"Range": "bytes=9-"}, {"Range": "bytes=99999-"}):
            kept = client.get(path, headers={"If-None-Match": tags, **more})
            assert (kept.status_code, kept.content) == (304, b"")
            assert kept.headers["etag"] == told.headers["etag"]
            assert kept.headers["cache-control"] == "private, no-cache"
    assert client.get(path, headers={"If-None-Match": '"other"'}).content == data


def test_sampled_pictures_are_listed_and_shown(
    client: TestClient, parts: Parts, three: dict[str, str]
) -> None:
    path = f"/v1/media/{three['A']}/stills"
    assert client.get(path).json()["items"] == []
    packed = pack(Pictures((0, 1040), (b"first", b"second")))
    parts.blobs.put_derived(three["A"], PICTURES, packed)
    stills = client.get(path).json()["items"]
    assert [still["timestamp_ms"] for still in stills] == [0, 1040]
    second = client.get(stills[1]["url"])
    assert (second.content, second.headers["content-type"]) == (b"second", "image/jpeg")
    assert client.get(f"{path}/2").status_code == 404
    assert client.get(f"{path}/at/700").content == b"second"
    assert client.get(f"{path}/at/0").content == b"first"
    assert client.get(f"/v1/media/{three['B']}/stills/at/0").status_code == 404
    assert client.get(f"/v1/media/{three['B']}/stills/at/{'1' * 300}").status_code == 422


def test_a_fingerprint_is_described(
    client: TestClient, database: Database, three: dict[str, str]
) -> None:
    path = f"/v1/media/{three['A']}/fingerprint"
    assert client.get(path).status_code == 404
    with database.write() as session:
        store_fingerprint(session, three["A"], seed=4)
    answer = client.get(path).json()
    made = fingerprint(4)
    assert (answer["algorithm"], answer["sound_items"], answer["described"]) == ("test", 3, False)
    assert [frame["timestamp_ms"] for frame in answer["frames"]] == [0, 1000]
    assert answer["frames"][1]["pdq"] == made.pdq[1].tobytes().hex()


FAILED = {"code": "timeout", "detail": "too slow", "retryable": True}


def test_a_failure_that_may_pass_is_tried_again(
    client: TestClient, database: Database, three: dict[str, str]
) -> None:
    path = f"/v1/media/{three['A']}/retry"
    assert client.post(path).status_code == 409
    change(database, three["A"], state=MediaState.FAILED, failure=FAILED)
    again = client.post(path)
    assert (again.status_code, again.json()["state"]) == (202, "received")
    assert again.json()["failure"] is None

    change(database, three["A"], state=MediaState.FAILED, failure=FAILED)
    repeated = upload(client, png(0))
    assert (repeated.status_code, repeated.json()["state"]) == (200, "received")

    change(database, three["A"], state=MediaState.FAILED, failure={**FAILED, "retryable": False})
    assert client.post(path).status_code == 409
    assert upload(client, png(0)).json()["state"] == "failed"


def test_an_admin_deletes_an_item_with_all_that_hangs_on_it(
    client: TestClient,
    client_as: Callable[[Role], TestClient],
    parts: Parts,
    three: dict[str, str],
) -> None:
    path = f"/v1/media/{three['A']}"
    sha256 = client.get(path).json()["sha256"]
    parts.blobs.put_derived(three["A"], PICTURES, b"x")
    with parts.database.write() as session:
        number = store_fingerprint(session, three["A"])
        session.add(
            db.known.KnownLogEntry(fingerprint_number=number, change=db.known.KnownChange.ADDED)
        )
    assert client_as(Role.EDITOR).delete(path).status_code == 403
    assert client.delete(path).status_code == 204
    assert client.get(path).status_code == 410
    assert not parts.blobs.path(sha256).exists()
    assert not parts.blobs.derived_path(three["A"], PICTURES).exists()
    with parts.database.read() as session:
        assert not is_searched_as_known(session, number)
    assert upload(client, png(0)).status_code == 202


def test_of_two_retries_at_once_the_later_one_sees_the_first(
    client: TestClient, database: Database, three: dict[str, str]
) -> None:
    change(database, three["A"], state=MediaState.FAILED, failure=FAILED)
    path = f"/v1/media/{three['A']}/retry"
    with database.write() as session:
        take_turn(session)
        retrying = meanwhile(lambda: client.post(path))
        item = db.media.find(session, three["A"])
        assert item is not None
        item.state, item.failure = MediaState.RECEIVED, None
    assert retrying.result(20).status_code == 409


def test_an_item_that_ends_before_it_joins_is_no_error_of_the_desk(
    client: TestClient, database: Database, three: dict[str, str]
) -> None:
    body = {"slug": "late", "title": "Late", "kind": "archive"}
    assert client.post("/v1/collections", json=body).status_code == 201
    path = f"/v1/collections/late/media/{three['A']}"
    with database.write() as session:
        take_turn(session)
        joining = meanwhile(lambda: client.put(path))
        purging.order(session, three["A"], PURGE, SYSTEM)
    assert joining.result(20).status_code == 410
    assert client.put(path).status_code == 410
