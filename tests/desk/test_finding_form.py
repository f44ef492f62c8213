from app.desk.finding_form import completed
from app.desk.forms import Form

EARLY = {"kind": "match", "ref": "m1", "time_ranges": [{"start_ms": 0, "end_ms": 900}]}
LATE = {"kind": "match", "ref": "m1", "time_ranges": [{"start_ms": 5000, "end_ms": 6000}]}
LINK = {"kind": "url", "ref": "https://a.example", "archive_url": "https://archive.example/a"}


def proofs(*rows: tuple[str, str]) -> object:
    """What comes of these rows where three proofs stood."""
    form = Form(
        tuple(
            (f"evidence.{number}.{name}", value)
            for number, row in enumerate(rows)
            for name, value in zip(("kind", "ref"), row, strict=True)
        )
    )
    return completed(form, form.body(), [EARLY, LINK, LATE]).get("evidence")


MATCH, URL = ("match", "m1"), ("url", "https://a.example")


def test_proofs_that_stay_keep_what_the_form_does_not_show() -> None:
    assert proofs(MATCH, URL, MATCH, ("", "")) == [EARLY, LINK, LATE]


def test_a_row_that_is_emptied_takes_its_own_proof_away() -> None:
    assert proofs(("", ""), URL, MATCH) == [LINK, LATE]
    assert proofs(("", ""), ("", "")) is None


def test_a_proof_that_moved_is_the_same_and_another_one_is_not() -> None:
    other = {"kind": "url", "ref": "https://b.example"}
    assert proofs(URL, ("url", "https://b.example")) == [LINK, other]


def test_what_is_no_row_is_left_to_be_refused() -> None:
    assert completed(Form((("evidence.x.kind", "url"),)), {"evidence": {"x": 1}}, []) == {
        "evidence": {"x": 1}
    }
