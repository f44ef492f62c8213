import pytest
from fastapi.testclient import TestClient

from app.db import Database
from app.schemas.enums import VerificationStatus
from tests.records import add_item, put_at

LISTS = ("/v1/media", "/v1/verifications")


@pytest.mark.parametrize("path", LISTS)
def test_lists_take_a_status_or_all_but_one(
    client: TestClient, database: Database, path: str
) -> None:
    with database.write() as session:
        void, other = add_item(session), add_item(session)
        put_at(session, void, VerificationStatus.VOID)

    def listed(status: str) -> set[str]:
        items = client.get(path, params={"status": status}).json()["items"]
        return {each.get("media_id") or each["id"] for each in items}

    assert (listed("void"), listed("!void"), listed("")) == ({void}, {other}, {void, other})


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("status", ["nothing", "!nothing", "!"])
def test_a_status_that_there_is_not_is_refused_with_those_there_are(
    client: TestClient, path: str, status: str
) -> None:
    refused = client.get(path, params={"status": status})
    assert refused.status_code == 422
    assert refused.json()["allowed"] == [each.value for each in VerificationStatus]
