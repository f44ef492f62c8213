"""Flagged items: who sees what, and what the audit chain says of it."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from app import db
from app.access import Role
from app.blobs.local import PICTURES
from app.bootstrap import Parts
from app.core.fingerprints.pictures import Pictures, pack, read_jpeg, write_jpeg
from app.db import Database
from app.db.sensitivity import SensitiveView
from app.schemas.enums import EventType
from app.schemas.events import CODES, FIELDS, WITHHELD
from app.services import events
from app.services.sending import Sender, SenderPolicy
from tests.filming import Pixels, picture
from tests.receiver import receiving
from tests.records import add_item, add_match
from tests.uploads import png, store_fingerprint, upload

ClientAs = Callable[[Role], TestClient]
SCENE = picture(5, (320, 240))


def keep(parts: Parts, media_id: str) -> None:
    kept = Pictures((0, 1000, 21_100), tuple(write_jpeg(SCENE) for _ in range(3)))
    parts.blobs.put_derived(media_id, PICTURES, pack(kept))


def views(database: Database) -> list[tuple[str, str]]:
    """Who looked at what, in order: the actor's role and what the chain says it was."""
    with database.read() as session:
        rows = session.execute(
            sa.text(
                "SELECT e.actor_role, p.payload FROM audit_entries e"
                " JOIN audit_payloads p ON p.seq = e.seq"
                " WHERE e.action = 'media.viewed' ORDER BY e.seq"
            )
        )
        return [(role, payload.split('"what":"')[1].split('"')[0]) for role, payload in rows]


def is_clear(jpeg: bytes) -> bool:
    shown = read_jpeg(jpeg)
    assert shown.shape == SCENE.shape
    return float(np.abs(shown.astype(int) - SCENE).mean()) < 8


def colourful(pixels: Pixels) -> float:
    return float(np.ptp(pixels.astype(int), axis=2).mean())


@pytest.fixture
def flagged(parts: Parts, client_as: ClientAs) -> str:
    """The path of an item that a verifier has flagged."""
    made = upload(client_as(Role.PRODUCER), png(1)).json()
    keep(parts, made["id"])
    own: str = made["links"]["self"]
    body = {"flags": ["pow", "wounded"], "reviewed": True}
    answer = client_as(Role.VERIFIER).put(f"{own}/sensitivity", json=body)
    assert answer.status_code == 200, answer.text
    return own


def test_flags_say_who_set_them_and_how_the_item_is_shown(
    client: TestClient, client_as: ClientAs, flagged: str
) -> None:
    answer = client.get(f"{flagged}/sensitivity").json()
    assert answer["flags"] == ["pow", "wounded"]
    assert (answer["reviewed"], answer["autoplay"], answer["muted"]) == (True, False, True)
    assert answer["warning"] == "This item shows prisoners of war, wounded people."
    assert [each["basis"] for each in answer["details"]] == ["person", "person"]
    assert answer["details"][0]["by"]["name"] == "test verifier"
    shown = client.get(flagged).json()["sensitivity"]
    assert shown == {name: answer[name] for name in shown}
    (listed,) = client.get("/v1/media").json()["items"]
    assert listed["sensitivity"] == shown
    plain = upload(client, png(2)).json()["sensitivity"]
    assert plain == {
        "flags": [],
        "reviewed": False,
        "autoplay": True,
        "muted": False,
        "warning": None,
    }


