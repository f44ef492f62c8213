"""Signing in by an identity provider, which is a real one on a loopback port."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr

from app import db, services
from app.access import Role, at_the_machine
from app.bootstrap import Parts, provider_of
from app.errors import Busy
from app.services import oidc_provider, verifying
from app.settings import Settings
from tests.desk.people import OWN, add_person, open_browser, open_session
from tests.desk.provider import CLIENT_ID, CLIENT_SECRET, Provider, new_key, providing

BACK = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with providing() as made:
        yield made


@pytest.fixture
def provider(running: Provider) -> Provider:
    """The provider, honest again."""
    fresh = Provider(running.issuer)
    for name in (
        "key",
        "person",
        "claims",
        "signing",
        "algorithm",
        "ends_sessions",
        "further_keys",
    ):
        setattr(running, name, getattr(fresh, name))
    return running


@pytest.fixture
def desk(application: FastAPI, parts: Parts, provider: Provider) -> FastAPI:
    """The desk, which knows the provider."""
    settings = Settings(
        oidc_issuer=provider.issuer,
        oidc_client_id=CLIENT_ID,
        oidc_client_secret=SecretStr(CLIENT_SECRET),
        oidc_name="House login",
        oidc_roles=(("desk-admins", Role.ADMIN), ("desk-editors", Role.EDITOR)),
    )
    application.state.parts = replace(parts, identity_provider=provider_of(settings))
    return application


@pytest.fixture
def browser(desk: FastAPI) -> TestClient:
    return open_browser(desk)


def way_back(browser: TestClient, wanted: str = "") -> str:
    """The address to which the provider sends the browser back."""
    started = browser.get("/desk/oidc/start", params={"next": wanted})
    assert started.status_code == 303, started.text
    with httpx2.Client(trust_env=False) as client:
        address = client.get(started.headers["location"]).headers["location"]
    assert address.startswith("https://desk.test/desk/oidc/callback?")
    return str(address)


def come_back(browser: TestClient, address: str) -> tuple[int, str]:
    answer = browser.get(address, headers=BACK)
    return answer.status_code, answer.headers.get("location", "")


def who(browser: TestClient) -> dict[str, str]:
    found: dict[str, str] = browser.get("/v1/me", headers=OWN).json()
    return found


def test_one_is_let_in_added_once_and_has_the_role_of_the_groups(
    desk: FastAPI, browser: TestClient, parts: Parts, provider: Provider
) -> None:
    assert "House login" in browser.get("/desk/sign-in").text
    assert come_back(browser, way_back(browser, "/desk/account?x=1")) == (
        303,
        "/desk/account?x=1",
    )
    first = who(browser)
    assert (first["name"], first["role"]) == ("Olena K.", "editor")
    assert "have no password" in browser.get("/desk/account").text
    provider.person |= {"name": "Olena Kovalenko", "groups": "desk-admins"}
    other = open_browser(desk)
    assert come_back(other, way_back(other))[0] == 303
    assert who(other) == who(browser)
    assert (who(other)["name"], who(other)["role"]) == ("Olena Kovalenko", "admin")
    assert who(other)["id"] == first["id"]
    assert verifying.verify(parts.database, parts.trusted).faults == []


def test_who_signs_out_may_sign_out_at_the_provider_too(
    browser: TestClient, provider: Provider
) -> None:
    come_back(browser, way_back(browser))
    left = browser.post("/desk/sign-out").headers["location"]
    assert "Sign out at House login, too" in browser.get(left).text
    assert "House login, too" not in browser.get("/desk/sign-in").text
    there = urlsplit(browser.get("/desk/oidc/end").headers["location"])
    assert there.geturl().startswith(f"{provider.issuer}/end_session_endpoint?")
    assert parse_qs(there.query) == {
        "client_id": [CLIENT_ID],
        "post_logout_redirect_uri": ["https://desk.test/desk/sign-in"],
    }


def test_a_provider_without_a_way_out_is_not_offered(
    browser: TestClient, provider: Provider
) -> None:
    provider.ends_sessions = False
    come_back(browser, way_back(browser))
    assert browser.post("/desk/sign-out").headers["location"] == "/desk/sign-in"
    assert browser.get("/desk/oidc/end").status_code == 404


def test_who_has_a_password_alone_leaves_the_desk_alone(browser: TestClient, parts: Parts) -> None:
    open_session(browser, parts.database, Role.VIEWER)
    assert browser.post("/desk/sign-out").headers["location"] == "/desk/sign-in"


def test_what_comes_back_to_another_browser_or_again_opens_nothing(
    desk: FastAPI, browser: TestClient
) -> None:
    address = way_back(browser)
    victim = open_browser(desk)
    assert come_back(victim, address)[0] == 401
    way_back(victim)
    assert come_back(victim, address)[0] == 401
    assert come_back(browser, address.replace("state=", "state=0"))[0] == 401
    assert come_back(browser, address)[0] == 303
    assert come_back(browser, address)[0] == 401
    assert come_back(browser, "/desk/oidc/callback?error=access_denied")[0] == 401


def test_one_is_led_nowhere_but_to_the_desk(browser: TestClient) -> None:
    assert come_back(browser, way_back(browser, "https://evil.test/")) == (303, "/desk/")


@pytest.mark.parametrize(
    "lie",
    [
        {"iss": "https://evil.test"},
        {"aud": "another client"},
        {"aud": [CLIENT_ID, "another"], "azp": "another"},
        {"nonce": "another"},
        {"exp": 1},
        {"iat": 1 << 40},
        {"exp": None},
        {"sub": None},
    ],
    ids=lambda lie: next(iter(lie)),
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_token_that_is_not_for_this_visit_is_refused(
    browser: TestClient, provider: Provider, lie: dict[str, object]
) -> None:
    provider.claims = lie
    answer = browser.get(way_back(browser), headers=BACK)
    assert (answer.status_code, "does not hold" in answer.text) == (401, True)
    assert "__Host-desk" not in browser.cookies


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_token_that_another_signed_is_refused(browser: TestClient, provider: Provider) -> None:
    provider.signing = new_key(1)
    assert come_back(browser, way_back(browser))[0] == 401


def test_new_keys_of_the_provider_are_taken(
    browser: TestClient, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert come_back(browser, way_back(browser))[0] == 303
    provider.key = new_key(2)
    assert come_back(browser, way_back(browser))[0] == 401
    monkeypatch.setattr(oidc_provider, "RENEWED_AT_MOST_EVERY_S", 0.0)
    assert come_back(browser, way_back(browser))[0] == 303


def test_keys_that_the_desk_cannot_use_are_passed_over(
    browser: TestClient, provider: Provider
) -> None:
    provider.further_keys = [
        {"kty": "EC", "crv": "BP-256", "x": "AA", "y": "AA", "kid": "brainpool"},
        {"kty": "of the future", "kid": "new"},
        {"kid": "none at all"},
    ]
    assert come_back(browser, way_back(browser)) == (303, "/desk/")


def test_who_has_no_role_or_is_disabled_stays_out(
    browser: TestClient, provider: Provider, parts: Parts
) -> None:
    assert come_back(browser, way_back(browser))[0] == 303
    with parts.database.write() as session:
        services.people.disable(session, at_the_machine("tests"), who(browser)["id"])
    assert come_back(browser, way_back(browser))[0] == 401
    provider.person |= {"sub": "s-2", "preferred_username": "other", "groups": ["staff"]}
    assert come_back(browser, way_back(browser))[0] == 403
    with parts.database.read() as session:
        assert db.people.by_login(session, "other") is None


def test_a_name_is_no_proof_but_an_administrators_link_is(
    browser: TestClient, parts: Parts, provider: Provider
) -> None:
    person_id = add_person(parts.database, Role.ADMIN, "olena")
    assert come_back(browser, way_back(browser))[0] == 409
    with parts.database.write() as session:
        services.people.link(session, at_the_machine("tests"), person_id, f"{provider.issuer}#s-1")
    assert come_back(browser, way_back(browser))[0] == 303
    assert (who(browser)["id"], who(browser)["role"]) == (person_id, "editor")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_without_a_provider_or_with_one_that_is_away_passwords_still_work(
    application: FastAPI, parts: Parts
) -> None:
    browser = open_browser(application)
    assert browser.get("/desk/oidc/start").status_code == 404
    for issuer in ("http://127.0.0.1:9", "http://idp.test"):
        away = provider_of(Settings(oidc_issuer=issuer))
        application.state.parts = replace(parts, identity_provider=away)
        assert browser.get("/desk/oidc/start").status_code == 503
        assert browser.get("/desk/sign-in").status_code == 200


def test_groups_and_roles_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROVENANCE_OIDC_ROLES", "cn=desk,ou=x=editor, *=viewer")
    with pytest.raises(ValueError, match="oidc_roles"):
        Settings()
    monkeypatch.setenv("PROVENANCE_OIDC_ROLES", "a=b=editor, *=viewer")
    assert Settings().oidc_roles == (("a=b", Role.EDITOR), ("*", Role.VIEWER))


def test_a_provider_that_never_answers_keeps_no_more_than_some_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(oidc_provider, "TIMEOUT_S", 1.0)
    most = oidc_provider.MOST_ASKING
    with socket.create_server(("127.0.0.1", 0), backlog=64) as silent, ExitStack() as held:
        port = silent.getsockname()[1]
        asked = oidc_provider.PublishedProvider(f"http://127.0.0.1:{port}")
        pool = held.enter_context(ThreadPoolExecutor(most))
        waiting = [pool.submit(asked.offered, "end_session_endpoint") for _ in range(most)]
        for _ in waiting:
            held.enter_context(silent.accept()[0])
        with pytest.raises(Busy):
            asked.offered("end_session_endpoint")
        silent.setblocking(False)  # noqa: FBT003
        with pytest.raises(BlockingIOError):
            silent.accept()
        assert all(isinstance(each.exception(), Busy) for each in waiting)
