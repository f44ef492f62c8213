"""The report: the same as page and as PDF, no more than its reader may know, blurred where it takes care."""

import base64
import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pypdfium2
import pytest
from fastapi.testclient import TestClient
from PIL import Image

from app import db, services
from app.access import Role
from app.bootstrap import Parts
from app.core.media import MediaKind
from app.core.presentation import veil
from app.db import Database
from app.schemas.corroborations import NewCorroboration
from app.schemas.enums import VerificationStatus
from app.schemas.notes import NewNote
from app.schemas.record_enums import NoteVisibility
from tests.api.test_evidence import PLACED, QUERY, matched
from tests.pages.test_html import Seen
from tests.records import actor_of, add_item, claim, find_out, put_at
from tests.services.publishing import conclude, look, restrict

ClientAs = Callable[[Role], TestClient]
NAMES = ("Олександр Сирський", "박철수", "محمد")


@pytest.fixture
def item(parts: Parts, database: Database) -> str:
    """An item about which there is something in every section."""
    _, query, _ = matched(parts, PLACED)
    with database.write() as session:
        stored = db.media.find(session, query)
        assert stored
        stored.title, stored.duration_ms = f"Clip of {', '.join(NAMES)}", 60_000
        look(session, query)
        find_out(session, query, "date", "unclear", limits="only the source says so")
        claimed = claim(session, query)
        said = {
            "about": "claim",
            "target_id": claimed,
            "source": {"name": "A neighbour", "protected": True},
            "stance": "supports",
            "statement": "I saw them",
            "independence": "independent",
        }
        record = services.verifications.take(session, query)
        wanted = NewCorroboration.model_validate(said)
        services.corroborations.add(session, record, wanted, actor_of(Role.VERIFIER))
        note = NewNote(text="Ask the editor first", visibility=NoteVisibility.EDITORS)
        services.notes.add(session, record, note, actor_of(Role.EDITOR))
        conclude(session, query, VerificationStatus.PARTLY_VERIFIED)
    return query


def page(client: TestClient, item: str) -> Seen:
    answer = client.get(f"/v1/media/{item}/report.html")
    assert answer.status_code == 200, answer.text
    return Seen(answer.text)


def pictures(seen: Seen) -> list[np.ndarray[Any, Any]]:
    found = (
        re.fullmatch("data:image/jpeg;base64,(.*)", each["src"] or "") for each in seen.named("img")
    )
    read = (Image.open(io.BytesIO(base64.b64decode(each[1]))) for each in found if each)
    return [np.asarray(each.convert("RGB"), np.int16) for each in read]


def test_it_holds_what_the_desk_knows(client_as: ClientAs, item: str) -> None:
    verifier = client_as(Role.VERIFIER)
    seen = page(verifier, item)
    for text in (
        *NAMES,
        "Partly verified",
        "When was it made?",
        "only the source says so",
        "Two soldiers were captured",
        "A neighbour",
        "архів",
        "an excerpt of the known item",
        "0:00.0 – 0:06.0",
        "mirrored, cropped to 60 % × 60 %",
        "Finding recorded",
        "never",
        "UTC",
        "Made by test verifier (verifier)",
    ):
        assert text in seen.text, text
    links = verifier.get(f"/v1/media/{item}").json()["links"]
    assert links["report"].endswith("/report.html")
    assert links["report_pdf"].endswith("/report.pdf")


def test_only_what_is_a_still_is_told_to_be_one(client: TestClient, parts: Parts) -> None:
    match, query, known = matched(parts, PLACED)
    beginning = {"start_ms": 0, "end_ms": 0}
    with parts.database.write() as session:
        stored = session.get_one(db.matches.StoredMatch, match)
        stored.segments = [
            {**each, "query": beginning, "known": beginning} for each in stored.segments
        ]
        session.get_one(db.media.Media, query).kind = MediaKind.STILL
        proof = {"kind": "file", "ref": "the end card", "time_ranges": [beginning]}
        for each in (query, known):
            find_out(session, each, "date", "unclear", limits="no date", evidence=[proof])
            put_at(session, each, VerificationStatus.MISLEADING)
    for item, there, proven in (
        (query, "still ↔ 0:00.0", "file the end card (still)"),
        (known, "0:00.0 ↔ still", "file the end card (0:00.0)"),
    ):
        seen = page(client, item)
        assert there in seen.text
        assert proven in seen.text
    cells = re.findall(
        r"<td[^>]*>(still|0:00\.0)", client.get(f"/v1/media/{query}/report.html").text
    )
    assert cells == ["still", "0:00.0", "still"]


