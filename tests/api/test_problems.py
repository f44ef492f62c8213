import asyncio
import base64
import inspect
import json
import re
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import structlog
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app import errors
from app.api import problems
from app.bootstrap import Parts
from app.main import JSON_MAX_BYTES
from tests.listing import make_list
from tests.uploads import png, upload

PROBLEM = "application/problem+json"
API = Path(__file__).parents[2] / "docs" / "api.md"


def test_every_refusal_has_a_status() -> None:
    refusals = {
        each
        for _, each in inspect.getmembers(errors, inspect.isclass)
        if issubclass(each, errors.ServiceError) and each is not errors.ServiceError
    }
    assert set(problems.STATUS_OF) == refusals


def test_every_refusal_is_documented_with_its_status() -> None:
    names = {
        re.sub("(?<!^)(?=[A-Z])", "_", each.__name__).lower(): status
        for each, status in problems.STATUS_OF.items()
    }
    table = dict(re.findall(r"^\| `(\w+)` \| (\d+) \|", API.read_text(), re.MULTILINE))
    assert {name: str(status) for name, status in names.items()}.items() <= table.items()


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [
        ("GET", "/v1/nowhere", 404, "not_found"),
        ("PATCH", "/v1/media", 405, "method_not_allowed"),
        ("GET", "/v1/media/nothing", 404, "not_found"),
        ("GET", "/v1/media?limit=x", 422, "invalid_request"),
        ("POST", "/v1/collections", 422, "invalid_request"),
    ],
)
def test_refusals_are_problem_documents(
    client: TestClient, method: str, path: str, status: int, kind: str
) -> None:
    answer = client.request(method, path)
    assert answer.headers["content-type"] == PROBLEM
    body = answer.json()
    assert (answer.status_code, body["status"], body["type"]) == (
        status,
        status,
        f"/problems/{kind}",
    )
    assert body["title"]
    assert body["detail"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PATCH", "/v1/media", "GET, POST"),
        ("OPTIONS", "/v1/media/any", "DELETE, GET"),
        ("PUT", "/v1/media/any/file", "GET, HEAD"),
        ("POST", "/v1/collections/any/media/any", "DELETE, PUT"),
        ("PUT", "/healthz", "GET, HEAD"),
    ],
)
def test_a_refused_method_is_told_which_there_are(
    client: TestClient, method: str, path: str, allowed: str
) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
    assert answer.json()["detail"] == f"This address takes {allowed}."


def test_bytes_that_are_no_text_are_refused_as_documented(client: TestClient) -> None:
    sent = {"content": b'{"slug": "\xff"}', "headers": {"Content-Type": "application/json"}}
    answer = client.post("/v1/collections", **sent)
    documented = client.get("/openapi.json").json()["paths"]["/v1/collections"]["post"]
    assert answer.headers["content-type"] == PROBLEM
    assert str(answer.status_code) in documented["responses"]


def test_malformed_fields_are_named(client: TestClient) -> None:
    answer = client.post("/v1/collections", json={"slug": "a", "title": "b", "kind": "c"}).json()
    assert [error["loc"] for error in answer["errors"]] == [["body", "kind"]]


def test_an_endless_json_body_is_refused(client: TestClient) -> None:
    body = b'{"slug": "' + b"a" * JSON_MAX_BYTES + b'"}'
    headers = {"Content-Type": "application/json"}
    announced = client.post("/v1/collections", content=body, headers=headers)
    assert announced.status_code == 413
    chunks = (body[start : start + 65536] for start in range(0, len(body), 65536))
    unannounced = client.post("/v1/collections", content=chunks, headers=headers)
    assert unannounced.status_code == 413
    assert upload(client, png(1, JSON_MAX_BYTES + 1)).status_code == 202


def test_a_broken_database_is_a_problem_without_its_words(client: TestClient, parts: Parts) -> None:
    upload(client, png())
    with parts.database.write() as session:
        session.execute(sa.text("ALTER TABLE media RENAME TO elsewhere"))
    answer = client.get("/v1/media")
    assert answer.status_code in {500, 503}
    assert answer.headers["content-type"] == PROBLEM
    assert "elsewhere" not in answer.text
    assert "SELECT" not in answer.text


