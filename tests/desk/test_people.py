"""Who may sign in, changed on the desk's pages."""

import re
from collections.abc import Callable

from fastapi import FastAPI
from fastapi.testclient import TestClient

from app import db, services
from app.access import NOT_FOR_PEOPLE, SCOPES_OF_ROLE, Role
from app.bootstrap import Parts
from app.db import Database
from app.services import verifying
from tests.desk.people import PASSWORD, add_person, open_browser, sign_in

LINK = re.compile(r"https://desk\.test(/desk/set-password/[\w-]{43})")


def id_of(database: Database, login: str) -> str:
    with database.read() as session:
        person = db.people.by_login(session, login)
    assert person is not None
    return person.id


def link_in(page: str) -> str:
    found = LINK.search(page)
    assert found is not None, page
    return found[1]


def test_somebody_added_sets_a_password_by_a_link_that_works_once(
    browser_of: Callable[[Role], TestClient], browser: TestClient, parts: Parts
) -> None:
    admin = browser_of(Role.ADMIN)
    form = {"login": "Olena", "name": "Olena K.", "role": "verifier"}
    link = link_in(admin.post("/desk/people", data=form).text)
    assert "Olena K." in admin.get("/desk/people").text
    assert not LINK.search(admin.get("/desk/people").text)
    assert sign_in(browser, "olena", "").status_code == 401
    assert "olena" in browser.get(link).text
    assert browser.post(link, data={"new": "short"}).status_code == 422
    done = browser.post(link, data={"new": PASSWORD})
    assert (done.status_code, done.headers["location"]) == (303, "/desk/sign-in")
    assert sign_in(browser, "Olena").status_code == 303
    assert browser.get("/v1/me").json()["role"] == "verifier"
    assert browser.get(link).status_code == 404
    assert browser.post(link, data={"new": "another password"}).status_code == 404
    assert verifying.verify(parts.database, parts.trusted).faults == []


def test_a_new_link_voids_the_one_before_and_signs_out_when_used(
    browser_of: Callable[[Role], TestClient], application: FastAPI, database: Database
) -> None:
    admin, viewer = browser_of(Role.ADMIN), browser_of(Role.VIEWER)
    address = f"/desk/people/{id_of(database, 'viewer')}/link"
    first, second = (link_in(admin.post(address).text) for _ in range(2))
    stranger = open_browser(application)
    assert stranger.post(first, data={"new": PASSWORD}).status_code == 404
    assert viewer.get("/desk/account").status_code == 200
    assert stranger.post(second, data={"new": "four other plain words"}).status_code == 303
    assert viewer.get("/desk/account").status_code == 303
    assert sign_in(stranger, "viewer").status_code == 401
    assert sign_in(stranger, "viewer", "four other plain words").status_code == 303


def test_disabling_ends_sessions_and_links_and_enabling_brings_neither_back(
    browser_by_password: Callable[[Role], TestClient], application: FastAPI, database: Database
) -> None:
    admin, editor = browser_by_password(Role.ADMIN), browser_by_password(Role.EDITOR)
    address = f"/desk/people/{id_of(database, 'editor')}"
    link = link_in(admin.post(f"{address}/link").text)
    assert admin.post(f"{address}/disable").status_code == 303
    stranger = open_browser(application)
    assert stranger.get(link).status_code == 404
    assert admin.post(f"{address}/link").status_code == 409
    assert admin.post(f"{address}/enable").status_code == 303
    assert stranger.get(link).status_code == 404
    assert editor.get("/desk/account").status_code == 303
    assert sign_in(stranger, "editor").status_code == 303


def test_names_and_roles_change_and_mistakes_are_told_in_place(
    browser_of: Callable[[Role], TestClient], database: Database
) -> None:
    admin, viewer = browser_of(Role.ADMIN), browser_of(Role.VIEWER)
    address = f"/desk/people/{id_of(database, 'viewer')}"
    assert admin.post(address, data={"name": "Vera", "role": "editor"}).status_code == 303
    assert viewer.get("/v1/me").json()["role"] == "editor"
    for data in (
        {"name": "Vera", "role": "service"},
        {"name": "Vera", "role": "king"},
        {"name": " ", "role": "viewer"},
        {"name": "Vera\r\nX-Header: 1", "role": "viewer"},
    ):
        refused = admin.post(address, data=data)
        assert (refused.status_code, 'role="alert"' in refused.text) == (422, True), data
    taken = {"login": "ADMIN", "name": "Another", "role": "viewer"}
    refused = admin.post("/desk/people", data=taken)
    assert refused.status_code == 409
    form = refused.text.partition('aria-labelledby="add"')[2]
    assert 'value="ADMIN"' in form
    assert 'value="Another"' in form
    assert "<option selected>viewer" in form
    assert admin.post("/desk/people/nobody/disable").status_code == 404


