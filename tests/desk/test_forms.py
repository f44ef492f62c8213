from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from app.access import Role
from app.desk.forms import Form
from app.errors import Unprocessable


def body(*fields: tuple[str, str]) -> dict[str, object]:
    return Form(fields).body("which")


def test_names_say_where_values_go() -> None:
    assert body(
        ("which", "finding"),
        ("pillar", "source"),
        ("value.relation", "handout"),
        ("value.earliest_known.url", "https://example.org"),
        ("evidence.0.kind", "url"),
        ("evidence.0.ref", "https://example.org/a"),
        ("evidence.1.kind", ""),
        ("evidence.1.ref", ""),
        ("codes[]", "one"),
        ("codes[]", "two"),
        ("method|lines", "asked them\r\n\r\n  looked at shadows  "),
    ) == {
        "pillar": "source",
        "value": {"relation": "handout", "earliest_known": {"url": "https://example.org"}},
        "evidence": [{"kind": "url", "ref": "https://example.org/a"}],
        "codes": ["one", "two"],
        "method": ["asked them", "looked at shadows"],
    }


def test_what_is_empty_is_left_out() -> None:
    assert body(("note", "  "), ("value.text", ""), ("missing|lines", "\n")) == {}


def test_chosen_and_typed_evidence_come_together() -> None:
    assert body(("evidence[]", "m1"), ("evidence|lines", "https://example.org")) == {
        "evidence": ["m1", "https://example.org"]
    }


def test_an_instant_without_a_zone_is_utc() -> None:
    assert body(("due_at", "2026-11-28T10:00")) == {"due_at": "2026-11-28T10:00:00+00:00"}
    assert body(("due_at", "2026-11-28T10:00:00.000Z")) == {"due_at": "2026-11-28T10:00:00+00:00"}
    assert body(("due_at", "tomorrow")) == {"due_at": "tomorrow"}


@pytest.mark.parametrize(
    "fields",
    [
        [("a", "x"), ("a.b", "y")],
        [("a.b", "y"), ("a", "x")],
        [("a[]", "x"), ("a.b", "y")],
        [("a.b", "y"), ("a[]", "x")],
        [("a", "x"), ("a|lines", "y")],
        [("." * 3000, "x")],
        [("a." + "1" * 5000, "x")],
    ],
)
def test_names_that_no_page_gives_are_refused(fields: list[tuple[str, str]]) -> None:
    with pytest.raises(Unprocessable):
        body(*fields)


def test_a_form_that_cannot_be_read_is_refused(browser_of: Callable[[Role], TestClient]) -> None:
    browser = browser_of(Role.ADMIN)
    for kind in (f"multipart/form-data; boundary={'x' * 300}", "multipart/form-data"):
        headers = {"Content-Type": kind}
        answer = browser.post("/desk/alerts/endpoints", content=b"--x", headers=headers)
        assert answer.status_code in {400, 422}
        assert "<h1" in answer.text
    crossed = browser.post("/desk/alerts/endpoints", data={"url": "x", "url.a": "y"})
    assert (crossed.status_code, 'id="refusal"' in crossed.text) == (422, True)
