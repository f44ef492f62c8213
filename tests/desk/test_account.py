"""One's own account."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.access import Role
from app.db import Database
from app.db.desk_sessions import DeskSession
from tests.desk.people import PASSWORD, open_browser, sign_in

NEW = "four other plain words"


@pytest.fixture
def other(browser_by_password: Callable[[Role], TestClient]) -> TestClient:
    """A second browser of the same person."""
    return browser_by_password(Role.VIEWER)


def is_in(browser: TestClient) -> bool:
    return browser.get("/desk/account").status_code == 200


def test_another_password_signs_out_everywhere_else(
    other: TestClient, application: FastAPI
) -> None:
    here = open_browser(application)
    sign_in(here, "viewer")
    wrong = here.post("/desk/account/password", data={"old": "wrong", "new": NEW})
    assert (wrong.status_code, "present password" in wrong.text) == (403, True)
    weak = here.post("/desk/account/password", data={"old": PASSWORD, "new": "weak"})
    assert weak.status_code == 422
    assert is_in(other)
    done = here.post("/desk/account/password", data={"old": PASSWORD, "new": NEW})
    assert done.status_code == 303
    assert is_in(here)
    assert not is_in(other)
    fresh = open_browser(application)
    assert sign_in(fresh, "viewer").status_code == 401
    assert sign_in(fresh, "viewer", NEW).status_code == 303


def test_guessing_the_present_password_from_a_stolen_session_ends(other: TestClient) -> None:
    guesses = [
        other.post("/desk/account/password", data={"old": f"guess {n}", "new": NEW}).status_code
        for n in range(12)
    ]
    assert guesses == [403] * 10 + [429] * 2


def test_one_ends_ones_own_sessions_and_nobody_elses(
    other: TestClient,
    application: FastAPI,
    browser_of: Callable[[Role], TestClient],
    database: Database,
) -> None:
    here, stranger = open_browser(application), browser_of(Role.EDITOR)
    sign_in(here, "viewer")
    me = stranger.get("/v1/me").json()["id"]
    with database.read() as session:
        others = sa.select(DeskSession.id).where(DeskSession.person_id != me)
        ids = list(session.scalars(others))
    assert len(ids) == 2
    for session_id in ids:
        assert stranger.post(f"/desk/account/sessions/{session_id}/end").status_code == 404
    assert is_in(other)
    assert is_in(here)
    assert here.post("/desk/account/sessions/end-others").status_code == 303
    assert is_in(here)
    assert not is_in(other)


def test_single_keys_are_switched_off_for_one_person_and_stay_off(
    application: FastAPI, browser_by_password: Callable[[Role], TestClient]
) -> None:
    here = browser_by_password(Role.VIEWER)
    assert 'data-keys="off"' not in here.get("/desk/").text
    assert here.post("/desk/account/single-keys", data={"heard": "false"}).status_code == 303
    for page in ("/desk/", "/desk/account"):
        assert 'data-keys="off"' in here.get(page).text
    here.post("/desk/sign-out")
    sign_in(here, "viewer")
    page = here.get("/desk/").text
    assert 'data-keys="off"' in page
    assert "You have switched single keys off" in page
    assert 'data-keys="off"' not in browser_by_password(Role.EDITOR).get("/desk/").text
    here.post("/desk/account/single-keys", data={"heard": "true"})
    assert 'data-keys="off"' not in here.get("/desk/").text
