import json
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from app import db, services
from app.access import Role
from app.bootstrap import Parts
from app.core.media import MediaKind
from app.core.policy import Grade
from app.db import Database
from app.db.verifications import HistoryEntry
from app.desk.compare_views import view_of
from app.desk.match_views import coverage, rows
from app.schemas.enums import Shelf
from app.schemas.matches import Explained, Span
from app.schemas.privacy_enums import SensitivityFlag
from app.schemas.sensitivity import SensitivityChange
from app.services import frame_tables
from tests.desk.painted import paint, store
from tests.records import actor_of, add_item, add_match, make_known

BrowserOf = Callable[[Role], TestClient]


@pytest.fixture
def pair(database: Database) -> str:
    with database.write() as session:
        return add_match(
            session, add_item(session, title="viral"), add_item(session, title="March")
        )


def flag(database: Database, match: str) -> None:
    change = SensitivityChange(flags=[SensitivityFlag.POW], reviewed=True)
    with database.write() as session:
        known = services.matches.read(session, match).known_media_id
        record = services.verifications.take(session, known)
        services.sensitivity.change(session, record, change, actor_of(Role.EDITOR))


def numbers(page: str) -> dict[str, Any]:
    """What the page hands to its scripts."""
    found = re.search(r'id="pair">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    read: dict[str, Any] = json.loads(found[1])
    return read


def test_the_page_says_what_matches_what_and_hands_the_numbers_to_scripts(
    browser_of: BrowserOf, pair: str
) -> None:
    page = browser_of(Role.VIEWER).get(f"/desk/matches/{pair}").text
    assert "mirrored, cropped to 60 % × 60 %" in page
    assert "0:20.1 – 0:26.1" in page
    assert "Match 1 of 1" in page
    given = numbers(page)
    assert given["segments"] == [
        {
            "query": [0, 6000],
            "known": [20_100, 26_100],
            "speed": 1.0,
            "mirrored": True,
            "reversed": False,
        }
    ]
    assert given["evidence"][0]["placement"] is None
    assert 'value="confirmed"' not in page  # a viewer judges nothing


def test_what_is_in_no_collection_is_called_an_upload(
    browser_of: BrowserOf, database: Database, pair: str
) -> None:
    viewer = browser_of(Role.VIEWER)
    page = viewer.get(f"/desk/matches/{pair}").text
    assert "an excerpt of another upload" in page
    assert "known item" not in page.lower()
    with database.write() as session:
        make_known(session, services.matches.read(session, pair).known_media_id)
    page = viewer.get(f"/desk/matches/{pair}").text
    assert "an excerpt of the known item" in page
    assert page.count("Known item") == 2


def test_of_a_still_in_a_container_of_video_the_kept_picture_is_shown(
    browser_of: BrowserOf, database: Database, pair: str
) -> None:
    with database.write() as session:
        found = services.matches.read(session, pair)
        query = session.get_one(db.media.Media, found.query_media_id)
        known = session.get_one(db.media.Media, found.known_media_id)
        query.kind = known.kind = MediaKind.STILL
        query.content_type, known.content_type = "video/mp4", "image/png"
        own = query.id, known.id
    page = browser_of(Role.VIEWER).get(f"/desk/matches/{pair}").text
    sources = re.findall(r'<img data-media [^>]*src="([^"]*)"', page)
    assert sources == [f"/v1/media/{own[0]}/stills/at/0", f"/v1/media/{own[1]}/file"]


def test_only_the_side_that_is_a_still_is_told_to_be_one(database: Database, pair: str) -> None:
    beginning = {"start_ms": 0, "end_ms": 0}
    with database.write() as session:
        match = session.get_one(db.matches.StoredMatch, pair)
        match.segments = [
            {**each, "query": beginning, "known": beginning} for each in match.segments
        ]
        session.get_one(db.media.Media, match.query_media_id).kind = MediaKind.STILL
        session.flush()
        viewer = actor_of(Role.VIEWER)
        page = services.compare_page.read(session, pair, viewer)
        view = view_of(page, viewer, clear=False)
    assert [(each.query, each.known) for each in view.segments] == [("still", "0:00.0")]
    titles = {each.stretch.title for side in view.sides for each in side.strip.blocks}
    assert titles == {"still: 0:00.0"}
    [of_upload], [of_known] = rows([page.match]), rows([page.match], of_known=True)
    assert (of_upload.stretches, of_known.stretches) == (
        (("still", "0:00.0"),),
        (("0:00.0", "still"),),
    )
    explained = Explained(share=1.0, spans=[Span(start_ms=0, end_ms=0)])
    known = page.match.model_copy(update={"against": Shelf.KNOWN})
    [block] = coverage([known], explained, MediaKind.STILL, None).blocks
    assert block.stretch.title == "still: March, 0:00.0"


def test_a_mirrored_placement_is_told_of_the_picture_as_it_is(
    database: Database, pair: str
) -> None:
    with database.write() as session:
        match = db.matches.find(session, pair)
        assert match is not None
        placed = {"placement": [0.5, 0, 0.25, 0, 0.5, 0.5], "mirrored": True}
        match.evidence = [{**each, **placed} for each in match.evidence]
        session.flush()
        verifier = actor_of(Role.VERIFIER)
        view = view_of(services.compare_page.read(session, pair, verifier), verifier, clear=False)
    [evidence] = view.pair["evidence"]  # type: ignore[misc]
    assert evidence["placement"] == (-0.5, 0, 0.75, 0, 0.5, 0.5)
    assert set(evidence["outlines"]["known"]) == {(0.75, 0.5), (0.25, 0.5), (0.25, 1), (0.75, 1)}
    assert len(evidence["outlines"]["query"]) == 4


def test_matches_of_an_upload_are_walked_in_the_order_of_its_list(
    browser_of: BrowserOf, database: Database
) -> None:
    with database.write() as session:
        query = add_item(session)
        wanted = [(Grade.CERTAIN, 0.99), (Grade.PROBABLE, 0.7), (Grade.LEAD, 0.3)]
        ids = [add_match(session, query, add_item(session), *each) for each in wanted]
    page = browser_of(Role.VERIFIER).get(f"/desk/matches/{ids[1]}").text
    assert re.search(rf'data-key="p" href="/desk/matches/{ids[0]}"', page)
    assert re.search(rf'data-key="n" href="/desk/matches/{ids[2]}"', page)
    assert "Match 2 of 3" in page


def test_flagged_pictures_are_blurred_stills_until_somebody_asks_on_purpose(
    browser_of: BrowserOf, database: Database, pair: str
) -> None:
    flag(database, pair)
    address = f"/desk/matches/{pair}"
    verifier = browser_of(Role.VERIFIER)
    blurred, clear = verifier.get(address).text, verifier.post(f"{address}/clear").text
    for page, is_clear in ((blurred, False), (clear, True)):
        assert ("<video" in page) is is_clear
        assert numbers(page)["clear"] is is_clear
        assert ("blurred=false" in page) is is_clear
        assert "prisoners of war" in page
    producer = browser_of(Role.PRODUCER)
    assert "<video" not in producer.post(f"{address}/clear").text
    unseen = browser_of(Role.VIEWER).get(address).text
    assert "<video" not in unseen
    assert "/evidence/" not in unseen


def test_a_person_judges_and_takes_it_back(
    browser_of: BrowserOf, database: Database, pair: str
) -> None:
    address = f"/desk/matches/{pair}"
    verifier = browser_of(Role.VERIFIER)

    def decided() -> str | None:
        with database.read() as session:
            return services.matches.read(session, pair).review.decision

    sent = verifier.post(f"{address}/review", data={"decision": "rejected", "note": "other room"})
    assert (sent.status_code, sent.headers["location"], decided()) == (303, address, "rejected")
    assert 'data-key="u"' in verifier.get(address).text
    assert 'data-key="u"' not in browser_of(Role.EDITOR).get(address).text
    assert verifier.post(f"{address}/review/undo").status_code == 303
    assert decided() is None
    refused = verifier.post(f"{address}/review/undo")
    assert refused.status_code == 409
    assert "nothing to take back" in refused.text
    assert verifier.post(f"{address}/review", data={"decision": "perhaps"}).status_code == 422
    for role in (Role.VIEWER, Role.PRODUCER):
        assert (
            browser_of(role).post(f"{address}/review", data={"decision": "rejected"}).status_code
            == 403
        )
    assert decided() is None


def test_the_history_says_what_was_judged_and_what_was_taken_back(
    browser_of: BrowserOf, database: Database, pair: str
) -> None:
    verifier = browser_of(Role.VERIFIER)
    for decision in ("confirmed", "rejected"):
        verifier.post(f"/desk/matches/{pair}/review", data={"decision": decision})
    for _ in range(2):
        verifier.post(f"/desk/matches/{pair}/review/undo")
    with database.read() as session:
        media_id = services.matches.read(session, pair).query_media_id
    page = verifier.get(f"/desk/media/{media_id}/history").text
    said = [" ".join(each.split()) for each in re.sub(r"<[^>]+>", "", page).split("A verifier")]
    assert said[1].endswith("Match reviewed Confirmed Compare")
    assert said[2].endswith("Match reviewed Rejected Compare")
    assert said[3].endswith("Judgement taken back · it is again: Confirmed Compare")
    assert said[4].endswith("Judgement taken back Compare")


def test_a_refused_judgement_keeps_its_note(
    browser_of: BrowserOf, database: Database, pair: str
) -> None:
    with database.write() as session:
        session.get_one(db.matches.StoredMatch, pair).invalidated_at = db.now()
    sent = {"decision": "confirmed", "note": "the <same> street"}
    refused = browser_of(Role.VERIFIER).post(f"/desk/matches/{pair}/review", data=sent)
    assert refused.status_code == 409
    assert "the &lt;same&gt; street</textarea>" in refused.text


def test_what_is_too_old_to_take_back_is_not_offered(
    browser_of: BrowserOf, database: Database, pair: str
) -> None:
    verifier, address = browser_of(Role.VERIFIER), f"/desk/matches/{pair}"
    verifier.post(f"{address}/review", data={"decision": "confirmed"})
    with database.write() as session:
        earlier = db.now() - services.reviews.TAKEN_BACK_WITHIN
        session.execute(sa.update(HistoryEntry).values(at=earlier))
    assert 'data-key="u"' not in verifier.get(address).text
    assert verifier.post(f"{address}/review/undo").status_code == 409


def test_frame_times_are_those_of_the_container_and_are_read_once(
    browser_of: BrowserOf, parts: Parts, tmp_path: Path
) -> None:
    clip = paint(tmp_path / "clip.mp4", 40)
    with parts.database.write() as session:
        item = store(parts, session, clip, 40, "clip")
        bare = add_item(session)
    viewer = browser_of(Role.VIEWER)
    table = viewer.get(f"/desk/media/{item}/frames.json").json()
    assert table == {
        "time_base": [1, 30_000],
        "origin": 0,
        "first": 0,
        "count": 40,
        "step": 1001,
        "steps": None,
        "end": 40_040,
    }
    with parts.database.read() as session:
        found = db.media.find(session, item)
        assert found is not None
        parts.blobs.delete(found.sha256)
    assert viewer.get(f"/desk/media/{item}/frames.json").json() == table
    assert viewer.get(f"/desk/media/{bare}/frames.json").status_code == 404


def test_frame_times_of_a_file_are_not_waited_for_by_many(
    browser_of: BrowserOf, parts: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = paint(tmp_path / "clip.mp4", 40)
    with parts.database.write() as session:
        item = store(parts, session, clip, 40, "clip")
    address = f"/desk/media/{item}/frames.json"
    viewer = browser_of(Role.VIEWER)
    with monkeypatch.context() as others:
        others.setattr(frame_tables, "_queue", threading.Semaphore(0))
        assert viewer.get(address).status_code == 503
    assert viewer.get(address).status_code == 200


def test_what_is_not_there_is_a_page_that_says_so(browser_of: BrowserOf) -> None:
    answer = browser_of(Role.VERIFIER).get("/desk/matches/unknown")
    assert answer.status_code == 404
    assert "There is no such match." in answer.text