def test_openapi_describes_every_refusal_and_the_upload(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    assert document["components"]["schemas"]["Problem"]["required"]
    post = document["paths"]["/v1/media"]["post"]
    assert {"200", "202", "401", "403", "413", "415", "422", "507"} <= set(post["responses"])
    form = post["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert {"file", "collection", "claimed_at", "tags"} <= set(form["properties"])
    assert (
        form["properties"]["source_kind"]["$ref"].split("/")[-1]
        in document["components"]["schemas"]
    )
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert operation.get("summary"), path


def test_openapi_describes_refusals_as_they_are_answered(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    for path, operations in document["paths"].items():
        for operation in operations.values():
            refused = {s: each for s, each in operation["responses"].items() if s[0] in "45"}
            if operation.get("security"):
                assert {"401", "403", "503"} <= set(refused), path
            if "requestBody" in operation:
                assert "413" in refused, path
            for status, each in refused.items():
                if "content" in each and path != "/readyz":
                    assert list(each["content"]) == [PROBLEM], (path, status)
    assert "HTTPValidationError" not in document["components"]["schemas"]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/media/{media_id}",
        "/v1/media/{media_id}/verification",
        "/v1/verifications/by-hash/{digest}",
        "/v1/events/{event_id}",
        "/v1/webhooks/{webhook_id}",
    ],
)
def test_openapi_names_what_else_is_answered(client: TestClient, path: str) -> None:
    item = upload(client, png()).json()
    digest = f"sha256:{item['sha256']}"
    address = path.format(media_id=item["id"], digest=digest, event_id="none", webhook_id="none")
    tag = client.get(address).headers.get("ETag", "")
    answer = client.get(address, headers={"If-None-Match": tag})
    assert answer.status_code in {304, 404}
    described = client.get("/openapi.json").json()["paths"][path]
    assert str(answer.status_code) in described["get"]["responses"]


def test_openapi_describes_what_is_answered_of_a_purged_item(client: TestClient) -> None:
    item = upload(client, png()).json()["id"]
    archive = {"slug": "archive", "title": "Our archive", "kind": "archive"}
    assert client.post("/v1/collections", json=archive).status_code == 201
    assert client.delete(f"/v1/media/{item}").status_code == 204
    document = client.get("/openapi.json").json()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if "{media_id}" not in path or "requestBody" in operation:
                continue
            named = {"media_id": item, "slug": "archive", "number": 0, "at_ms": 0, "note_id": "a"}
            answer = client.request(method, path.format(**named))
            assert str(answer.status_code) in operation["responses"], (method, path)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/v1/media/a%00b", None),
        ("GET", "/v1/media?tag=%00", None),
        ("GET", "/v1/verifications?assignee=%00", None),
        ("POST", "/v1/collections", {"slug": "a", "title": "a\0b", "kind": "archive"}),
        ("POST", "/v1/collections", {"slug": "b", "title": "a\ud800b", "kind": "archive"}),
        ("POST", "/v1/holds", {"media_id": "a\ud800b", "reason": "a half character"}),
        ("POST", "/v1/exchange/exports", {"filter": {"status": ["verified"], "tags": ["\ud800"]}}),
    ],
)
def test_what_the_database_cannot_hold_is_the_callers_mistake(
    client: TestClient, method: str, path: str, body: dict[str, str] | None
) -> None:
    content = json.dumps(body).encode() if body else None
    answer = client.request(
        method, path, content=content, headers={"Content-Type": "application/json"}
    )
    # SQLite holds a NUL.
    assert answer.status_code in {200, 201, 404, 422}
    assert answer.headers["content-type"] == PROBLEM or answer.is_success


def cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "place",
    [
        "<i:99999999999999999999999~s:a",
        ">i:1~i:99999999999999999999999",
        ">n:x~s:a",
        ">s:a~f:nan",
        ">dt:99999999999999999999~s:a",
        ">i:1~i:1",
        ">s:a~s:a",
        ">true~x",
        ">\r",
        ">\n",
        ">s:a\rs:b",
    ],
)
@pytest.mark.parametrize("path", ["/v1/media", "/v1/audit", "/v1/hash-lists", "/v1/verifications"])
def test_a_cursor_of_nothing_is_the_callers_mistake(
    client: TestClient, path: str, place: str
) -> None:
    answer = client.get(path, params={"cursor": cursor(place)})
    # SQLite compares what is of different types.
    assert answer.status_code in {200, 422}, answer.text


def test_half_a_character_is_the_callers_mistake(client: TestClient) -> None:
    refused = []
    for body in (
        rb'{"url": "https://example.org/", "events": ["\ud800"]}',
        rb'{"url": "https://example.org/", "\ud800": 1}',
        rb'{"url": "http://\ud800/"}',
    ):
        headers = {"Content-Type": "application/json"}
        refused.append(client.post("/v1/webhooks", content=body, headers=headers))
    assert [each.status_code for each in refused] == [422] * 3
    assert {each.headers["content-type"] for each in refused} == {PROBLEM}
    assert refused[-1].json()["url"] == "http://\ud800/"


