import os
from pathlib import Path

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


@pytest.mark.parametrize(
    "name",
    [name for name in Settings.model_fields if name != "database_url"],
)
def test_what_is_set_to_nothing_is_not_set(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    default = getattr(Settings(), name)
    monkeypatch.setenv(f"PROVENANCE_{name.upper()}", "")
    assert getattr(Settings(), name) == default


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "65536"),
        ("job_processes", "0"),
        ("fixity_bytes_a_second", "0"),
        ("upload_max_bytes", "0"),
        ("decode_wall_s", "-1"),
        ("heartbeat_timeout_s", "inf"),
        ("tsa_roots", "/no/such/roots.pem"),
        ("sscd_model", "/no/such/model.onnx"),
        ("sscd_view_model", "/tmp"),
        ("database_url", "postgres://desk@localhost/desk"),
        ("database_url", "mysql://desk@localhost/desk"),
    ],
)
def test_what_no_desk_can_run_on_is_refused(name: str, value: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings.model_validate({name: value})
    assert [each["loc"][0] for each in refused.value.errors()] in ([name], [name.upper()])


def test_a_desk_does_without_a_model_where_it_is_told_to() -> None:
    assert Settings.model_validate({"sscd_model": os.devnull}).sscd_model == Path(os.devnull)


@pytest.mark.parametrize("given", ["", "postgresql+psycopg://a:b@c/d", "sqlite:////tmp/a.db"])
def test_databases_that_there_are_for_a_desk_are_taken(given: str) -> None:
    assert Settings(database_url=given).database_url == given
