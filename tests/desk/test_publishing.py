"""What an editor chooses for the public at a browser, and what goes out then."""

from collections.abc import Callable
from typing import Any

from fastapi.testclient import TestClient
from httpx2 import Response

from app import services
from app.access import Role
from app.db import Database
from app.schemas.enums import AuthenticityCode, VerificationStatus
from app.schemas.publications import Desk, PublicationRequest, PublicReview
from tests.desk.sending import fields_of
from tests.records import actor_of, add_item, claim, find_out, hear
from tests.services.publishing import conclude, look

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


def reviewed(database: Database, media_id: str) -> PublicReview:
    """What the public reads of an item now."""
    with database.read() as session:
        newest = services.publication_views.state(session, media_id).revisions[-1]
    assert newest.review
    return newest.review


def chosen_codes(database: Database, media_id: str) -> list[AuthenticityCode] | None:
    with database.read() as session:
        choices = services.publication_views.state(session, media_id).choices
    assert choices
    return choices.codes


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


def test_the_preview_shows_what_the_public_page_will_print(
    database: Database, browser_of: BrowserOf
) -> None:
    media_id, editor = item(database, "StagedContent"), browser_of(Role.EDITOR)
    with database.write() as session:
        hear(session, media_id, source="An agency", link="https://agency.example/a")
        find_out(session, media_id, "date", method=["shadow"])
    form = fields_of(page_of(editor, media_id), "publication")
    chosen = form | {"creator": ["Press office"], "original_link": ["https://video.example/2023"]}
    page = send(editor, media_id, "publication/preview", chosen).text
    preview = page.partition('id="preview"')[2].partition("<form")[0]
    for each in (
        "Staged",
        '<a href="https://agency.example/a" rel="nofollow noopener noreferrer">An agency</a>',
        "Confirmed (shadow).",
        "Released by Press office.",
        "https://video.example/2023",
        "The file that was checked",
    ):
        assert each in preview, each


def test_publishing_anew_puts_out_what_the_page_shows(
    database: Database, browser_of: BrowserOf
) -> None:
    media_id, editor = item(database), browser_of(Role.EDITOR)
    with database.write() as session:
        closed = claim(session, media_id, "Two soldiers were captured")
        hear(session, media_id, closed, source="NIS")
    elsewhere = {"publish_hash": True, "uploaded_at": "2024-03-01T10:00:00Z", "claims": []}
    publish(database, media_id, **elsewhere)
    page = page_of(editor, media_id)
    assert "<h4>What is claimed</h4>" not in page
    anew = fields_of(page, "publication") | {"description": ["A clip of a wall"]}
    assert send(editor, media_id, "publication", anew).status_code == 303
    review = reviewed(database, media_id)
    assert (review.description, review.claims) == ("A clip of a wall", ())
    assert review.appearances[0].sha256
    assert review.appearances[0].uploaded_at
    named = fields_of(page_of(editor, media_id), "publication") | {"claims[]": ["", closed]}
    assert send(editor, media_id, "publication", named).status_code == 303
    assert len(reviewed(database, media_id).claims) == 1


def test_no_code_goes_out_where_none_is_ticked_and_those_of_the_verdict_are(
    database: Database, browser_of: BrowserOf
) -> None:
    media_id, editor = item(database, "StagedContent"), browser_of(Role.EDITOR)
    form = fields_of(page_of(editor, media_id), "publication")
    assert "StagedContent" in form["codes[]"]
    assert send(editor, media_id, "publication", form).status_code == 303
    assert chosen_codes(database, media_id) is None
    assert reviewed(database, media_id).codes == (AuthenticityCode.STAGED,)
    without = form | {"version": [], "codes[]": [""], "correction_text": ["It was not staged."]}
    assert send(editor, media_id, "publication", without).status_code == 303
    assert chosen_codes(database, media_id) == []
    assert reviewed(database, media_id).codes == ()
    assert "StagedContent" not in fields_of(page_of(editor, media_id), "publication")["codes[]"]


def test_a_choice_that_is_emptied_is_none(database: Database, browser_of: BrowserOf) -> None:
    media_id, editor = item(database), browser_of(Role.EDITOR)
    publish(database, media_id, description="A clip", archive_url="https://archive.example/1")
    form = fields_of(page_of(editor, media_id), "publication")
    assert form["archive_url"] == ["https://archive.example/1"]
    emptied = form | {"archive_url": [""]}
    assert send(editor, media_id, "publication", emptied).status_code == 303
    review = reviewed(database, media_id)
    assert (review.description, review.appearances[0].archive_url) == ("A clip", None)
