"""An item's care at a browser: flags, words, retention, holds, and its end."""

import re
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from app import db, services
from app.access import Role
from app.db import Database
from app.schemas.privacy_enums import SensitivityFlag
from tests.desk.sending import fields_of
from tests.desk.test_items import ready
from tests.services.test_late_purges import publish

type BrowserOf = Callable[[Role], TestClient]


def send(browser: TestClient, media_id: str, act: str, **fields: str | list[str]) -> Response:
    which = act.partition("/")[0]
    return browser.post(f"/desk/media/{media_id}/care/{act}", data={"which": which, **fields})


def care(browser: TestClient, media_id: str) -> str:
    answer = browser.get(f"/desk/media/{media_id}/care")
    assert answer.status_code == 200
    return answer.text


def test_flags_are_set_with_where_they_are_and_lifted_by_editors(
    database: Database, browser_of: BrowserOf
) -> None:
    media_id, verifier = ready(database), browser_of(Role.VERIFIER)
    flagged = send(
        verifier,
        media_id,
        "flags",
        flags=["pow", "minor"],
        reviewed="yes",
        **{"stretches.pow": "0:05–0:07.25; 9"},
    )
    assert flagged.status_code == 303
    assert 'value="0:05–0:07.25, 0:09"' in care(verifier, media_id)
    with database.read() as session:
        told = {each.flag: each for each in services.sensitivity.read(session, media_id).details}
    ranges = [(each.start_ms, each.end_ms) for each in told[SensitivityFlag.POW].time_ranges]
    assert ranges == [(5000, 7250), (9000, 9000)]
    assert told[SensitivityFlag.MINOR].time_ranges == []
    lifted = send(verifier, media_id, "flags", flags="pow", reviewed="yes")
    assert (lifted.status_code, 'id="refusal"' in lifted.text) == (403, True)
    assert send(browser_of(Role.EDITOR), media_id, "flags", reviewed="yes").status_code == 303
    history = verifier.get(f"/desk/media/{media_id}/history").text
    for said in ("added", "taken away"):
        assert f"{said}: children, prisoners of war" in history


@pytest.mark.parametrize("until", ["2099-01-01T00:00", "2099-01-01T00:00:00.000Z"])
def test_a_hold_whose_form_is_refused_still_ends(
    database: Database, browser_of: BrowserOf, until: str
) -> None:
    media_id, admin = ready(database), browser_of(Role.ADMIN)
    refused = send(admin, media_id, "holds", which="hold", until=until)
    assert refused.status_code == 422
    # What a browser takes for a date and time has no zone; without scripts it is UTC.
    assert fields_of(refused.text, "hold")["until"] == ["2099-01-01T00:00"]


@pytest.mark.parametrize(
    ("typed", "said"), [("soon", "is no time"), ("0:09-0:05", "ends before it begins")]
)
def test_a_time_that_is_none_is_told_in_place(
    database: Database, browser_of: BrowserOf, typed: str, said: str
) -> None:
    media_id, verifier = ready(database), browser_of(Role.VERIFIER)
    refused = send(verifier, media_id, "flags", flags="pow", **{"stretches.pow": typed})
    assert (refused.status_code, said in refused.text) == (422, True)
    assert f'value="{typed}"' in refused.text
    assert 'value="pow" checked' in refused.text


def test_what_somebody_else_flagged_meanwhile_is_not_overwritten(
    database: Database, browser_of: BrowserOf
) -> None:
    media_id, editor = ready(database), browser_of(Role.EDITOR)
    version = re.search(r'name="version" value="(\d+)"', care(editor, media_id))
    assert version is not None
    send(browser_of(Role.VERIFIER), media_id, "flags", flags="minor")
    overtaken = send(editor, media_id, "flags", flags="pow", version=version[1])
    assert (overtaken.status_code, "Somebody else changed" in overtaken.text) == (412, True)


def test_restricted_words_are_for_verifiers(database: Database, browser_of: BrowserOf) -> None:
    media_id, verifier, viewer = ready(database), browser_of(Role.VERIFIER), browser_of(Role.VIEWER)
    terms = {"terms|lines": "Kim Chol-su\n\n  AB 123456 "}
    assert send(verifier, media_id, "terms", **terms).status_code == 303
    assert "AB 123456\nKim Chol-su</textarea>" in care(verifier, media_id)
    assert "Chol-su" not in care(viewer, media_id)
    odd = send(verifier, media_id, "terms", **{"terms|lines": "– –"})
    assert (odd.status_code, "at least one letter" in odd.text) == (422, True)
    assert send(viewer, media_id, "terms", **terms).status_code == 403
    assert send(verifier, media_id, "terms", **{"terms|lines": ""}).status_code == 303
    with database.read() as session:
        assert db.restricted_terms.of_media(session, media_id) == []


