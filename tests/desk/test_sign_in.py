"""The way in, tried as somebody would who has no business there."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app import db, services
from app.access import Role, at_the_machine
from app.bootstrap import Parts
from app.db import Database
from app.db.audit import AuditEntry
from app.db.desk_sessions import IDLE, LONGEST, DeskSession
from app.desk.headers import HEADERS
from app.schemas.people import PersonChange
from app.services import verifying
from tests.desk.people import ADDRESS, OWN, PASSWORD, add_person, open_browser, sign_in


def actions(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.seq)))


def is_in(browser: TestClient) -> bool:
    return browser.get("/desk/account").status_code == 200


def test_one_signs_in_sees_pages_and_signs_out(
    browser: TestClient, database: Database, parts: Parts
) -> None:
    add_person(database, Role.VERIFIER, "Anna")
    asked = browser.get("/desk/?status=open")
    assert (asked.status_code, asked.headers["location"]) == (
        303,
        "/desk/sign-in?next=%2Fdesk%2F%3Fstatus%3Dopen",
    )
    form = browser.get(asked.headers["location"])
    assert 'name="next" value="/desk/?status=open"' in form.text
    answer = sign_in(browser, " ANNA ", next="/desk/?status=open")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/?status=open")
    page = browser.get("/desk/")
    assert page.status_code == 200
    assert "A verifier" in page.text
    assert browser.post("/desk/sign-out").headers["location"] == "/desk/sign-in"
    assert not is_in(browser)
    assert actions(database)[-2:] == ["person.signed_in", "person.signed_out"]
    assert verifying.verify(parts.database, parts.trusted).faults == []


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    application: FastAPI, database: Database
) -> None:
    add_person(database, Role.VIEWER)
    secure = sign_in(open_browser(application), "viewer").headers["set-cookie"]
    assert re.fullmatch(
        r"__Host-desk=[\w-]{43}; HttpOnly; Max-Age=604800; Path=/; SameSite=lax; Secure", secure
    )
    local = sign_in(open_browser(application, "http://127.0.0.1:8000"), "viewer")
    assert local.headers["set-cookie"].startswith("desk=")
    assert "HttpOnly" in local.headers["set-cookie"]
    in_the_open = sign_in(open_browser(application, "http://desk.test"), "viewer")
    assert in_the_open.status_code == 403
    assert "set-cookie" not in in_the_open.headers


def test_a_stolen_cookie_is_worth_nothing_after_sign_out(
    browser_of: Callable[[Role], TestClient], application: FastAPI
) -> None:
    browser = browser_of(Role.EDITOR)
    thief = open_browser(application)
    thief.cookies.update(browser.cookies)
    assert is_in(thief)
    browser.post("/desk/sign-out")
    assert not is_in(thief)
    assert thief.get("/v1/me").status_code == 401


def test_a_cookie_that_was_planted_before_is_not_the_session(
    browser: TestClient, application: FastAPI, database: Database
) -> None:
    add_person(database, Role.VIEWER)
    browser.cookies.set("__Host-desk", "known-to-the-attacker", domain="desk.test")
    assert sign_in(browser, "viewer").status_code == 303
    attacker = open_browser(application)
    attacker.cookies.set("__Host-desk", "known-to-the-attacker", domain="desk.test")
    assert not is_in(attacker)


def test_signing_in_again_ends_the_session_that_was_there(
    browser_by_password: Callable[[Role], TestClient], application: FastAPI
) -> None:
    browser = browser_by_password(Role.VIEWER)
    before = open_browser(application)
    before.cookies.update(browser.cookies)
    sign_in(browser, "viewer")
    assert is_in(browser)
    assert not is_in(before)


FORGED: tuple[dict[str, str], ...] = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": ADDRESS},
    {"Origin": "https://evil.test"},
    {"Origin": "null"},
    {"Origin": "https://desk.test.evil.test"},
    {"Origin": "https://desk.test:444"},
    {"Origin": "https://desk.test@evil.test"},
    {"Origin": "https://[desk.test"},
    {},
)


def test_what_another_site_sends_changes_nothing(
    browser_of: Callable[[Role], TestClient], database: Database
) -> None:
    browser = browser_of(Role.ADMIN)
    del browser.headers["Sec-Fetch-Site"]
    for headers in FORGED:
        for address in ("/desk/sign-out", "/desk/sign-in", "/desk/account/sessions/end-others"):
            assert browser.post(address, headers=headers).status_code == 403, (address, headers)
        made = browser.post("/v1/keys", json={"name": "x", "role": "admin"}, headers=headers)
        assert (made.status_code, made.json()["type"]) == (403, "/problems/cross_origin"), headers
    with database.read() as session:
        assert db.keys.any_exists(session) is False


def test_an_older_browser_of_our_own_is_believed(
    browser_of: Callable[[Role], TestClient],
) -> None:
    browser = browser_of(Role.VIEWER)
    del browser.headers["Sec-Fetch-Site"]
    assert browser.post("/desk/sign-out", headers={"Origin": ADDRESS}).status_code == 303


def test_other_sites_may_link_to_pages_but_not_embed_them(
    browser_of: Callable[[Role], TestClient],
) -> None:
    browser = browser_of(Role.VIEWER)
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    embedded = {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"}
    for address in ("/desk/account", "/v1/media"):
        assert browser.get(address, headers=link).status_code == 200
        assert browser.get(address, headers=embedded).status_code == 403


ELSEWHERE = (
    "https://evil.test/",
    "//evil.test/desk/",
    "/\\evil.test/desk/",
    "/desk/\\..\\..\\evil",
    "\t//evil.test",
    "/desk/../public/reviews",
    "javascript:alert(1)",
    "/desk/\r\nSet-Cookie: a=b",
    "/deskevil",
    "https:/desk/",
    "/desk/" + "a" * 3000,
    "//[desk/",
    "///desk/",
    "///desk/evil.test",
    "////evil.test/desk/",
    "/desk/\x7f",
    "/desk/%2E./public/reviews",
)


def test_one_is_led_nowhere_but_to_the_desk(browser: TestClient, database: Database) -> None:
    add_person(database, Role.VIEWER)
    for wanted in ELSEWHERE:
        form = browser.get("/desk/sign-in", params={"next": wanted}).text
        assert 'name="next" value="/desk/"' in form, wanted
        answer = sign_in(browser, "viewer", next=wanted)
        assert (answer.status_code, answer.headers["location"]) == (303, "/desk/"), wanted
        assert len(answer.headers.get_list("set-cookie")) == 1


def test_scripts_in_what_is_typed_stay_text(browser: TestClient) -> None:
    script = '"><script>alert(1)</script>'
    page = sign_in(browser, script, "wrong", next=script)
    assert page.status_code == 401
    assert "<script>" not in page.text
    assert "&lt;script&gt;" in page.text


def test_every_answer_tells_the_browser_to_run_nothing_else(browser: TestClient) -> None:
    style = re.search(r'href="(/desk/static/[^"]+)"', browser.get("/desk/sign-in").text)
    assert style is not None
    for address in ("/desk/", "/desk/sign-in", "/desk/nothing", "/desk/static/x/nothing", style[1]):
        headers = browser.get(address).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert ("immutable" if address == style[1] else "no-store") in headers["cache-control"]


def test_a_page_about_a_failure_tells_the_browser_the_same(
    browser_of: Callable[[Role], TestClient], database: Database
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("nobody expected this")

    browser = browser_of(Role.VIEWER)
    sa.event.listen(database.engine, "begin", fail)
    try:
        failed = browser.get("/desk/account")
    finally:
        sa.event.remove(database.engine, "begin", fail)
    assert (failed.status_code, "Something failed on our side" in failed.text) == (500, True)
    assert {name: failed.headers.get(name) for name in HEADERS} == HEADERS


def test_guessing_ends_after_a_few_tries_even_at_once(
    application: FastAPI, database: Database
) -> None:
    add_person(database, Role.ADMIN)

    def guess(number: int) -> int:
        return sign_in(open_browser(application), "admin", f"guess {number}").status_code

    with ThreadPoolExecutor(8) as several:
        answers = list(several.map(guess, range(20)))
    assert (answers.count(401), answers.count(429)) == (10, 10)
    late = sign_in(open_browser(application), "Admin ")
    assert (late.status_code, "set-cookie" in late.headers) == (429, False)
    assert actions(database).count("person.sign_in_refused") == 10
    elsewhere = open_browser(application, client="203.0.113.7")
    assert sign_in(elsewhere, "admin").status_code == 303


def test_an_address_that_tries_many_names_is_stopped(browser: TestClient) -> None:
    answers = [sign_in(browser, f"name{number}").status_code for number in range(32)]
    assert answers == [401] * 30 + [429] * 2


def test_success_forgives_a_name_its_typing_errors(browser: TestClient, database: Database) -> None:
    add_person(database, Role.VIEWER)
    for _ in range(2):
        for _ in range(8):
            assert sign_in(browser, "viewer", "wrong").status_code == 401
        assert sign_in(browser, "viewer").status_code == 303


def test_an_unknown_name_reads_the_same(browser: TestClient, database: Database) -> None:
    add_person(database, Role.VIEWER)
    answers = [sign_in(browser, login, "wrong") for login in ("viewer", "stranger")]
    pages = {
        each.text.replace(login, "")
        for each, login in zip(answers, ("viewer", "stranger"), strict=True)
    }
    assert len(pages) == 1
    assert [each.status_code for each in answers] == [401, 401]


def test_names_that_were_tried_are_kept_nowhere(browser: TestClient, database: Database) -> None:
    sign_in(browser, "my secret typed in the wrong field", "x")
    with database.read() as session:
        kept = session.execute(sa.text("SELECT * FROM audit_payloads")).all()
        entries = session.execute(sa.text("SELECT * FROM audit_entries")).all()
    assert kept
    assert "secret" not in str(kept) + str(entries)


@pytest.mark.parametrize(
    ("column", "span"), [("seen_at", IDLE), ("made_at", LONGEST)], ids=["idle", "absolute"]
)
def test_a_session_ends_by_itself(
    browser_of: Callable[[Role], TestClient], database: Database, column: str, span: timedelta
) -> None:
    browser = browser_of(Role.VIEWER)
    for spare, expected in ((timedelta(minutes=1), True), (timedelta(0), False)):
        with database.write() as session:
            at = db.now() - span + spare
            session.execute(sa.update(DeskSession).values(**{column: at}))
        assert is_in(browser) is expected


def test_use_keeps_a_session_open(
    browser_of: Callable[[Role], TestClient], database: Database
) -> None:
    browser = browser_of(Role.VIEWER)
    earlier = db.now() - timedelta(hours=1)
    with database.write() as session:
        session.execute(sa.update(DeskSession).values(seen_at=earlier))
    browser.get("/desk/account")
    with database.read() as session:
        seen = session.scalars(sa.select(DeskSession.seen_at)).one()
    assert seen > earlier + timedelta(minutes=59)


def test_the_secret_is_kept_nowhere(
    browser_of: Callable[[Role], TestClient], database: Database
) -> None:
    secret = browser_of(Role.VIEWER).cookies["__Host-desk"]
    with database.read() as session:
        for table in ("desk_sessions", "people", "password_links", "audit_payloads"):
            kept = str(session.execute(sa.text(f"SELECT * FROM {table}")).all())
            assert secret not in kept
            assert PASSWORD not in kept


def test_whoever_is_disabled_is_out_at_once(
    browser_of: Callable[[Role], TestClient], database: Database, browser: TestClient
) -> None:
    signed_in = browser_of(Role.EDITOR)
    me = signed_in.get("/v1/me").json()
    with database.write() as session:
        services.people.disable(session, at_the_machine("tests"), me["id"])
    assert not is_in(signed_in)
    assert signed_in.get("/v1/me").status_code == 401
    assert sign_in(browser, "editor").status_code == 401


def test_another_role_acts_at_once(
    browser_of: Callable[[Role], TestClient], database: Database
) -> None:
    browser = browser_of(Role.ADMIN)
    me = browser.get("/v1/me").json()
    assert browser.get("/v1/keys").status_code == 200
    with database.write() as session:
        wanted = PersonChange(name="Now a viewer", role=Role.VIEWER)
        services.people.change(session, at_the_machine("tests"), me["id"], wanted)
    assert browser.get("/v1/keys").status_code == 403
    assert browser.get("/v1/me").json()["name"] == "Now a viewer"


def test_scripts_of_a_page_are_led_to_the_sign_in(browser: TestClient) -> None:
    here = {"HX-Request": "true", "HX-Current-URL": f"{ADDRESS}/desk/account?a=b"}
    answer = browser.get("/desk/", headers=here)
    assert (answer.status_code, answer.headers["hx-redirect"]) == (
        401,
        "/desk/sign-in?next=%2Fdesk%2Faccount%3Fa%3Db",
    )
    odd = browser.get("/desk/", headers={**here, "HX-Current-URL": "http://[desk"})
    assert (odd.status_code, odd.headers["hx-redirect"]) == (401, "/desk/sign-in")
    fetched = browser.get("/desk/", headers={"Sec-Fetch-Dest": "empty"})
    assert (fetched.status_code, fetched.headers["hx-redirect"]) == (401, "/desk/sign-in")


def test_what_was_written_is_shown_to_who_is_signed_out(browser: TestClient) -> None:
    note = {"which": "note", "text": "Seen from the <bridge>.", "version": "3"}
    answer = browser.post("/desk/media/some/record/notes", data=note)
    assert answer.status_code == 401
    assert "Seen from the &lt;bridge&gt;." in answer.text
    assert "/desk/sign-in" in answer.text
    kept = browser.post("/desk/account/password", data={"old": PASSWORD, "new": "other words"})
    assert (kept.status_code, kept.headers["location"]) == (303, "/desk/sign-in")


def test_the_api_takes_a_key_first_and_the_cookie_else(
    browser_of: Callable[[Role], TestClient],
    make_key: Callable[[Role], str],
) -> None:
    browser = browser_of(Role.VIEWER)
    assert browser.get("/v1/me").json()["name"] == "A viewer"
    assert browser.post("/v1/collections", json={}).status_code in {403, 422}
    key = {"Authorization": f"Bearer {make_key(Role.PRODUCER)}"}
    assert browser.get("/v1/me", headers=key).json()["role"] == "producer"
    assert browser.get("/v1/me", headers={"Authorization": "Bearer no"}).status_code == 401
    # A key is sent by whoever has it, wherever they are.
    other = {**key, "Sec-Fetch-Site": "cross-site"}
    assert browser.get("/v1/me", headers=other).status_code == 200
    assert OWN["Sec-Fetch-Site"] == browser.headers["Sec-Fetch-Site"]
