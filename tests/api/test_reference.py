from fastapi import FastAPI
from fastapi.testclient import TestClient


def test_the_page_of_the_api_cannot_act_for_who_is_signed_in(application: FastAPI) -> None:
    anyone = TestClient(application)
    page = anyone.get("/docs")
    assert page.status_code == 200
    policy = page.headers["content-security-policy"]
    assert policy.startswith("sandbox")
    assert "allow-same-origin" not in policy
    described = anyone.get("/openapi.json")
    assert described.headers["access-control-allow-origin"] == "*"
    assert "/v1/media" in described.json()["paths"]
    assert "Problem" in described.json()["components"]["schemas"]
    assert anyone.get("/redoc").status_code == 404