def test_a_login_changes_and_the_password_stays(
    browser_by_password: Callable[[Role], TestClient], application: FastAPI, parts: Parts
) -> None:
    admin, viewer = (browser_by_password(role) for role in (Role.ADMIN, Role.VIEWER))
    address = f"/desk/people/{id_of(parts.database, 'viewer')}"
    form = {"name": "A viewer", "role": "viewer"}
    for login, status in (("ADMIN", 409), ("no name", 422), ("Vera.K", 303)):
        assert admin.post(address, data={**form, "login": login}).status_code == status, login
    assert viewer.get("/desk/account").status_code == 200
    stranger = open_browser(application)
    assert sign_in(stranger, "viewer").status_code == 401
    assert sign_in(stranger, "vera.k").status_code == 303
    assert verifying.verify(parts.database, parts.trusted).faults == []


def test_nobody_locks_themselves_out(
    browser_of: Callable[[Role], TestClient], database: Database
) -> None:
    admin = browser_of(Role.ADMIN)
    address = f"/desk/people/{id_of(database, 'admin')}"
    assert admin.post(f"{address}/disable").status_code == 403
    assert admin.post(address, data={"name": "A", "role": "viewer"}).status_code == 403
    assert admin.post(address, data={"name": "Renamed", "role": "admin"}).status_code == 303
    assert admin.get("/v1/me").json()["name"] == "Renamed"


def test_only_admins_reach_what_admins_do(
    browser_of: Callable[[Role], TestClient], database: Database
) -> None:
    target = add_person(database, Role.VIEWER, "target")
    forms = {"login": "x", "name": "x", "role": "admin"}
    acts = ("", *(f"/{target}{act}" for act in ("", "/link", "/disable", "/enable", "/sign-out")))
    for role in Role:
        if role in NOT_FOR_PEOPLE or "keys:admin" in SCOPES_OF_ROLE[role]:
            continue
        browser = browser_of(role)
        for page in ("/desk/people", "/desk/keys"):
            assert browser.get(page).status_code == 403, (role, page)
            assert page not in browser.get("/desk/account").text
        for act in acts:
            assert browser.post(f"/desk/people{act}", data=forms).status_code == 403, (role, act)
        assert browser.post("/desk/keys", data=forms).status_code == 403
        assert browser.post("/desk/keys/x/revoke").status_code == 403
    with database.read() as session:
        person = db.people.find(session, target)
        assert person is not None
        assert (person.role, person.disabled_at) == (Role.VIEWER, None)
        assert not db.keys.any_exists(session)


def test_scripts_in_names_stay_text(browser_of: Callable[[Role], TestClient]) -> None:
    admin = browser_of(Role.ADMIN)
    script = "<script>alert(1)</script>"
    shown = admin.post("/desk/people", data={"login": "x", "name": script, "role": "viewer"})
    for page in (shown.text, admin.get("/desk/people").text):
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


def test_people_are_mentioned_as_holders_of_keys_are(
    browser_of: Callable[[Role], TestClient], database: Database
) -> None:
    add_person(database, Role.EDITOR)
    with database.read() as session:
        holders = db.actors.holders(session)
        assert holders[id_of(database, "editor")] == "A editor"
    with database.write() as session:
        services.people.disable(
            session, services.desk_sessions.actor_of(_admin(database)), id_of(database, "editor")
        )
    with database.read() as session:
        editor = id_of(database, "editor")
        assert editor not in db.actors.holders(session)
        assert db.actors.names(session, [editor, "no"]) == {editor: "A editor"}


def _admin(database: Database) -> db.people.Person:
    with database.read() as session:
        found = db.people.find(session, add_person(database, Role.ADMIN))
    assert found is not None
    return found
