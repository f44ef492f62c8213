from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from app import db, services
from app.access import Role
from app.core.policy import Grade
from app.db import Database
from app.schemas.enums import MediaState, ReviewDecision
from app.schemas.matches import ReviewRequest
from tests.records import actor_of, add_item, add_match, make_known

type BrowserOf = Callable[[Role], TestClient]


def ready(database: Database, title: str) -> str:
    with database.write() as session:
        media_id = add_item(session, title=title)
        item = session.get_one(db.media.Media, media_id)
        item.state, item.progress = MediaState.READY, 1.0
    return media_id


def results(browser: TestClient, *media_ids: str) -> str:
    return browser.get("/desk/upload/results", params={"item": list(media_ids)}).text


def test_only_who_may_bring_files_has_the_page(browser_of: BrowserOf) -> None:
    viewer, producer = browser_of(Role.VIEWER), browser_of(Role.PRODUCER)
    assert viewer.get("/desk/upload").status_code == 403
    assert viewer.post("/desk/upload", files={"file": b"x"}).status_code == 403
    assert 'href="/desk/upload"' not in viewer.get("/desk/").text
    page = producer.get("/desk/").text
    assert 'href="/desk/upload"' in page
    assert "upload/dropped.js" in page
    assert producer.get("/desk/upload").status_code == 200


def test_another_site_s_form_brings_nothing(browser_of: BrowserOf) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    sent = browser_of(Role.PRODUCER).post(
        "/desk/upload", files={"file": ("a.png", b"\x89PNG\r\n\x1a\n")}, headers=headers
    )
    assert sent.status_code == 403


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"claimed_at": "yesterday"}, "claimed_at"),
        ({"collection": "nowhere"}, "nowhere"),
        ({"unheard": "of"}, "unheard"),
    ],
)
def test_a_form_that_is_refused_keeps_what_was_typed_and_no_file(
    browser_of: BrowserOf, database: Database, fields: dict[str, str], said: str
) -> None:
    verifier = browser_of(Role.VERIFIER)
    data = {"source_name": "a reader", **fields}
    answer = verifier.post(
        "/desk/upload", data=data, files={"file": ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(99))}
    )
    assert answer.status_code in {403, 404, 422}
    assert said in answer.text
    assert 'value="a reader"' in answer.text
    with database.read() as session:
        assert db.events.last_seq(session) == 0


def test_results_say_the_best_match_that_stands(database: Database, browser_of: BrowserOf) -> None:
    viral, march, april = (ready(database, title) for title in ("Viral", "March", "April"))
    with database.write() as session:
        make_known(session, march)
        sure = add_match(session, viral, march)
        add_match(session, viral, april, Grade.LEAD, 0.2)
    viewer = browser_of(Role.VIEWER)
    said = results(viewer, viral, "nothing", march)
    assert "“March”" in said
    assert "Known item: Unreviewed" in said
    assert said.count("data-settled") == 2
    with database.write() as session:
        no = ReviewRequest(decision=ReviewDecision.REJECTED)
        services.matches.review(session, sure, no, actor_of(Role.VERIFIER))
    said = results(viewer, viral)
    assert "March" not in said
    assert "One item resembles it" in said


def test_of_another_upload_no_result_says_that_it_is_known(
    database: Database, browser_of: BrowserOf
) -> None:
    viral, earlier = ready(database, "Viral"), ready(database, "Earlier")
    with database.write() as session:
        add_match(session, viral, earlier)
    said = results(browser_of(Role.VIEWER), viral)
    assert "Certain match: an excerpt of another upload: “Earlier”" in said
    assert "That upload: Unreviewed" in said
    assert "known item" not in said.lower()


def test_at_one_grade_results_name_known_material_before_uploads(
    database: Database, browser_of: BrowserOf
) -> None:
    viral, march, earlier = (ready(database, each) for each in ("Viral", "March", "Earlier"))
    with database.write() as session:
        make_known(session, march)
        add_match(session, viral, earlier, Grade.CERTAIN, 0.99)
        add_match(session, viral, march, Grade.CERTAIN, 0.93)
    said = results(browser_of(Role.VIEWER), viral)
    assert "Certain match: an excerpt of the known item: “March”" in said
    assert "and 1 more" in said


def test_what_was_not_searched_is_not_said_to_be_without_match(
    database: Database, browser_of: BrowserOf
) -> None:
    media_id = ready(database, "Viral")
    said = results(browser_of(Role.VIEWER), media_id)
    assert "The search is still under way." in said
    assert "No match" not in said


def test_results_say_what_a_first_look_found(database: Database, browser_of: BrowserOf) -> None:
    march = ready(database, "March")
    with database.write() as session:
        waiting = add_item(session, title="New")
        match_id = add_match(session, waiting, march, Grade.LEAD, 0.4)
        session.get_one(db.matches.StoredMatch, match_id).preliminary = True
    said = results(browser_of(Role.VIEWER), waiting)
    assert "First look: one item resembles it. The full answer follows." in said


def test_results_say_how_far_an_item_is_and_why_it_failed(
    database: Database, browser_of: BrowserOf
) -> None:
    with database.write() as session:
        waiting, failed = add_item(session, title="New"), add_item(session, title="Broken")
        item = session.get_one(db.media.Media, failed)
        item.state = MediaState.FAILED
        item.failure = {"code": "corrupt", "detail": "It ends <early>.", "retryable": False}
    viewer = browser_of(Role.VIEWER)
    assert "Waiting, 0 %" in results(viewer, waiting)
    assert "data-settled" not in results(viewer, waiting)
    assert "It ends &lt;early&gt;." in results(viewer, failed)
    assert viewer.get("/desk/upload/results").status_code == 422
