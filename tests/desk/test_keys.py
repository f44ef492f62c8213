"""API keys, made and revoked on the desk's page."""

import re
from collections.abc import Callable

from fastapi.testclient import TestClient

from app.access import Role


def test_a_key_is_shown_once_works_and_is_revoked(
    browser_of: Callable[[Role], TestClient], browser: TestClient
) -> None:
    admin = browser_of(Role.ADMIN)
    form = {"name": "the CMS", "role": "service", "until": "2199-12-31", "scope": ["media:read"]}
    made = admin.post("/desk/keys", data=form)
    assert made.status_code == 200
    assert made.headers["cache-control"] == "no-store"
    token = re.search(r"prov_[0-9a-f]{8}_[\w-]{43}", made.text)
    assert token is not None
    page = admin.get("/desk/keys").text
    assert token[0] not in page
    assert "the CMS" in page
    assert "by A admin" in page
    assert "built-in" not in page
    key = {"Authorization": f"Bearer {token[0]}"}
    assert browser.get("/v1/me", headers=key).json()["scopes"] == ["media:read"]
    key_id = token[0].split("_")[1]
    assert "Whatever uses it is refused from now on, for good." in admin.get("/desk/keys").text
    assert admin.post(f"/desk/keys/{key_id}/revoke").status_code == 303
    assert browser.get("/v1/me", headers=key).status_code == 401
    assert admin.post("/desk/keys/nothing/revoke").status_code == 404


def test_what_stands_against_a_key_is_told_in_place(
    browser_of: Callable[[Role], TestClient],
) -> None:
    admin = browser_of(Role.ADMIN)
    for form in (
        {"name": "", "role": "viewer"},
        {"name": "x", "role": "king"},
        {"name": "x", "role": "viewer", "until": "tomorrow"},
        {"name": "x", "role": "viewer", "until": "2001-01-01"},
        {"name": "x", "role": "viewer", "scope": ["media:write"]},
    ):
        refused = admin.post("/desk/keys", data=form)
        assert (refused.status_code, 'role="alert"' in refused.text) == (422, True), form


def test_a_refused_form_keeps_what_was_filled_in(browser_of: Callable[[Role], TestClient]) -> None:
    form = {"name": "the CMS", "role": "viewer", "until": "2001-01-01", "scope": ["media:read"]}
    page = browser_of(Role.ADMIN).post("/desk/keys", data=form).text
    for kept in (
        'value="the CMS"',
        "<option selected>viewer</option>",
        'value="2001-01-01"',
        'value="media:read" checked',
        "<details open>",
    ):
        assert kept in page
