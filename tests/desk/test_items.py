import io
import re
import zipfile
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from app import db, services
from app.access import Role
from app.bootstrap import Parts
from app.core.policy import Grade
from app.core.provenance.values import CredentialState
from app.db import Database
from app.db.matches import StoredMatch
from app.db.media import Media
from app.schemas.enums import CollectionKind, MediaState, Shelf
from app.schemas.privacy_enums import SensitivityFlag
from app.schemas.record_enums import AttentionReason
from app.services import collections, compare_page, item_page
from tests.records import actor_of, add_item, add_match, make_known, reading_of

type BrowserOf = Callable[[Role], TestClient]

ADMIN = actor_of(Role.ADMIN)


def ready(database: Database, title: str = "Viral", *flags: SensitivityFlag) -> str:
    with database.write() as session:
        media_id = add_item(session, title=title, source_name="a channel")
        item = session.get_one(Media, media_id)
        item.state, item.duration_ms = MediaState.READY, 10_000
        item.width, item.height, item.progress = 640, 360, 1.0
        if flags:
            record = services.verifications.take(session, media_id)
            services.sensitivity.add(session, record, flags, ADMIN)
    return media_id


def test_the_page_shows_matches_in_words(database: Database, browser_of: BrowserOf) -> None:
    media_id, march, other = ready(database), ready(database, "March"), ready(database, "Other")
    with database.write() as session:
        add_match(session, media_id, march)
        add_match(session, media_id, other, Grade.LEAD, 0.2)
    page = browser_of(Role.VIEWER).get(f"/desk/media/{media_id}").text
    assert "March" in page
    assert "Leads (1)" in page
    assert page.count(">another upload<") == 3  # two matches, and the sure one as a version
    assert "a channel" in page
    assert "muted" in page
    assert "autoplay" not in page


def test_no_confidence_is_rounded_up_into_the_next_grade(
    database: Database, browser_of: BrowserOf
) -> None:
    media_id = ready(database)
    with database.write() as session:
        lead = add_match(session, media_id, add_item(session), Grade.LEAD, 0.498)
        add_match(session, media_id, add_item(session), Grade.PROBABLE, 0.8999)
        add_match(session, media_id, add_item(session), Grade.PROBABLE, 0.58)
    viewer = browser_of(Role.VIEWER)
    page = viewer.get(f"/desk/media/{media_id}").text
    for said in (">lead 49 %<", ">probable 89 %<", ">probable 58 %<"):
        assert said in page
    assert ">lead 49 %<" in viewer.get(f"/desk/matches/{lead}").text


def test_a_title_from_right_to_left_moves_nothing_beside_it(
    database: Database, browser_of: BrowserOf
) -> None:
    with database.write() as session:
        march = add_item(session, title="سجن 2024")
        make_known(session, march)
    media_id = ready(database)
    with database.write() as session:
        match_id = add_match(session, media_id, march)
    viewer = browser_of(Role.VIEWER)
    link = f'<a dir="auto" href="/desk/media/{march}">سجن 2024</a>'
    for page in (f"/desk/media/{media_id}", f"/desk/matches/{match_id}"):
        assert link in viewer.get(page).text
    assert "“\u2068سجن 2024\u2069”" in viewer.get("/desk/").text


def test_a_value_that_is_cut_says_so_and_a_named_source_is_not_unknown(
    database: Database, browser_of: BrowserOf
) -> None:
    media_id = ready(database)
    said = {"kind": "software", "origin": "EXIF", "reader": "test", "at": None}
    values = [{**said, "name": name, "value": name * 400} for name in ("a", "bc")]
    with database.write() as session:
        reading = reading_of(media_id, CredentialState.NONE)
        reading.metadata_values = values
        session.add(reading)
    page = browser_of(Role.VIEWER).get(f"/desk/media/{media_id}").text
    assert f"<td>{'a' * 400}</td>" in page
    assert f"<td>{'bc' * 200}…</td>" in page
    assert "<p>a channel</p>" in page
    assert "source unknown" not in page


def test_what_was_found_is_said_from_the_side_of_the_page(
    database: Database, browser_of: BrowserOf
) -> None:
    march, earlier, later = (ready(database, each) for each in ("March", "Earlier", "Later"))
    with database.write() as session:
        make_known(session, march)
        add_match(session, later, march)
        add_match(session, later, earlier)
    viewer = browser_of(Role.VIEWER)
    said = words(viewer.get(f"/desk/media/{later}").text)
    assert "An excerpt of the known item: mirrored" in said
    assert "100 % of this upload, 31 % of the known item" in said
    assert "An excerpt of another upload: mirrored" in said
    assert "100 % of this upload, 31 % of that upload" in said
    for other in (march, earlier):
        said = words(viewer.get(f"/desk/media/{other}").text)
        assert "An excerpt of this item: mirrored" in said
        assert "31 % of this item, 100 % of that upload" in said
        assert "0:20.1 – 0:26.1 → 0:00.0 – 0:06.0" in said
        assert "known item" not in said.partition("Found in later uploads")[2].partition("Other")[0]


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", page).split())


