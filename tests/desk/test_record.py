import re
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from app import services
from app.access import Role
from app.db import Database
from app.schemas.enums import ReasonCode, VerificationStatus
from app.schemas.finding_enums import FindingVerdict
from app.services import notes, record_page
from tests.desk.sending import fields_of
from tests.records import actor_of, add_item, add_match, find_out, hear, put_at

type BrowserOf = Callable[[Role], TestClient]

MISLEADING = {
    "to": "misleading",
    "note": "The same wall, two years ago.",
    "authenticity_codes[]": "DecontextualizedContent",
    "original_context": "A drill in March 2024",
    "public_wording": "Real, but old.",
}
DATED = {"pillar": "date", "verdict": "probable", "value.from": "2024-03-01"}


def item(database: Database, status: VerificationStatus = VerificationStatus.UNREVIEWED) -> str:
    with database.write() as session:
        media_id = add_item(session, title="Viral clip")
        put_at(session, media_id, status)
    return media_id


def version(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found
    return found[1]


def send(browser: TestClient, media_id: str, act: str, **fields: str | list[str]) -> Response:
    return browser.post(f"/desk/media/{media_id}/record/{act}", data=fields)


def test_a_transition_says_beforehand_what_is_missing(
    database: Database, browser_of: BrowserOf
) -> None:
    media_id = item(database, VerificationStatus.IN_REVIEW)
    page = browser_of(Role.VERIFIER).get(f"/desk/media/{media_id}/record").text
    way = page.partition('id="to-verified"')[2].partition("</details>")[0]
    assert "Findings: location confirmed or probable" in way
    assert "Source: about the media, supporting and independent" in way
    assert "disabled" in way
    assert "another editor approves" in way


def test_that_a_record_is_being_checked_is_no_wording_of_what_comes_of_it(
    database: Database, browser_of: BrowserOf
) -> None:
    media_id, verifier = item(database), browser_of(Role.VERIFIER)
    taken = {"to": "in_review", "assignee": "vera", "note": "Taking this case up."}
    assert send(verifier, media_id, "transitions", **taken).status_code == 303
    page = verifier.get(f"/desk/media/{media_id}/record").text
    ways = page.partition('id="to-unverified"')[2].partition('id="publication"')[0]
    assert ">This could not be independently verified.</textarea>" in ways
    assert "being checked" not in ways


def test_only_findings_that_rest_on_something_are_offered_as_evidence(
    database: Database, browser_of: BrowserOf
) -> None:
    media_id = item(database, VerificationStatus.IN_REVIEW)
    proof = {"kind": "url", "ref": "https://archive.example/1"}
    with database.write() as session:
        bare = find_out(session, media_id, "location")
        resting = find_out(session, media_id, "date", evidence=[proof])
    page = browser_of(Role.VERIFIER).get(f"/desk/media/{media_id}/record").text
    way = page.partition('id="to-fabricated"')[2].partition("</details>")[0]
    assert f'name="evidence[]" value="{resting}"' in way
    assert bare not in way


def test_a_refusal_stands_in_place_and_keeps_what_was_typed(
    database: Database, browser_of: BrowserOf
) -> None:
    media_id, verifier = item(database), browser_of(Role.VERIFIER)
    answer = send(
        verifier,
        media_id,
        "transitions",
        which="to-in_review",
        to="in_review",
        assignee="vera",
        note="few <",
    )
    assert answer.status_code == 422
    form = answer.text.partition('id="to-in_review"')[2].partition("</details>")[0]
    assert 'role="alert"' in form
    assert "at least 10 characters" in form
    assert 'value="few &lt;"' in form


def test_what_somebody_else_changed_is_not_overwritten(
    database: Database, browser_of: BrowserOf
) -> None:
    media_id, verifier = item(database), browser_of(Role.VERIFIER)
    seen = version(verifier.get(f"/desk/media/{media_id}/record").text)
    send(verifier, media_id, "notes", text="Somebody else was here.")
    taken = {"to": "in_review", "assignee": "A verifier", "note": "Taking this one up."}
    answer = send(verifier, media_id, "transitions", which="to-in_review", version=seen, **taken)
    assert answer.status_code == 412
    assert "Somebody else changed this record first" in answer.text


@pytest.mark.parametrize(
    ("act", "which", "more"),
    [
        ("transitions", "to-in_review", {"to": "in_review", "assignee": "vera"}),
        ("proposal/approve", "proposal", {}),
    ],
)
def test_a_form_that_is_gone_is_refused_at_the_top_with_what_was_written(
    database: Database, browser_of: BrowserOf, act: str, which: str, more: dict[str, str]
) -> None:
    media_id = item(database, VerificationStatus.IN_REVIEW)
    editor = browser_of(Role.EDITOR)
    note = "Looked at both clips."
    answer = send(editor, media_id, act, which=which, version="0", note=note, **more)
    assert (answer.status_code, answer.text.count('id="refusal"')) == (412, 1)
    top = answer.text.partition('id="record"')[0]
    assert "Somebody else changed this record first" in top
    assert f'<p class="quote">{note}</p>' in top


def test_a_retraction_is_refused_in_its_form(database: Database, browser_of: BrowserOf) -> None:
    media_id, verifier = item(database), browser_of(Role.VERIFIER)
    with database.write() as session:
        said_id = hear(session, media_id)
    which = f"retract-{said_id}"
    sent = {"target": "media", "stance": "retracts", "retracts_id": said_id, "source.name": "he"}
    answer = send(
        verifier, media_id, "corroborations", which=which, version="0", statement="No.", **sent
    )
    form = answer.text.partition(f'value="{which}"')
    assert form[0].rpartition("<details")[2].startswith(" open>")
    assert 'id="refusal"' in form[2].partition("</form>")[0]
    assert 'value="No."' in form[2].partition("</form>")[0]


def test_what_was_found_before_can_still_be_read(database: Database, browser_of: BrowserOf) -> None:
    media_id, verifier = item(database), browser_of(Role.VERIFIER)
    send(verifier, media_id, "findings", **DATED)
    send(verifier, media_id, "findings", pillar="date", verdict="unclear")
    page = verifier.get(f"/desk/media/{media_id}/record").text
    before = page.partition("<summary>1 earlier</summary>")[2].partition("</details>")[0]
    for said in ("Probable: ", "2024-03-01", "A verifier"):
        assert said in before
    send(verifier, media_id, "findings", pillar="date", verdict="probable")
    page = verifier.get(f"/desk/media/{media_id}/record").text
    assert "<p>Unclear</p>" in page.partition("<summary>2 earlier</summary>")[2]


def test_from_finding_to_publication(database: Database, browser_of: BrowserOf) -> None:
    media_id = item(database, VerificationStatus.IN_REVIEW)
    with database.write() as session:
        match_id = add_match(session, media_id, add_item(session, title="March"))
    verifier, editor = browser_of(Role.VERIFIER), browser_of(Role.EDITOR)
    assert send(verifier, media_id, "findings", **DATED).status_code == 303
    assert send(verifier, media_id, "claims", text="Filmed today").status_code == 303
    source = {"target": "media", "source.name": "Press office", "stance": "refutes"}
    assert send(verifier, media_id, "corroborations", **source).status_code == 303
    wish = {**MISLEADING, "evidence[]": match_id}
    assert send(verifier, media_id, "transitions", **wish).status_code == 303
    page = verifier.get(f"/desk/media/{media_id}/record").text
    assert "A verifier proposes" in page
    refused = send(
        verifier, media_id, "proposal/approve", which="proposal", note="I am sure of it."
    )
    assert refused.status_code == 403
    approved = send(editor, media_id, "proposal/approve", note="Looked at both clips.")
    assert approved.status_code == 303
    assert send(editor, media_id, "publication").status_code == 422
    editor.post(f"/desk/media/{media_id}/care/flags", data={"reviewed": "yes"})
    preview = send(editor, media_id, "publication/preview", description="A clip of a wall")
    assert "A clip of a wall" in preview.text
    assert "not published" in preview.text
    assert send(editor, media_id, "publication", description="A clip").status_code == 303
    page = editor.get(f"/desk/media/{media_id}/record").text
    assert "/public/reviews/" in page
    history = editor.get(f"/desk/media/{media_id}/history").text
    assert "The same wall, two years ago." in history
    assert "Date: when was it made? Probable" in history
    assert 'refutes <span class="soft">(independence unknown)</span>' in history
    assert "<dt>what was done to the media</dt><dd>Out of context</dd>" in history
    assert "revision 1: Misleading" in history


def test_a_proposal_is_turned_down_by_an_editor(database: Database, browser_of: BrowserOf) -> None:
    media_id = item(database, VerificationStatus.IN_REVIEW)
    verifier, editor = browser_of(Role.VERIFIER), browser_of(Role.EDITOR)
    with database.write() as session:
        match_id = add_match(session, media_id, add_item(session, title="March"))
    wish = {**MISLEADING, "evidence[]": match_id}
    send(verifier, media_id, "findings", **DATED)
    send(verifier, media_id, "transitions", **wish)
    short = send(editor, media_id, "proposal/refuse", which="proposal", note="No")
    assert short.status_code == 422
    assert 'value="No"' in short.text
    refused = send(editor, media_id, "proposal/refuse", note="It is another wall.")
    assert refused.status_code == 303
    page = editor.get(f"/desk/media/{media_id}/record").text
    assert 'id="proposal"' not in page
    assert send(editor, media_id, "proposal/refuse", note="It is another wall.").status_code == 404


def test_a_source_stays_protected_when_it_is_retracted(
    database: Database, browser_of: BrowserOf
) -> None:
    media_id, verifier = item(database), browser_of(Role.VERIFIER)
    source = {"source.name": "Nurse Olena", "source.protected": "true"}
    said = {"target": "media", "stance": "supports", **source}
    assert send(verifier, media_id, "corroborations", **said).status_code == 303
    page = verifier.get(f"/desk/media/{media_id}/record").text
    form = page.partition('value="retracts">')[2].partition("</form>")[0]
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form))
    sent = {"target": "media", "stance": "retracts", **fields}
    assert send(verifier, media_id, "corroborations", **sent).status_code == 303
    seen = browser_of(Role.VIEWER).get(f"/desk/media/{media_id}/record").text
    assert "Olena" not in seen
    assert seen.count("<strong>protected source</strong>") == 2


