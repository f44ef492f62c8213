import inspect

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from app import errors
from app.api import problems
from app.bootstrap import Parts
from app.main import JSON_MAX_BYTES
from tests.uploads import png, upload

PROBLEM = "application/problem+json"


def test_every_refusal_has_a_status() -> None:
    refusals = {
        each
        for _, each in inspect.getmembers(errors, inspect.isclass)
        if issubclass(each, errors.ServiceError) and each is not errors.ServiceError
    }
    assert set(problems.STATUS_OF) == refusals


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