def test_the_pdf_says_the_same(client_as: ClientAs, item: str) -> None:
    verifier = client_as(Role.VERIFIER)
    answer = verifier.get(f"/v1/media/{item}/report.pdf")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"].startswith('inline; filename="report-')
    assert "no-store" in answer.headers["Cache-Control"]
    document = pypdfium2.PdfDocument(answer.content)
    texts = [each.get_textpage().get_text_bounded() for each in document]
    said = "".join("".join(texts).replace("\u200b", "").split())
    for text in ("Олександр Сирський", "박철수", "When was it made?", "Two soldiers were captured"):
        assert "".join(text.split()) in said
    assert all(letter in said for letter in "محمد")
    images = [each for each in document.get_page(0).get_objects() if each.type == 3]
    assert images


def test_pictures_are_there_and_described(client_as: ClientAs, item: str) -> None:
    seen = page(client_as(Role.VERIFIER), item)
    still, sheet = pictures(seen)
    assert np.abs(still - QUERY).mean() < 8
    assert sheet.shape[1] > still.shape[1]
    assert all(each["alt"] for each in seen.named("img"))


@pytest.mark.parametrize("role", [Role.EDITOR, Role.PRODUCER], ids=str)
def test_what_takes_care_is_blurred_for_everyone(
    client_as: ClientAs, item: str, database: Database, role: Role
) -> None:
    with database.write() as session:
        look(session, item, "pow")
    seen = page(client_as(role), item)
    assert "This item shows prisoners of war. Pictures are blurred" in seen.text
    still = pictures(seen)[0]
    assert still.shape == QUERY.shape
    assert np.abs(still - veil.blurred(QUERY)).mean() < 8
    assert np.abs(still - QUERY).mean() > 8


def test_who_may_not_see_pictures_gets_none(
    client_as: ClientAs, item: str, database: Database
) -> None:
    with database.write() as session:
        look(session, item, "pow")
    seen = page(client_as(Role.VIEWER), item)
    assert pictures(seen) == []
    assert "not shown to the role" in seen.text


@pytest.mark.parametrize(
    ("role", "sees"), [(Role.PRODUCER, False), (Role.VERIFIER, True)], ids=["producer", "verifier"]
)
def test_restricted_terms_and_sources_are_for_those_who_may_know(
    client_as: ClientAs, item: str, database: Database, *, role: Role, sees: bool
) -> None:
    with database.write() as session:
        restrict(session, item, "박철수", "soldiers")
    client = client_as(role)
    text = page(client, item).text
    document = pypdfium2.PdfDocument(client.get(f"/v1/media/{item}/report.pdf").content)
    printed = "".join(each.get_textpage().get_text_bounded() for each in document)
    title = document.get_metadata_value("Title")
    assert [name in text for name in ("박철수", "soldiers", "A neighbour")] == [sees] * 3
    assert [name in printed for name in ("박철수", "soldiers", "A neighbour")] == [sees] * 3
    assert ("박철수" in title) is sees
    assert ("[withheld" in text) is not sees
    assert "Ask the editor first" not in text


def test_it_runs_nothing_and_is_for_key_holders(client_as: ClientAs, item: str) -> None:
    viewer = client_as(Role.VIEWER)
    answer = viewer.get(f"/v1/media/{item}/report.html")
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "no-store" in answer.headers["Cache-Control"]
    assert not Seen(answer.text).named("script")
    for ending in ("html", "pdf"):
        address = f"/v1/media/{item}/report.{ending}"
        assert viewer.get(address, headers={"Authorization": ""}).status_code == 401
        assert viewer.get(f"/v1/media/unknown/report.{ending}").status_code == 404


def test_an_item_that_just_arrived_has_a_report(client: TestClient, database: Database) -> None:
    with database.write() as session:
        bare = add_item(session)
    seen = page(client, bare)
    assert "Not reviewed" in seen.text
    assert "has not been searched for yet" in seen.text
    assert client.get(f"/v1/media/{bare}/report.pdf").status_code == 200


def test_a_long_history_is_cut_and_says_so(
    client: TestClient, item: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.report.gathering.HISTORY_MOST", 3)
    text = page(client, item).text
    with database.read() as session:
        version = services.verifications.find(session, item).version
    assert f"{version - 3} earlier entries are left out" in text
    assert "Opened" not in text


def test_many_arrivals_are_cut_and_say_so(
    client: TestClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services.report.gathering, "_AT_ONCE", 2)
    with database.write() as session:
        fresh = add_item(session)
        for number, name in enumerate(("again.mp4", "once more.mp4"), 1):
            said = {"received_at": db.now() + timedelta(hours=number), "filename": name}
            session.add(db.media.Receipt(media_id=fresh, received_by="x", **said))
    text = page(client, fresh).text
    assert "again.mp4" in text
    assert "once more.mp4" not in text
    assert "1 later arrivals are left out here." in text