def test_a_source_stays_protected_when_its_form_is_refused(
    database: Database, browser_of: BrowserOf
) -> None:
    media_id, verifier = item(database), browser_of(Role.VERIFIER)
    page = verifier.get(f"/desk/media/{media_id}/record").text
    assert "source.protected" not in fields_of(page, "source")
    wanted = {"source.name": "Nurse Olena", "source.protected": "true", "link": "no link"}
    refused = send(verifier, media_id, "corroborations", **fields_of(page, "source") | wanted)
    assert refused.status_code == 422
    again = fields_of(refused.text, "source") | {"link": ""}
    assert send(verifier, media_id, "corroborations", **again).status_code == 303
    seen = browser_of(Role.VIEWER).get(f"/desk/media/{media_id}/record").text
    assert "Olena" not in seen


def test_what_was_unticked_stays_so_after_a_refusal(
    database: Database, browser_of: BrowserOf
) -> None:
    media_id, editor = item(database, VerificationStatus.IN_REVIEW), browser_of(Role.EDITOR)
    with database.write() as session:
        services.verifications.take(session, media_id).authenticity_codes = ["StagedContent"]
    page = editor.get(f"/desk/media/{media_id}/record").text
    way = fields_of(page, "to-partly_verified")
    assert way.pop("authenticity_codes[]") == ["StagedContent"]
    refused = send(editor, media_id, "transitions", **way | {"note": "few"})
    assert refused.status_code == 422
    assert "authenticity_codes[]" not in fields_of(refused.text, "to-partly_verified")