def test_who_changes_flags(client: TestClient, client_as: ClientAs, flagged: str) -> None:
    path = f"{flagged}/sensitivity"
    verifier = client_as(Role.VERIFIER)
    more: dict[str, Any] = {
        "flags": ["minor", "pow", "wounded"],
        "time_ranges": {"minor": [{"start_ms": 500, "end_ms": 900}]},
        "reviewed": True,
    }
    assert client_as(Role.PRODUCER).put(path, json=more).status_code == 403
    assert client_as(Role.SERVICE).put(path, json=more).status_code == 403
    stale = verifier.put(path, json=more, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    twice = {**more, "flags": [*more["flags"], "minor"]}
    details = verifier.put(path, json=twice).json()["details"]
    assert details[0]["time_ranges"] == [{"start_ms": 500, "end_ms": 900}]
    fewer = {"flags": ["pow"], "reviewed": True}
    refused = verifier.put(path, json=fewer)
    assert (refused.status_code, refused.json()["scope"]) == (403, "record:approve")
    assert refused.json()["flags"] == ["minor", "wounded"]
    assert client_as(Role.EDITOR).put(path, json=fewer).json()["flags"] == ["pow"]
    told = client.get("/v1/events", params={"type": "sensitivity.changed"}).json()["items"]
    assert [each["data"]["added"] for each in told] == [["pow", "wounded"], ["minor"], []]
    assert told[-1]["data"]["removed"] == ["minor", "wounded"]
    history = client.get(f"{flagged}/verification/history").json()["items"]
    assert history[-1]["action"] == "sensitivity_changed"
    unlooked = verifier.put(path, json={"flags": ["pow"], "reviewed": False}).json()
    assert (unlooked["flags"], unlooked["reviewed"]) == (["pow"], False)
    assert (unlooked["reviewed_by"], unlooked["reviewed_at"]) == (None, None)
    wrong = {"flags": [], "time_ranges": {"pow": []}, "reviewed": False}
    assert verifier.put(path, json=wrong).status_code == 422
    backwards = {"flags": ["pow"], "time_ranges": {"pow": [{"start_ms": 9, "end_ms": 1}]}}
    assert verifier.put(path, json={**backwards, "reviewed": True}).status_code == 422


def test_a_flag_that_is_named_twice_is_one(client: TestClient, database: Database) -> None:
    with database.write() as session:
        item = add_item(session)
    wanted = {"flags": ["wounded", "pow", "wounded"], "reviewed": True}
    answer = client.put(f"/v1/media/{item}/sensitivity", json=wanted)
    assert answer.status_code == 200, answer.text
    assert answer.json()["flags"] == ["pow", "wounded"]


def test_a_bringer_flags_at_once(client_as: ClientAs) -> None:
    machine, producer = client_as(Role.SERVICE), client_as(Role.PRODUCER)
    own = upload(machine, png(1), sensitivity="pow").json()["links"]["self"]
    again = upload(producer, png(1), sensitivity=["distress", "pow"]).json()
    assert again["sensitivity"]["flags"] == ["distress", "pow"]
    details = producer.get(f"{own}/sensitivity").json()["details"]
    assert {each["flag"]: each["basis"] for each in details} == {
        "distress": "person",
        "pow": "import",
    }
    assert upload(producer, png(2), sensitivity="funny").status_code == 422


@pytest.mark.parametrize("still", ["stills/1", "stills/at/900"])
def test_stills_are_blurred_unless_somebody_who_may_asks(
    client_as: ClientAs, database: Database, flagged: str, still: str
) -> None:
    path = f"{flagged}/{still}"
    for role in (Role.PRODUCER, Role.SERVICE, Role.VERIFIER, Role.EDITOR, Role.ADMIN):
        shown = client_as(role).get(path)
        assert (shown.status_code, shown.headers["X-Sensitive"]) == (200, "pow,wounded"), role
        assert not is_clear(shown.content)
    for role in (Role.VIEWER, Role.AUDITOR):
        refused = client_as(role).get(path)
        assert (refused.status_code, refused.json()["scope"]) == (403, "media:sensitive"), role
        assert client_as(role).get(f"{flagged}/stills").status_code == 200
    assert views(database) == []
    for role in (Role.VIEWER, Role.PRODUCER, Role.SERVICE):
        assert client_as(role).get(path, params={"blurred": False}).status_code == 403
    assert views(database) == []
    for _ in range(2):
        clear = client_as(Role.VERIFIER).get(path, params={"blurred": False})
        assert is_clear(clear.content)
        assert clear.headers["X-Sensitive"] == "pow,wounded"
        assert clear.headers["Cache-Control"] == "no-store"
    assert views(database) == [("verifier", still)] * 2


def test_without_an_entry_there_is_no_picture(
    client_as: ClientAs, database: Database, flagged: str
) -> None:
    verifier = client_as(Role.VERIFIER)
    with database.write() as session:
        session.execute(sa.text("ALTER TABLE audit_payloads RENAME TO hidden"))
    for path in ("stills/1?blurred=false", "file"):
        answer = verifier.get(f"{flagged}/{path}")
        assert answer.status_code >= 500, path
        assert answer.headers["Content-Type"] == "application/problem+json"
    assert verifier.get(f"{flagged}/stills/1").status_code == 200
    with database.write() as session:
        session.execute(sa.text("ALTER TABLE hidden RENAME TO audit_payloads"))
    assert views(database) == []


def test_what_is_not_flagged_is_clear_for_everyone(
    parts: Parts, client_as: ClientAs, database: Database
) -> None:
    made = upload(client_as(Role.PRODUCER), png(3)).json()
    keep(parts, made["id"])
    for asked in ({}, {"blurred": False}):
        shown = client_as(Role.VIEWER).get(f"/v1/media/{made['id']}/stills/0", params=asked)
        assert is_clear(shown.content)
        assert "X-Sensitive" not in shown.headers
    assert views(database) == []


def test_violence_and_death_are_grey(client_as: ClientAs, flagged: str) -> None:
    verifier = client_as(Role.VERIFIER)
    body = {"flags": ["dead", "pow", "wounded"], "reviewed": True}
    assert verifier.put(f"{flagged}/sensitivity", json=body).is_success
    for asked in ({}, {"blurred": False}):
        shown = read_jpeg(verifier.get(f"{flagged}/stills/0", params=asked).content)
        assert colourful(shown) < 3 < colourful(SCENE)


def test_a_file_is_audited_once_a_playback(
    client_as: ClientAs, database: Database, flagged: str
) -> None:
    path = f"{flagged}/file"
    for role in (Role.VIEWER, Role.PRODUCER, Role.SERVICE, Role.AUDITOR):
        assert client_as(role).get(path).status_code == 403, role
    verifier, editor = client_as(Role.VERIFIER), client_as(Role.EDITOR)
    whole = verifier.get(path)
    assert (whole.content, whole.headers["X-Sensitive"]) == (png(1), "pow,wounded")
    assert whole.headers["Cache-Control"] == "no-store"
    for first, last in ((100, 119), (120, 139), (200, 219)):
        part = verifier.get(path, headers={"Range": f"bytes={first}-{last}"})
        assert (part.status_code, part.content) == (206, png(1)[first : last + 1])
    assert views(database) == [("verifier", "file")]
    editor.get(path, headers={"Range": "bytes=100-119"})
    verifier.get(path, headers={"Range": "bytes=0-19"})
    assert views(database)[1:] == [("editor", "file"), ("verifier", "file")]
    with database.write() as session:
        for view in session.scalars(sa.select(SensitiveView)):
            view.at -= timedelta(minutes=11)
    verifier.get(path, headers={"Range": "bytes=20-39"})
    assert len(views(database)) == 4


def test_what_shows_nothing_of_a_file_is_no_entry(
    client_as: ClientAs, database: Database, flagged: str
) -> None:
    path = f"{flagged}/file"
    verifier, viewer = client_as(Role.VERIFIER), client_as(Role.VIEWER)
    told = verifier.head(path)
    assert (told.status_code, told.content) == (200, b"")
    assert told.headers["X-Sensitive"] == "pow,wounded"
    assert told.headers["Cache-Control"] == "no-store"
    assert verifier.get(path, headers={"Range": "bytes=99999-"}).status_code == 416
    assert views(database) == []
    kept = {"If-None-Match": told.headers["ETag"]}
    assert viewer.head(path).status_code == 403
    assert viewer.get(path, headers=kept).status_code == 403
    assert viewer.get(path, headers={"Range": "bytes=99999-"}).status_code == 403
    # Told that nothing changed, a browser shows what it kept from before the flag.
    assert verifier.get(path, headers=kept).content == png(1)
    assert views(database) == [("verifier", "file")]


def test_a_playback_goes_on_only_with_later_parts(
    client_as: ClientAs, database: Database, flagged: str
) -> None:
    verifier, path = client_as(Role.VERIFIER), f"{flagged}/file"
    verifier.get(path)
    later = ("bytes=100-119", "bytes=-9", "bytes=9-9,200-")
    whole = ("bytes=0-", "bytes=9-,0-8", "bytes=-99999", "bytes=9-2", "items=9-")
    for asked in later:
        assert verifier.get(path, headers={"Range": asked}).status_code == 206
    assert len(views(database)) == 1
    for before, asked in enumerate(whole, start=1):
        assert verifier.get(path, headers={"Range": asked}).status_code in {200, 206}
        assert len(views(database)) == before + 1, asked


def test_hashes_are_guarded_as_the_file_is(
    client_as: ClientAs, database: Database, flagged: str
) -> None:
    with database.write() as session:
        store_fingerprint(session, flagged.rsplit("/", 1)[-1])
    assert client_as(Role.PRODUCER).get(f"{flagged}/fingerprint").status_code == 403
    assert client_as(Role.VERIFIER).get(f"{flagged}/fingerprint").status_code == 200
    assert views(database) == [("verifier", "fingerprint")]


@pytest.fixture
def pair(parts: Parts, client_as: ClientAs) -> dict[str, str]:
    """A match of two items with pictures, the known one flagged."""
    with parts.database.write() as session:
        query, known = add_item(session), add_item(session)
        match = add_match(session, query, known)
        row = db.matches.find(session, match)
        assert row is not None
        placed = {"placement": [1, 0, 0, 0, 1, 0], "mirrored": False}
        row.evidence = [{**row.evidence[0], **placed}]
    keep(parts, query)
    keep(parts, known)
    body = {"flags": ["minor"], "reviewed": True}
    assert client_as(Role.VERIFIER).put(f"/v1/media/{known}/sensitivity", json=body).is_success
    return {"match": match, "query": query, "known": known}


@pytest.mark.parametrize("drawn", ["evidence/0/query", "evidence/0/difference", "sheet"])
def test_a_match_obeys_the_flags_of_both_sides(
    client_as: ClientAs, database: Database, pair: dict[str, str], drawn: str
) -> None:
    path = f"/v1/matches/{pair['match']}/{drawn}"
    verifier, producer = client_as(Role.VERIFIER), client_as(Role.PRODUCER)
    assert verifier.get(f"/v1/matches/{pair['match']}").json()["known"]["sensitivity"] == ["minor"]
    assert client_as(Role.VIEWER).get(path).status_code == 403
    blurred = producer.get(path)
    assert (blurred.status_code, blurred.headers["X-Sensitive"]) == (200, "minor")
    assert producer.get(path, params={"blurred": False}).status_code == 403
    assert views(database) == []
    again = {"If-None-Match": blurred.headers["ETag"]}
    assert producer.get(path, headers=again).status_code == 304
    clear = verifier.get(path, params={"blurred": False}, headers=again)
    assert (clear.status_code, clear.headers["Cache-Control"]) == (200, "no-store")
    assert "ETag" not in clear.headers
    one, other = read_jpeg(clear.content), read_jpeg(blurred.content)
    assert one.shape == other.shape
    if drawn != "evidence/0/difference":
        assert np.abs(one.astype(int) - other).mean() > 1
    assert views(database) == [("verifier", f"match/{pair['match']}/{drawn}")]


def test_terms_are_read_by_verifiers_and_written_nowhere_else(
    client: TestClient, client_as: ClientAs, database: Database, flagged: str
) -> None:
    path = f"{flagged}/restricted-terms"
    verifier = client_as(Role.VERIFIER)
    body = {"terms": ["Kim Chol-su", "AB 123456", "AB 123456"]}
    put = verifier.put(path, json=body, headers={"Idempotency-Key": "1"})
    assert (put.status_code, put.content) == (204, b"")
    for role in (Role.VIEWER, Role.PRODUCER, Role.SERVICE, Role.AUDITOR):
        assert client_as(role).get(path).status_code == 403, role
    assert client_as(Role.EDITOR).get(path).json() == {"terms": ["AB 123456", "Kim Chol-su"]}
    assert verifier.put(path, json={"terms": ["--"]}).status_code == 422
    last = client.get(f"{flagged}/verification/history").json()["items"][-1]
    assert (last["action"], last["details"]) == ("restricted_terms_changed", {"terms": 2})
    tables = [each for each in db.Table.metadata.sorted_tables if each.name != "restricted_terms"]
    with database.read() as session:
        written = str([session.execute(sa.select(table)).all() for table in tables])
    assert "Chol-su" not in written


def test_every_field_of_every_event_is_a_code_or_withheld() -> None:
    fields = {field for names in FIELDS.values() for field in names}
    assert set() == CODES & WITHHELD
    assert fields - CODES - WITHHELD == set()
    assert (CODES | WITHHELD) - fields == set()


def test_a_flagged_item_is_told_of_in_codes_only(
    client: TestClient, client_as: ClientAs, database: Database
) -> None:
    """Also of what was waiting when it was flagged, and in the feed."""
    policy = SenderPolicy(allow_private=True, timeout_s=2, poll_s=0.02)
    with receiving() as receiver:
        hook = {"url": receiver.url, "events": ["media.received", "verification.*"]}
        assert client.post("/v1/webhooks", json=hook).status_code == 201
        made = upload(client, png(1), title="Kim Chol-su").json()
        with database.write() as session:
            data = {"from": "in_review", "to": "verified", "public_wording": "Kim Chol-su"}
            events.publish(session, EventType.STATUS_CHANGED, made["id"], data)
        body = {"flags": ["pow"], "reviewed": True}
        client_as(Role.VERIFIER).put(f"{made['links']['self']}/sensitivity", json=body)
        sender = Sender(database, policy)
        sender.round()
        received = [json.loads(each.body) for each in receiver.wait_for(2)]
        sender.finish()
    told = {each["type"]: each["data"] for each in received}
    feed = client.get("/v1/events").json()["items"]
    assert {each["type"]: each["data"] for each in feed if each["type"] in told} == told
    arrived, moved = told["media.received"], told["verification.status_changed"]
    assert arrived["sensitivity"] == moved["sensitivity"] == ["pow"]
    assert arrived.keys() & WITHHELD == moved.keys() & WITHHELD == set()
    assert (moved["to"], arrived["source_kind"], arrived["media_id"]) == (
        "verified",
        "unknown",
        made["id"],
    )
    assert "Chol-su" not in str(received)


def test_a_match_with_a_flagged_item_is_told_of_so(
    client: TestClient, database: Database, pair: dict[str, str]
) -> None:
    with database.write() as session:
        data = {"known_id": pair["known"], "match_id": pair["match"], "text": "no code"}
        event = events.publish(session, EventType.MATCH_FOUND, pair["query"], data)
    told = client.get(f"/v1/events/{event.id}").json()["data"]
    assert (told["sensitivity"], told["known_id"]) == (["minor"], pair["known"])
    assert "text" not in told


def test_an_export_with_the_file_is_a_reading_of_it(
    client: TestClient, client_as: ClientAs, database: Database, flagged: str
) -> None:
    path = f"{flagged}/custody.zip"
    auditor = client_as(Role.AUDITOR)
    assert auditor.get(path, params={"original": True}).status_code == 403
    assert auditor.get(path).status_code == 200
    assert views(database) == []
    assert client.get(path, params={"original": True}).status_code == 200
    assert views(database) == [("admin", "file")]