def test_a_class_is_set_by_hand_and_left_again(database: Database, browser_of: BrowserOf) -> None:
    media_id, admin = ready(database), browser_of(Role.ADMIN)
    assert "Nobody took it up" in care(admin, media_id)
    kept = send(admin, media_id, "retention", retention_class="used", reason="For the anniversary.")
    assert kept.status_code == 303
    page = care(admin, media_id)
    assert "set by hand" in page
    assert "kept for ever" in page
    assert send(admin, media_id, "retention", retention_class="void").status_code == 422
    left = send(admin, media_id, "retention", retention_class="", reason="No longer needed.")
    assert left.status_code == 303
    assert "follows from its state" in care(browser_of(Role.VIEWER), media_id)
    assert send(browser_of(Role.EDITOR), media_id, "retention", reason="why").status_code == 403


def test_a_hold_forbids_the_purge_until_it_is_released(
    database: Database, browser_of: BrowserOf
) -> None:
    media_id, admin = ready(database), browser_of(Role.ADMIN)
    reason = "A court asked for it."
    past = send(admin, media_id, "holds", which="hold", reason=reason, until="2020-01-01T10:00")
    assert (past.status_code, "in the past" in past.text) == (422, True)
    placed = send(admin, media_id, "holds", which="hold", reason=reason, until="2099-01-01T10:00")
    assert placed.status_code == 303
    assert reason in care(browser_of(Role.AUDITOR), media_id)
    verifiers = care(browser_of(Role.VERIFIER), media_id)
    assert reason not in verifiers
    assert "A legal hold keeps it" in verifiers
    goes = {"authority": "desk", "reason": "A test of it.", "sure": "yes"}
    held = send(admin, media_id, "purge", **goes)
    assert (held.status_code, "must be released first" in held.text) == (409, True)
    with database.read() as session:
        hold_id = db.holds.of_media(session, media_id)[0].id
    other = send(admin, ready(database), f"holds/{hold_id}/release", reason="Another item's.")
    assert other.status_code == 404
    assert (
        send(admin, media_id, f"holds/{hold_id}/release", reason="It is over.").status_code == 303
    )
    assert "It is over." in care(admin, media_id)
    again = {"which": f"release-{hold_id}", "reason": "Asked twice."}
    over = send(admin, media_id, f"holds/{hold_id}/release", **again)
    assert (over.status_code, over.text.count('id="refusal"')) == (409, 1)
    assert '<p class="quote">Asked twice.</p>' in over.text
    assert send(admin, media_id, "purge", **goes).status_code == 303


def test_a_purge_is_meant_and_leaves_a_tombstone(database: Database, browser_of: BrowserOf) -> None:
    media_id, admin = ready(database, "Two men"), browser_of(Role.ADMIN)
    goes = {"authority": "court", "reason": "Order 12/26 of the court.", "sure": "yes"}
    unsure = send(admin, media_id, "purge", **{**goes, "sure": ""})
    assert (unsure.status_code, "tick the box" in unsure.text) == (422, True)
    assert "Order 12/26" in unsure.text
    unreasoned = send(admin, media_id, "purge", **goes, keep_fingerprint="true")
    assert (unreasoned.status_code, "keep_reason" in unreasoned.text) == (422, True)
    done = send(admin, media_id, "purge", **goes)
    assert done.status_code == 303
    for part in ("", "/care", "/record", "/history"):
        left = admin.get(f"/desk/media/{media_id}{part}")
        assert left.status_code == 410
        assert "Order 12/26 of the court." in left.text
        assert "Two men" not in left.text
    with database.read() as session:
        tombstone = db.tombstones.find(session, media_id)
    assert tombstone is not None
    assert tombstone.step == "done"