VALUES = {
    "provenance": {
        "is_original": "copy_of",
        "copy_of": None,
        "earliest_known": {
            "url": "https://a.example",
            "at": "2024-03-01T23:30:00+02:00",
            "media_id": "m",
        },
        "generation": 0,
    },
    "source": {
        "filmed_by": "Olena",
        "released_by": None,
        "channel": None,
        "relation": "agency",
        "contacted": False,
        "permission": "With her name",
    },
    "date": {"from": "2024-03-01T10:00:00+00:00", "to": "2024-03-02", "basis": "shadow"},
    "location": {"text": "At sea", "lat": 0.0, "lon": 0.0, "precision_m": 500.0},
    "motivation": {"text": "One\nTwo", "interest": "political", "edited_by_source": "no"},
}


@pytest.mark.parametrize("pillar", VALUES)
def test_a_newer_finding_keeps_what_nobody_touched(
    database: Database, browser_of: BrowserOf, pillar: str
) -> None:
    media_id, verifier = item(database), browser_of(Role.VERIFIER)
    proofs = [
        {
            "kind": "url",
            "ref": f"https://{each}.example",
            "archive_url": f"https://{each}.example/a",
        }
        for each in "abcd"
    ]
    with database.write() as session:
        find_out(session, media_id, pillar, value=VALUES[pillar], evidence=proofs)
    page = verifier.get(f"/desk/media/{media_id}/record").text
    form = fields_of(page, f"finding-{pillar}") | {"verdict": "probable"}
    assert send(verifier, media_id, "findings", **form).status_code == 303
    with database.read() as session:
        (now,) = services.findings.current(session, media_id)
    assert (now.verdict, now.value) == (FindingVerdict.PROBABLE, VALUES[pillar])
    assert now.evidence == [{**each, "time_ranges": []} for each in proofs]