def test_a_page_that_a_refused_form_shows_is_refreshed_as_the_item(
    database: Database, browser_of: BrowserOf
) -> None:
    with database.write() as session:
        media_id = add_item(session)
    refused = browser_of(Role.VERIFIER).post(f"/desk/media/{media_id}/retry")
    assert (refused.status_code, 'id="refusal"' in refused.text) == (409, True)
    assert f'hx-get="/desk/media/{media_id}"' in refused.text


def test_what_a_first_look_found_is_seen_at_once(database: Database, browser_of: BrowserOf) -> None:
    march = ready(database, "March")
    with database.write() as session:
        media_id = add_item(session, title="Viral")
        match_id = add_match(session, media_id, march, Grade.LEAD, 0.4)
        session.get_one(StoredMatch, match_id).preliminary = True
    viewer = browser_of(Role.VIEWER)
    first = viewer.get(f"/desk/media/{media_id}").text
    assert re.search(r'<details class="card" open>\s*<summary>First look \(1\)', first)
    assert "The full answer follows." in first
    with database.write() as session:
        session.get_one(StoredMatch, match_id).preliminary = False
        session.get_one(Media, media_id).state = MediaState.READY
    full = viewer.get(f"/desk/media/{media_id}").text
    assert re.search(r'<details class="card">\s*<summary>Leads \(1\)', full)


def test_another_upload_explains_nothing(database: Database, browser_of: BrowserOf) -> None:
    media_id, other = ready(database), ready(database, "Earlier upload")
    with database.write() as session:
        found = session.get_one(StoredMatch, add_match(session, media_id, other))
        found.against = Shelf.UPLOAD
    page = browser_of(Role.VIEWER).get(f"/desk/media/{media_id}").text
    strip = page.partition('id="coverage-title"')[2].partition("</section>")[0]
    assert "Earlier upload" not in strip
    assert "another upload" in page


def test_an_item_in_work_asks_for_its_progress(database: Database, browser_of: BrowserOf) -> None:
    with database.write() as session:
        media_id = add_item(session, title="New")
    page = browser_of(Role.VIEWER).get(f"/desk/media/{media_id}").text
    assert 'hx-trigger="every 1500ms"' in page
    assert "Waiting, 0 %" in page


def test_what_takes_care_is_blurred_until_asked_for(
    database: Database, browser_of: BrowserOf
) -> None:
    media_id = ready(database, "Prisoners", SensitivityFlag.POW, SensitivityFlag.DEAD)
    verifier = browser_of(Role.VERIFIER)
    page = verifier.get(f"/desk/media/{media_id}").text
    assert "<video" not in page
    assert "blurred=false" not in page
    assert "/stills/at/" in page
    assert "data-seek" not in page  # there is nothing to seek in
    assert "This item shows" in page
    clear = verifier.post(f"/desk/media/{media_id}/clear").text
    assert "<video" in clear
    assert 'class="grey"' in clear
    assert "?blurred=false" in clear
    assert "<button" in clear.partition('class="stills"')[2].partition("data-seek")[0]


def test_who_may_not_see_it_is_not_shown_it(database: Database, browser_of: BrowserOf) -> None:
    media_id = ready(database, "Prisoners", SensitivityFlag.POW)
    viewer, producer = browser_of(Role.VIEWER), browser_of(Role.PRODUCER)
    assert f"/v1/media/{media_id}/stills" not in viewer.get(f"/desk/media/{media_id}").text
    assert "<video" not in producer.post(f"/desk/media/{media_id}/clear").text
    assert producer.get(f"/v1/media/{media_id}/file").status_code in {403, 404}


def test_an_item_is_promoted_and_taken_out_again(database: Database, browser_of: BrowserOf) -> None:
    media_id, verifier = ready(database), browser_of(Role.VERIFIER)
    with database.write() as session:
        collections.create(session, "archive", "Archive", CollectionKind.ARCHIVE, ADMIN)
    address = f"/desk/media/{media_id}/collections"
    assert verifier.post(address, data={"slug": "archive"}).status_code == 303
    with database.read() as session:
        assert db.media_lists.facets(session, [media_id])[media_id].collections == ["archive"]
    assert verifier.post(f"{address}/archive/leave").status_code == 303
    with database.read() as session:
        assert db.media_lists.facets(session, [media_id])[media_id].collections == []
    assert browser_of(Role.VIEWER).post(address, data={"slug": "archive"}).status_code == 403