def test_what_a_purge_left_public_is_taken_away_as_the_law_asks(
    database: Database, browser_of: BrowserOf
) -> None:
    with database.write() as session:
        media_id = publish(session)
    admin, editor = browser_of(Role.ADMIN), browser_of(Role.EDITOR)
    assert send(admin, media_id, "purge", authority="desk", reason="Old.", sure="yes").is_redirect
    left, form = "still to be read", f'action="/desk/media/{media_id}/care/purge"'
    shown, to_others = (each.get(f"/desk/media/{media_id}").text for each in (admin, editor))
    assert (left in shown, form in shown) == (True, True)
    assert (left in to_others, form in to_others) == (True, False)
    by_law = {"authority": "court", "reason": "Order 12/26 of the court.", "sure": "yes"}
    curt = send(admin, media_id, "purge", **by_law | {"reason": "ok"})
    assert (curt.status_code, "at least" in curt.text.partition('id="refusal"')[2]) == (422, True)
    assert ("<details open>" in curt.text, 'value="ok"' in curt.text) == (True, True)
    assert send(admin, media_id, "purge", **by_law).is_redirect
    assert left not in admin.get(f"/desk/media/{media_id}").text
    assert send(admin, media_id, "purge", **by_law).status_code == 410


def test_a_purge_is_proposed_by_one_person_and_decided_by_another(
    database: Database, browser_of: BrowserOf
) -> None:
    media_id, other = ready(database, "Two men"), ready(database, "Three men")
    verifier, editor, admin = (
        browser_of(role) for role in (Role.VERIFIER, Role.EDITOR, Role.ADMIN)
    )
    word = {"authority": "source", "reason": "Its source is in danger."}
    assert send(verifier, media_id, "purge-proposal", authority="source").status_code == 422
    for each in (media_id, other):
        assert send(verifier, each, "purge-proposal", **word).status_code == 303
    again = send(editor, media_id, "purge-proposal", **word)
    assert (again.status_code, "proposed already" in again.text) == (409, True)
    assert "A verifier proposes to purge it." in care(editor, media_id)
    assert "Take the proposal back" in care(verifier, media_id)
    assert "proposes to purge" not in care(browser_of(Role.VIEWER), media_id)
    refused = send(editor, media_id, "purge-proposal/refuse", which="refuse")
    assert (refused.status_code, "what you proposed yourself" in refused.text) == (403, True)
    waiting = admin.get("/desk/settings").text.partition('id="proposed"')[2]
    assert waiting.index("Two men") < waiting.index("Three men")
    assert 'value="Its source is in danger."' in care(admin, media_id)
    assert send(admin, media_id, "purge", **word, sure="yes").status_code == 303
    assert send(admin, other, "purge-proposal/refuse").status_code == 303
    assert "Nobody proposes to purge anything." in admin.get("/desk/settings").text
    history = admin.get(f"/desk/media/{other}/history").text
    assert "turned down" in history
    assert "On whose word: its source" in history


def test_only_admins_purge_and_bringers_take_back_what_is_untouched(
    database: Database, browser_of: BrowserOf
) -> None:
    media_id, producer = ready(database), browser_of(Role.PRODUCER)
    assert "care/take-back" not in care(producer, media_id)
    refused = send(producer, media_id, "take-back", sure="yes")
    assert (refused.status_code, "what only you uploaded" in refused.text) == (403, True)
    goes = {"authority": "desk", "reason": "It has to go.", "sure": "yes"}
    assert send(browser_of(Role.EDITOR), media_id, "purge", **goes).status_code == 403
    with database.write() as session:
        receipt = db.media.receipts(session, media_id, 1, None).items[0]
        receipt.received_by = producer.get("/v1/me").json()["id"]
    assert "care/take-back" in care(producer, media_id)
    assert send(producer, media_id, "take-back").status_code == 422
    assert send(producer, media_id, "take-back", sure="yes").status_code == 303
    assert "Taken back by who uploaded it" in producer.get(f"/desk/media/{media_id}").text


def test_rights_that_are_refused_are_shown_unfolded(
    database: Database, browser_of: BrowserOf
) -> None:
    media_id, verifier = ready(database), browser_of(Role.VERIFIER)
    refused = verifier.post(
        f"/desk/media/{media_id}/record/rights",
        data={"which": "rights", "state": "owned", "terms": "By phone"},
    )
    assert refused.status_code == 422
    form = refused.text.partition('id="rights"')[2]
    assert "<details open>" in form
    assert "By phone" in form