def test_what_was_found_is_told_in_words(database: Database, browser_of: BrowserOf) -> None:
    media_id = item(database)
    with database.write() as session:
        for pillar, value in VALUES.items():
            find_out(session, media_id, pillar, value=value)
    page = browser_of(Role.VIEWER).get(f"/desk/media/{media_id}/record").text
    said = " ".join(re.sub(r"<[^>]+>", "", page).split())
    assert "original: no, a copy" in said
    assert "relation: agency · reached by the desk: no" in said
    assert "rests on: shadows" in said
    assert "At sea · latitude: 0.0 · longitude: 0.0 · precise to, in metres: 500.0" in said
    assert "whose interest: political · edited by the source: no" in said


def test_a_record_says_what_its_status_rests_on(database: Database, browser_of: BrowserOf) -> None:
    other, media_id, editor = item(database), item(database), browser_of(Role.EDITOR)
    with database.write() as session:
        match_id = add_match(session, media_id, other)
        put_at(session, media_id, VerificationStatus.VOID)
        record = services.verifications.take(session, media_id)
        record.reason_code, record.duplicate_of = ReasonCode.DUPLICATE_OF, other
        record.evidence = [match_id, "https://a.example"]
    page = editor.get(f"/desk/media/{media_id}/record").text
    status = page.partition('id="status"')[2].partition("</section>")[0]
    assert "<dd>duplicate of another item</dd>" in status
    assert f'<a href="/desk/media/{other}">' in status
    assert f'<a href="/desk/matches/{match_id}">Match with' in status
    assert "<code>https://a.example</code>" in status