def test_a_reason_to_look_is_closed_with_what_came_of_it(
    database: Database, browser_of: BrowserOf
) -> None:
    media_id, verifier = ready(database), browser_of(Role.VERIFIER)
    with database.write() as session:
        reason = AttentionReason.SOURCE_DELETED
        opened = services.attention.open(session, media_id, reason, {}).id
    act = f"/desk/media/{media_id}/attention/{opened}/close"
    assert act in verifier.get(f"/desk/media/{media_id}").text
    refused = verifier.post(act, data={"note": ""})
    assert refused.status_code == 422
    assert 'id="refusal"' in refused.text
    closed = verifier.post(act, data={"note": "A copy is kept here."})
    assert closed.headers["location"] == f"/desk/media/{media_id}"
    assert act not in verifier.get(f"/desk/media/{media_id}").text
    late = verifier.post(act, data={"note": "It is back at its old address."})
    assert late.status_code == 409
    assert "It is back at its old address." in late.text
    assert browser_of(Role.VIEWER).post(act, data={"note": "Nothing."}).status_code == 403


def test_what_is_open_is_shown_however_much_was_closed_since(
    database: Database, browser_of: BrowserOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    media_id, verifier = ready(database), browser_of(Role.VERIFIER)
    reason = AttentionReason.SOURCE_DELETED
    with database.write() as session:
        oldest, *others = (
            services.attention.open(session, media_id, reason, {"number": number}).id
            for number in range(4)
        )
    for each in others:
        act = f"/desk/media/{media_id}/attention/{each}/close"
        assert verifier.post(act, data={"note": "Seen."}).status_code == 303
    monkeypatch.setattr(item_page, "FURTHER_MOST", 2)
    page = verifier.get(f"/desk/media/{media_id}").text
    assert f"/attention/{oldest}/close" in page
    assert "all that are open, and the newest that are closed; there are more" in page
    assert f'href="/v1/media/{media_id}/verification/attention"' in page


def test_a_failed_item_says_why(database: Database, browser_of: BrowserOf) -> None:
    media_id = ready(database)
    with database.write() as session:
        item = session.get_one(Media, media_id)
        item.state = MediaState.FAILED
        item.failure = {"code": "corrupt", "detail": "It ends too early.", "retryable": False}
    page = browser_of(Role.PRODUCER).get(f"/desk/media/{media_id}").text
    assert "It ends too early." in page
    assert '<span class="visually-hidden">Owner: </span>no owner' in page
    assert "Not searched: the file could not be read." in page
    assert "The search is still under way." not in page
    assert "Try again" not in page
    assert browser_of(Role.VERIFIER).post(f"/desk/media/{media_id}/retry").status_code == 409


def test_stills_are_packed_for_a_search_by_hand(
    parts: Parts, database: Database, browser_of: BrowserOf
) -> None:
    media_id, empty = ready(database), ready(database)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(30):
            archive.writestr(f"{number}-{number * 1000}.jpg", b"picture %d" % number)
    parts.blobs.put_derived(media_id, "pictures.zip", packed.getvalue())
    browser = browser_of(Role.VIEWER)
    answer = browser.get(f"/desk/media/{media_id}/stills.zip")
    assert answer.headers["content-type"] == "application/zip"
    names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert len(names) == 12
    assert (names[0], names[-1]) == ("00000000ms.jpg", "00029000ms.jpg")
    assert browser.get(f"/desk/media/{empty}/stills.zip").status_code == 404


def test_lists_that_are_cut_say_so(
    database: Database, browser_of: BrowserOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    media_id = ready(database)
    with database.write() as session:
        others = [add_item(session, title=f"known {number}") for number in range(3)]
        found = [add_match(session, media_id, each) for each in others]
        for number in range(3):
            add_match(session, add_item(session, title=f"later {number}"), media_id)
        first = db.media.receipts(session, media_id, 1, None).items[0]
        copied = {
            name: getattr(first, name) for name in ("received_by", "received_via", "filename")
        }
        session.add_all(db.media.Receipt(media_id=media_id, **copied) for _ in range(2))
    viewer, address = browser_of(Role.VIEWER), f"/desk/media/{media_id}"
    whole = viewer.get(address).text
    assert "Receipts (3)" in whole
    assert "there are more" not in whole
    assert "Match 3 of 3" in viewer.get(f"/desk/matches/{max(found)}").text
    for name in ("MATCHES_MOST", "FURTHER_MOST", "RECEIPTS_MOST"):
        monkeypatch.setattr(item_page, name, 2)
    monkeypatch.setattr(compare_page, "NEIGHBOURS_MOST", 2)
    page = viewer.get(address).text
    assert "Receipts (the first 2)" in page
    assert page.count("These are the first 2; there are more.") == 3
    for what in ("receipts", "matches", "matches?side=known"):
        assert f'href="/v1/media/{media_id}/{what}"' in page
        assert viewer.get(f"/v1/media/{media_id}/{what}").status_code == 200
    assert "Match 1 of more than 2" in viewer.get(f"/desk/matches/{min(found)}").text
    assert "A match after the first 2" in viewer.get(f"/desk/matches/{max(found)}").text