@pytest.mark.parametrize("path", ["/v1/media", "/v1/lookups"])
def test_a_form_without_a_usable_boundary_is_refused(client: TestClient, path: str) -> None:
    headers = {"Content-Type": f"multipart/form-data; boundary={'x' * 300}"}
    answer = client.post(path, content=b"--x\r\n", headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (422, PROBLEM)


@pytest.mark.parametrize("value", ["é", "a", "\0"])
def test_a_binding_that_is_no_base64_is_refused(client: TestClient, value: str) -> None:
    asked = {"alg": "org.provenance-desk.pdq.1", "value": value}
    answer = client.get("/v1/c2pa/matches/byBinding", params=asked)
    assert (answer.status_code, answer.headers["content-type"]) == (400, PROBLEM)


def test_a_form_field_that_the_database_cannot_hold_is_refused(client: TestClient) -> None:
    assert upload(client, png(), title="a\0b").status_code in {202, 422}


def test_a_database_that_fails_is_busy_to_the_caller_and_told_in_the_log(
    client: TestClient, parts: Parts
) -> None:
    def refuse(*_: object) -> None:
        raise sa.exc.OperationalError("SELECT", {}, RuntimeError("the disk is full"))

    sa.event.listen(parts.database.engine, "begin", refuse)
    try:
        with structlog.testing.capture_logs() as told:
            answer = client.get("/v1/media")
    finally:
        sa.event.remove(parts.database.engine, "begin", refuse)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "the disk is full" in told[0]["error"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("pragma", "said"), [("max_page_count=1", "is full"), ("query_only=1", "can only be read")]
)
def test_what_keeps_the_database_from_writing_is_said(
    client: TestClient, parts: Parts, pragma: str, said: str
) -> None:
    def hinder(connection: sa.Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA {pragma}")

    sa.event.listen(parts.database.engine, "engine_connect", hinder)
    try:
        collections = (
            {"slug": f"s{number}", "title": "a" * 200, "kind": "archive"} for number in range(40)
        )
        answers = (client.post("/v1/collections", json=each) for each in collections)
        refused = next(each for each in answers if each.status_code != 201)
    finally:
        sa.event.remove(parts.database.engine, "engine_connect", hinder)
    assert refused.status_code == 503
    assert said in refused.json()["detail"]


def test_no_free_connection_is_busy_not_a_failure(client: TestClient, parts: Parts) -> None:
    def refuse(*_: object) -> None:
        raise sa.exc.TimeoutError("QueuePool limit reached")

    sa.event.listen(parts.database.engine, "begin", refuse)
    try:
        assert client.get("/v1/media").status_code == 503
    finally:
        sa.event.remove(parts.database.engine, "begin", refuse)


NO_INSTANTS = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00")


@pytest.mark.parametrize("beyond", NO_INSTANTS)
def test_an_instant_outside_the_calendar_is_the_callers_mistake(
    client: TestClient, beyond: str
) -> None:
    media_id = upload(client, png()).json()["id"]
    record = f"/v1/media/{media_id}/verification"
    bodies = {
        "/v1/holds": {"media_id": media_id, "reason": "a case", "until": beyond},
        "/v1/keys": {"name": "Desk", "role": "viewer", "expires_at": beyond},
        f"{record}/transitions": {"to": "in_review", "due_at": beyond},
        f"{record}/claims": {"text": "It rains.", "made_at": beyond},
    }
    for path, body in bodies.items():
        answer = client.post(path, json=body, headers={"If-Match": '"1"'})
        named = [each["loc"][-1] for each in answer.json().get("errors", [])]
        assert (answer.status_code, named) == (422, [list(body)[-1]])
    assert upload(client, png(2), claimed_at=beyond).status_code == 422
    for path in ("/v1/media?received_after=", "/v1/audit?since="):
        assert client.get(path + beyond.replace("+", "%2B")).status_code == 422


@pytest.mark.parametrize("number", ["1e999", "-1e999", "NaN", "Infinity"])
def test_a_number_that_is_none_is_the_callers_mistake(client: TestClient, number: str) -> None:
    media_id = upload(client, png()).json()["id"]
    path = f"/v1/media/{media_id}/verification/findings"
    value = f'{{"text": "Kyiv", "precision_m": {number}}}'
    body = f'{{"pillar": "location", "verdict": "unclear", "value": {value}}}'
    answer = client.post(path, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422


@pytest.mark.parametrize("path", ["/v1/hash-lists/flagged/entries", "/v1/lookups"])
def test_who_breaks_off_is_no_failure_of_ours(
    client: TestClient, application: FastAPI, path: str
) -> None:
    make_list(client)
    key = client.headers["Authorization"].encode()
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "headers": [(b"authorization", key)],
    }
    coming = [{"type": "http.request", "body": b"a" * 32, "more_body": True}]
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return coming.pop() if coming else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(application(scope, receive, send))
    assert sent[0]["status"] == 400
