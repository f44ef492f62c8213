from app.desk.forms import Form


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
