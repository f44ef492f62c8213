import pytest
from pydantic import ValidationError

from app.settings import Settings


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("desk.example", "http://desk.example:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::", "http://[::1]:8000"),
        ("fd00::1", "http://[fd00::1]:8000"),
    ],
)
def test_links_lead_to_an_address_that_a_browser_can_open(host: str, address: str) -> None:
    assert Settings(host=host).resolved_public_url == address


def test_links_lead_to_where_the_public_reaches_the_desk() -> None:
    given = Settings(host="0.0.0.0", public_url="https://desk.example/")
    assert given.resolved_public_url == "https://desk.example"


@pytest.mark.parametrize(
    "given", ["desk.example", "https:/desk.example", "https://desk.example/?a"]
)
def test_what_is_no_address_is_not_where_the_public_reaches_the_desk(given: str) -> None:
    with pytest.raises(ValidationError):
        Settings(public_url=given)
    assert Settings(public_url="https://desk.example/verify").public_url.endswith("/verify")
