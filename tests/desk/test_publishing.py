"""What an editor chooses for the public at a browser, and what goes out then."""

from collections.abc import Callable
from typing import Any

from fastapi.testclient import TestClient
from httpx2 import Response

from app import services
from app.access import Role
from app.db import Database
from app.schemas.enums import VerificationStatus
from app.schemas.publications import Desk, PublicationRequest
from tests.desk.sending import fields_of
from tests.records import actor_of, add_item
from tests.services.test_publication import conclude, look

type BrowserOf = Callable[[Role], TestClient]

DESK = Desk(name="The Desk", url="https://desk.example")


def publish(database: Database, media_id: str, **choices: Any) -> None:
    """Publish an item past the desk, as a script of an editor does."""
    wanted = PublicationRequest.model_validate(choices)
    with database.write() as session:
        record = services.verifications.take(session, media_id)
        services.publication.publish(session, record, wanted, DESK, actor_of(Role.EDITOR))


def item(database: Database, *codes: str) -> str:
    """An item that may be published as it is, with a verdict that was given with these codes."""
    with database.write() as session:
        media_id = add_item(session, title="Viral clip")
        look(session, media_id)
        conclude(session, media_id, VerificationStatus.PARTLY_VERIFIED)
        services.verifications.take(session, media_id).authenticity_codes = list(codes)
    return media_id


def page_of(browser: TestClient, media_id: str) -> str:
    return browser.get(f"/desk/media/{media_id}/record").text


def send(browser: TestClient, media_id: str, act: str, fields: dict[str, list[str]]) -> Response:
    return browser.post(f"/desk/media/{media_id}/record/{act}", data=fields)


def test_codes_that_were_unticked_stay_so_in_the_preview(
    database: Database, browser_of: BrowserOf
) -> None:
    media_id, editor = item(database, "StagedContent"), browser_of(Role.EDITOR)
    publish(database, media_id, codes=["StagedContent"])
    form = fields_of(page_of(editor, media_id), "publication")
    assert "StagedContent" in form["codes[]"]
    without = form | {"codes[]": []}
    shown = fields_of(send(editor, media_id, "publication/preview", without).text, "publication")
    assert "StagedContent" not in shown.get("codes[]", [])