def test_a_note_is_erased_by_administrators(database: Database, browser_of: BrowserOf) -> None:
    media_id, verifier, admin = item(database), browser_of(Role.VERIFIER), browser_of(Role.ADMIN)
    send(verifier, media_id, "notes", text="Her sister lives in Kursk.")
    with database.read() as session:
        note_id = notes.read(session, media_id, actor_of(Role.ADMIN), 1, None).items[0].id
    word = {"authority": "data_subject", "reason": "She asked for it."}
    act = f"notes/{note_id}/erase"
    assert send(verifier, media_id, act, **word).status_code == 403
    which = f"erase-{note_id}"
    refused = send(admin, media_id, act, which=which, authority="data_subject")
    assert (refused.status_code, 'id="refusal"' in refused.text) == (422, True)
    assert send(admin, media_id, act, which=which, **word).status_code == 303
    page = admin.get(f"/desk/media/{media_id}/record").text
    assert "Her sister" not in page
    assert '<em class="soft">erased</em>' in page
    again = send(admin, media_id, act, which=which, **word)
    assert (again.status_code, again.text.count('id="refusal"')) == (409, 1)


def test_a_viewer_sees_no_forms_and_may_send_none(
    database: Database, browser_of: BrowserOf
) -> None:
    media_id, viewer = item(database), browser_of(Role.VIEWER)
    page = viewer.get(f"/desk/media/{media_id}/record").text
    assert "Record a finding" not in page
    assert send(viewer, media_id, "findings", pillar="date", verdict="unclear").status_code == 403
    assert send(viewer, media_id, "notes", text="hello").status_code == 403
    taken = {"to": "in_review", "assignee": "me", "note": "Taking this one up."}
    assert send(viewer, media_id, "transitions", **taken).status_code == 403


def test_what_people_write_is_never_markup(database: Database, browser_of: BrowserOf) -> None:
    media_id, verifier = item(database), browser_of(Role.VERIFIER)
    evil = '<script>alert(1)</script><img src=x onerror="alert(1)">'
    send(verifier, media_id, "notes", text=evil)
    send(verifier, media_id, "claims", text=evil, made_by=evil)
    with database.write() as session:
        find_out(session, media_id, "location", "unclear", value={"text": evil}, limits=evil)
    for part in ("", "/record", "/history"):
        page = verifier.get(f"/desk/media/{media_id}{part}").text
        assert "<script>alert" not in page
        assert "<img src=x" not in page


@pytest.mark.parametrize("path", ["media/nothing", "media/nothing/record", "matches/nothing"])
def test_what_is_not_there_is_a_page(browser_of: BrowserOf, path: str) -> None:
    answer = browser_of(Role.VIEWER).get(f"/desk/{path}")
    assert answer.status_code == 404
    assert "<h1>" in answer.text


def test_of_many_notes_the_newest_are_shown(
    database: Database, browser_of: BrowserOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_page, "MOST", 2)
    media_id, verifier = item(database), browser_of(Role.VERIFIER)
    for text in ("first note", "second note"):
        send(verifier, media_id, "notes", text=text)
    address = f"/desk/media/{media_id}/record"
    assert "there are earlier ones" not in verifier.get(address).text
    send(verifier, media_id, "notes", text="third note")
    page = verifier.get(address).text
    assert "These are the newest 2; there are earlier ones." in page
    assert re.findall(r"(\w+) note</p>", page) == ["second", "third"]


def test_of_many_claims_and_statements_the_first_are_shown(
    database: Database, browser_of: BrowserOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_page, "MOST", 2)
    media_id, verifier = item(database), browser_of(Role.VERIFIER)
    for number in range(3):
        assert send(verifier, media_id, "claims", text=f"claim {number}").status_code == 303
        said = {"target": "media", "stance": "supports", "source.name": f"source {number}"}
        assert send(verifier, media_id, "corroborations", **said).status_code == 303
    page = verifier.get(f"/desk/media/{media_id}/record").text
    assert "These are the first 2; there are more." in page
    assert "Of what sources say, the first 2 are shown; there is more." in page
    for what in ("claims", "corroborations"):
        assert verifier.get(f"/v1/media/{media_id}/verification/{what}").status_code == 200
