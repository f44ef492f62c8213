import hashlib
import re
from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.api import reference

BUNDLE_SHA256 = "e6a898692f2d768e807c3ba4626068a69a2c5dd960dd6c76f3e4d3a3de180af2"
"""Of `swagger-ui-bundle.js` in npm's `swagger-ui-dist` 5.35.0."""


def test_the_page_of_the_api_loads_nothing_from_elsewhere(application: FastAPI) -> None:
    anyone = TestClient(application)
    page = anyone.get("/docs")
    assert page.status_code == 200
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self'; connect-src 'self'" in policy
    loaded = re.findall(r'(?:href|src)="([^"]+)"', page.text)
    assert len(loaded) == 3
    for address in loaded:
        assert address.startswith("/docs/")
        assert anyone.get(address).status_code == 200
    assert anyone.get("/docs/page.html").status_code == 404
    assert anyone.get("/redoc").status_code == 404


def test_what_is_kept_of_others_is_unchanged() -> None:
    bundle = Path(reference.__file__).with_name("swagger") / "swagger-ui-bundle.js"
    assert hashlib.sha256(bundle.read_bytes()).hexdigest() == BUNDLE_SHA256


def test_every_page_may_read_the_description(application: FastAPI) -> None:
    described = TestClient(application).get("/openapi.json")
    assert described.headers["access-control-allow-origin"] == "*"
    assert described.json()["paths"]["/v1/media"]["get"]["security"] == [{"key": []}]
    assert "security" not in described.json()["paths"]["/public/reviews"]["get"]
    assert "Problem" in described.json()["components"]["schemas"]
