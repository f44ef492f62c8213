"""The record's part of the acceptance story, over HTTP, with a desk of real processes.

Two captured soldiers are shown in a hand-out. That the capture is confirmed does not verify the
file: that is what the story is about. Read it from `test_the_story_of_a_hand_out` down.
"""

import io
import json
import re
import subprocess
import sys
import textwrap
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from app.bootstrap import Parts
from tests.acceptance import footage
from tests.acceptance.footage import Footage, SignedFootage
from tests.acceptance.newsroom import Newsroom, altered_row, listening, newsroom
from tests.acceptance.verdicts import conclude_verified, record_of, take_up
from tests.receiver import wait_until
from tests.signing import flipped
from tests.timestamping import timestamping
from tests.workers.desk import Desk

NAME_ON_THE_CARD = "Antonin Aranchyn"
WORDING = "Released by the SBU; we could not independently verify the footage."
PARTLY = (
    "Released by the SBU; shows the two men; their capture was confirmed by the NIS. Where and when "
    "each was captured is not confirmed."
)


@pytest.fixture
def room(parts: Parts, tmp_path: Path) -> Iterator[Newsroom]:
    with timestamping(tmp_path / "tsa") as authority:
        stamped = {
            "PROVENANCE_TSA_URL": authority.url,
            "PROVENANCE_TSA_ROOTS": str(authority.roots),
            "PROVENANCE_TSA_ALLOW_PRIVATE": "true",
            "PROVENANCE_CHECKPOINT_ENTRIES": "10",
        }
        desk = Desk(parts.settings, tmp_path, with_model=True, **stamped)
        desk.start()
        try:
            with newsroom(desk, parts.settings.resolved_database_url) as people:
                yield people
        finally:
            desk.close()


@pytest.mark.long
@pytest.mark.timeout(400)
def test_the_story_of_a_hand_out(room: Newsroom, tmp_path: Path) -> None:
    clips = footage.shoot(tmp_path)
    a_wrong_file_is_set_aside(room, clips)
    handout = the_hand_out_arrives(room, clips)
    its_provenance_says_little(room, handout)
    it_is_taken_up_with_care(room, handout)
    claims = claims_stay_open_on_a_partys_word(room, handout)
    findings_do_not_make_it_verified(room, handout)
    the_event_is_confirmed_the_file_is_not(room, handout, claims)
    two_decide_at_once(room, handout)
    disguised = an_edited_copy_inherits_nothing(room, clips)
    four_eyes_find_it_misleading(room, disguised)
    independent_pictures_settle_part_of_it(room, handout)
    address = it_is_published(room, handout)
    the_public_reads_no_more_than_that(room, address)
    a_published_verdict_is_taken_back(room, clips)


@pytest.mark.long
@pytest.mark.timeout(400)
def test_the_desk_answers_for_what_it_keeps(room: Newsroom, parts: Parts, tmp_path: Path) -> None:
    clips = footage.shoot_signed(tmp_path)
    credentials_are_read_and_trusted_by_list(room, clips)
    held, note_id = what_is_held_stays(room, clips)
    what_is_purged_leaves_a_tombstone(room, clips, held, note_id)
    the_audit_verifies_and_finds_alterations(room, parts.blobs.path(sha256_of(room, held)))
    custody_is_checked_without_the_desk(room, held, tmp_path)
    a_viewer_reads_and_changes_nothing(room, held)


def a_wrong_file_is_set_aside(room: Newsroom, clips: Footage) -> None:
    """3–5: what is no media is refused; a wrong file is voided by who brought it."""
    document = clips.holiday.with_suffix(".pdf")
    document.write_bytes(b"%PDF-1.7\n" + b"x" * 400)
    refused = room.producer.send(document, 415)
    assert refused["type"].endswith("unsupported_media")
    wrong = room.producer.send(
        clips.holiday, source_name="SBU", source_kind="handout", claimed_at="2025-01-09T12:00:00Z"
    )
    room.producer.ready(wrong["id"])
    assert room.producer.get(f"/v1/media/{wrong['id']}/matches")["items"] == []
    reason = {"to": "void", "reason_code": "wrong_file", "note": "picked the wrong file"}
    room.producer.post(record_of(wrong["id"], "/transitions"), reason)
    listed = room.producer.get("/v1/media", params={"status": "!void"})["items"]
    assert wrong["id"] not in {item["id"] for item in listed}


def the_hand_out_arrives(room: Newsroom, clips: Footage) -> str:
    """6, 8–10: it is stored once however often it is sent; no match means: not in this archive."""
    said = {
        "source_name": "SBU",
        "source_kind": "handout",
        "claimed_at": "2025-01-09T12:00:00Z",
        "claimed_place": "Kursk",
        "tags": "kursk",
    }
    media_id: str = room.producer.send(clips.handout, **said)["id"]
    room.producer.ready(media_id)
    page = room.producer.get(f"/v1/media/{media_id}/matches")
    assert page["items"] == []
    assert page["searched"]["known_items"] == 0
    again = room.producer.send(clips.handout, 200, source_name="a channel")
    assert (again["id"], again["duplicate"], again["receipts"]) == (media_id, True, 2)
    assert [each.get("duplicate_of") for each in room.events("media.received", media_id)] == [
        None,
        media_id,
    ]
    assert len(room.events("media.fingerprinted", media_id)) == 1
    note = {"text": "From the press office's channel."}
    notes = record_of(media_id, "/notes")
    first = room.producer.post(notes, note, 201, key="the same")
    assert room.producer.post(notes, note, 201, key="the same") == first
    other = {"text": "Something else."}
    reused = room.producer.post(notes, other, 422, key="the same")
    assert reused["type"].endswith("key_reused")
    return media_id


def its_provenance_says_little(room: Newsroom, media_id: str) -> None:
    """7: no credentials says nothing; traces of an encoder do; nothing is filled in from either."""
    reading = room.producer.get(f"/v1/media/{media_id}/provenance")
    assert reading["c2pa"]["state"] == "none"
    assert "says nothing" in reading["c2pa"]["text"]
    assert any("not camera-original" in str(hint) for hint in reading["hints"])
    assert room.verifier.get(record_of(media_id, "/findings"))["items"] == []


def it_is_taken_up_with_care(room: Newsroom, media_id: str) -> None:
    """11: somebody takes it; prisoners' pictures are blurred for whoever need not see them."""
    take = {"to": "in_review", "assignee": "verifier-1", "due_at": "2099-01-11T17:00:00Z"}
    room.verifier.post(record_of(media_id, "/transitions"), take | {"note": "Taking the case now."})
    clear = room.producer.fetch(f"/v1/media/{media_id}/stills/0").content
    flags = {"flags": ["pow", "wounded"], "reviewed": True}
    room.verifier.put(f"/v1/media/{media_id}/sensitivity", flags)
    blurred = room.producer.fetch(f"/v1/media/{media_id}/stills/0")
    assert "pow" in blurred.headers["X-Sensitive"]
    assert blurred.content != clear
    room.viewer.fetch(f"/v1/media/{media_id}/stills/0", 403)
    seen = room.verifier.fetch(f"/v1/media/{media_id}/stills/0", params={"blurred": "false"})
    assert seen.content == clear


def claims_stay_open_on_a_partys_word(room: Newsroom, media_id: str) -> list[str]:
    """12–13: three claims, each supported by a party alone: open. A name is kept apart."""
    texts = (
        "Two DPRK soldiers were captured on 9 January in Kursk.",
        "One had no papers.",
        "The other had a card in the name of a resident of Tuva.",
    )
    claims = []
    for text in texts:
        claim = {"text": text, "made_by": "SBU", "made_at": "2025-01-11"}
        claims.append(room.verifier.post(record_of(media_id, "/claims"), claim, 201)["id"])
    terms = {"terms": [NAME_ON_THE_CARD]}
    room.verifier.put(f"/v1/media/{media_id}/restricted-terms", terms, 204)
    for claim_id in claims:
        said = corroboration(claim_id, "SBU", independence="party", basis="own_knowledge")
        room.verifier.post(record_of(media_id, "/corroborations"), said, 201)
    states = room.verifier.get(record_of(media_id, "/claims"))["items"]
    assert [claim["state"] for claim in states] == ["open"] * 3
    return claims


def corroboration(claim_id: str, source: str, **particulars: Any) -> dict[str, Any]:
    return {
        "about": "claim",
        "target_id": claim_id,
        "source": {"name": source, "kind": "state_agency"},
        "stance": "supports",
        **particulars,
    }


def findings_do_not_make_it_verified(room: Newsroom, media_id: str) -> None:
    """14–16: what is missing is named; until it is there, the record says that it is unverified."""
    post = {"kind": "url", "ref": "https://sbu.example/post", "archived_at": "2025-01-11T09:00:00Z"}
    for pillar, verdict, particulars in (
        ("source", "confirmed", {"value": {"released_by": "SBU", "relation": "handout"}}),
        ("provenance", "probable", {"value": {"earliest_known": {"url": post["ref"]}}}),
        ("date", "unclear", {"value": {"basis": "source_statement"}}),
        ("location", "unclear", {}),
        ("motivation", "confirmed", {"value": {"interest": "party_to_conflict"}}),
    ):
        finding = {"pillar": pillar, "verdict": verdict, "evidence": [post], **particulars}
        room.verifier.post(record_of(media_id, "/findings"), finding, 201)
    note = {"note": "As far as we got today."}
    refused = room.verifier.post(
        record_of(media_id, "/transitions"), {"to": "verified", **note}, 422
    )
    missing = " ".join(refused["missing"])
    for thing in ("date", "location", "corroboration", "approval"):
        assert thing in missing, refused
    unverified = {
        "to": "unverified",
        "missing": ["independent access to the prisoners", "the unedited original"],
        "public_wording": WORDING,
        **note,
    }
    room.verifier.post(record_of(media_id, "/transitions"), unverified)
    listed = room.viewer.get("/v1/verifications", params={"status": "unverified", "tag": "kursk"})
    assert [record["media_id"] for record in listed["items"]] == [media_id]
    sha256 = room.viewer.get(f"/v1/media/{media_id}")["sha256"]
    by_hash = room.viewer.fetch(f"/v1/verifications/by-hash/sha256:{sha256}")
    unchanged = {"If-None-Match": by_hash.headers["ETag"]}
    room.viewer.fetch(f"/v1/verifications/by-hash/sha256:{sha256}", 304, headers=unchanged)


def the_event_is_confirmed_the_file_is_not(
    room: Newsroom, media_id: str, claims: list[str]
) -> None:
    """17: the core of it. A claim about the event is supported; the file stays unverified."""
    before = len(room.events("verification.status_changed", media_id))
    nis = corroboration(
        claims[0], "NIS", independence="cooperating", quoted_via="AFP", link="https://afp.example/1"
    )
    room.verifier.post(record_of(media_id, "/corroborations"), nis, 201)
    states = room.verifier.get(record_of(media_id, "/claims"))["items"]
    assert [claim["state"] for claim in states] == ["supported", "open", "open"]
    assert room.viewer.get(record_of(media_id))["status"] == "unverified"
    assert len(room.events("verification.status_changed", media_id)) == before
    (changed,) = room.events("claim.state_changed", media_id)
    assert (changed["from"], changed["to"]) == ("open", "supported")


def two_decide_at_once(room: Newsroom, media_id: str) -> None:
    """18: of two who decide on the same version, one is told to read again."""
    seen = room.verifier.fetch(record_of(media_id)).headers["ETag"]
    again = {"to": "in_review", "note": "There is news: pool pictures."}
    room.verifier.post(record_of(media_id, "/transitions"), again, if_match=seen)
    room.editor.post(record_of(media_id, "/transitions"), again, 412, if_match=seen)


def an_edited_copy_inherits_nothing(room: Newsroom, clips: Footage) -> str:
    """What 24 needs: the source becomes known, an edited copy of it is found, unreviewed."""
    shelf = {"slug": "reference", "title": "Reference", "kind": "reference"}
    room.admin.post("/v1/collections", shelf, 201)
    known = room.verifier.send(clips.source, collection="reference", title="SBU, 11 January")
    room.verifier.ready(known["id"])
    media_id: str = room.producer.send(clips.disguised)["id"]
    room.producer.ready(media_id)
    against = {"against": "known"}
    matches = room.verifier.get(f"/v1/media/{media_id}/matches", params=against)["items"]
    assert [match["known_media_id"] for match in matches] == [known["id"]]
    assert matches[0]["grade"] in {"certain", "probable"}
    assert room.viewer.get(record_of(media_id))["status"] == "unreviewed"
    return media_id


def four_eyes_find_it_misleading(room: Newsroom, media_id: str) -> None:
    """24–25: codes that contradict each other are refused; nobody approves their own proposal."""
    against = {"against": "known"}
    matches = room.verifier.get(f"/v1/media/{media_id}/matches", params=against)["items"]
    match_id = matches[0]["id"]
    take = {"to": "in_review", "assignee": "verifier-1", "note": "An edited copy of A1."}
    room.verifier.post(record_of(media_id, "/transitions"), take)
    proposal = {
        "to": "misleading",
        "original_context": "A shortened and altered copy of the SBU's release of 11 January.",
        "evidence": [match_id],
        "note": "Faces and the wall are blacked out, other music.",
    }
    codes = ["OriginalMediaContent", "TransformedContent"]
    refused = room.verifier.post(
        record_of(media_id, "/transitions"), proposal | {"authenticity_codes": codes}, 422
    )
    assert any("contradicts" in each for each in refused["missing"])
    codes = ["EditedOrCroppedContent", "TransformedContent"]
    room.verifier.post(
        record_of(media_id, "/transitions"), proposal | {"authenticity_codes": codes}, 202
    )
    assert [each["to"] for each in room.events("verification.proposed", media_id)] == ["misleading"]
    agreed = {"note": "Looked at the aligned stills."}
    own = room.verifier.post(record_of(media_id, "/proposal/approval"), agreed, 403)
    assert own["type"].endswith("four_eyes")
    room.editor.post(record_of(media_id, "/proposal/approval"), agreed)
    assert room.viewer.get(record_of(media_id))["status"] == "misleading"


def independent_pictures_settle_part_of_it(room: Newsroom, media_id: str) -> None:
    """26–27: journalists film the prisoners themselves: partly verified, and no more than that."""
    pool = {
        "about": "media",
        "source": {"name": "pool", "kind": "media"},
        "stance": "supports",
        "basis": "direct_access",
        "independence": "independent",
    }
    room.verifier.post(record_of(media_id, "/corroborations"), pool, 201)
    pictures = [{"kind": "interview", "ref": "pool pictures, Kyiv"}]
    for pillar, verdict in (("date", "probable"), ("location", "confirmed")):
        finding = {"pillar": pillar, "verdict": verdict, "evidence": pictures}
        room.verifier.post(record_of(media_id, "/findings"), finding, 201)
    wish = {"to": "partly_verified", "public_wording": PARTLY, "note": "The pool pictures show it."}
    room.verifier.post(record_of(media_id, "/transitions"), wish, 202)
    room.editor.post(record_of(media_id, "/transitions"), wish)
    assert room.viewer.get(record_of(media_id))["status"] == "partly_verified"


def it_is_published(room: Newsroom, media_id: str) -> str:
    """28: a name that must not leave the house stops it; then it goes out."""
    publication = record_of(media_id, "/publication")
    wish = {
        "codes": ["OriginalMediaContent"],
        "creator": "SBU",
        "public_interest_reason": "The capture is disputed by a party.",
    }
    named = {"description": f"Shows two men; a card in the name of {NAME_ON_THE_CARD}."}
    refused = room.editor.post(publication, wish | named, 422)
    assert refused["type"].endswith("restricted_term")
    said = {"description": "A hand-out that shows two captured men."}
    published = room.editor.post(publication, wish | said)
    assert published["state"] == "published"
    assert [each["version"] for each in room.events("review.published", media_id)] == [1]
    return str(published["url"])


def the_public_reads_no_more_than_that(room: Newsroom, address: str) -> None:
    """29: page and JSON-LD without a key: no still, no name, no note; cached by tag; open to all."""
    path = "/public/" + address.split("/public/")[1]
    with httpx2.Client(base_url=room.admin.client.base_url, trust_env=False) as public:
        page, data = public.get(path), public.get(f"{path}.jsonld")
        assert (page.status_code, data.status_code) == (200, 200)
        assert data.headers["Access-Control-Allow-Origin"] == "*"
        unchanged = public.get(f"{path}.jsonld", headers={"If-None-Match": data.headers["ETag"]})
        assert unchanged.status_code == 304
    review = data.json()
    assert review["@type"] == "MediaReview"
    assert review["reviewRating"]["ratingExplanation"] == PARTLY
    for text in (page.text, data.text):
        assert NAME_ON_THE_CARD not in text
        assert "/stills/" not in text
        assert "pool pictures show it" not in text


def a_published_verdict_is_taken_back(room: Newsroom, clips: Footage) -> None:
    """33–34: without public words it is refused; withdrawn, its address stays and says so."""
    media_id = room.producer.send(clips.viral)["id"]
    room.producer.ready(media_id)
    take_up(room, media_id)
    looked = {"flags": [], "reviewed": True}
    room.verifier.put(f"/v1/media/{media_id}/sensitivity", looked)
    conclude_verified(room, media_id)
    address = str(room.editor.post(record_of(media_id, "/publication"), {"codes": []})["url"])
    back = {"to": "withdrawn", "reason_code": "new_evidence", "note": "It is from 2023."}
    refused = room.editor.post(record_of(media_id, "/transitions"), back, 422)
    assert any("correction_text" in each for each in refused["missing"])
    words = {"correction_text": "This footage is from 2023, not from this week."}
    room.editor.post(record_of(media_id, "/transitions"), back | words)
    (told,) = room.events("verification.withdrawn", media_id)
    assert [each["url"] for each in told["affected_exports"]] == [address]
    review = room.viewer.get("/public/" + address.split("/public/")[1] + ".jsonld")
    assert review["reviewRating"]["alternateName"] == "Withdrawn"
    assert "mediaAuthenticityCategory" not in review
    assert words["correction_text"] in str(review["correction"])
    again = {"to": "in_review", "note": "To say what it really is."}
    room.editor.post(record_of(media_id, "/transitions"), again)
    misleading = {
        "to": "misleading",
        "authenticity_codes": ["DecontextualizedContent"],
        "original_context": "A flood in 2023.",
        "public_wording": "Real, but from 2023.",
        "evidence": ["https://archive.example/2023"],
        "note": "The original is in an archive.",
    }
    agreed = {"note": "Seen it too."}
    room.editor.post(record_of(media_id, "/transitions"), misleading, 422)
    room.editor.post(record_of(media_id, "/transitions"), misleading | words, 202)
    room.second_editor.post(record_of(media_id, "/proposal/approval"), agreed)
    room.editor.post(record_of(media_id, "/publication"), {})
    staged = {
        "to": "fabricated",
        "authenticity_codes": ["StagedContent"],
        "evidence": ["https://archive.example/set"],
        "public_wording": "Not authentic: staged.",
        "note": "It was staged even then.",
    }
    refused = room.editor.post(record_of(media_id, "/transitions"), staged, 422)
    assert any("correction_text" in each for each in refused["missing"])
    words = {"correction_text": "We called this old footage; it was staged."}
    room.editor.post(record_of(media_id, "/transitions"), staged | words, 202)
    room.second_editor.post(record_of(media_id, "/proposal/approval"), agreed)
    assert len(room.events("review.corrected", media_id)) >= 1
    history = room.viewer.get(record_of(media_id, "/history"), params={"limit": 100})["items"]
    statuses = [entry["details"]["to"] for entry in history if entry["action"] == "status_changed"]
    assert statuses == [
        "in_review",
        "verified",
        "withdrawn",
        "in_review",
        "misleading",
        "fabricated",
    ]


def credentials_are_read_and_trusted_by_list(room: Newsroom, clips: SignedFootage) -> None:
    """35: trusted by whom, changed since, made by AI, kept elsewhere: and nobody is called."""
    states = {}
    with listening() as calls:
        signed = clips.sign_all(calls.url)
        for name, clip in signed.items():
            item = room.producer.send(clip)
            room.producer.ready(item["id"])
            states[name] = item["id"]
        read = {name: provenance(room, media_id)["c2pa"] for name, media_id in states.items()}
        assert {name: each["state"] for name, each in read.items()} == {
            "camera": "valid_untrusted",
            "flipped": "invalid",
            "ai": "valid_untrusted",
            "remote": "remote_only",
        }
        assert read["ai"]["ai_disclosed"] is True
        assert calls.connections == 0
    root = {"name": "Lab", "kind": "local", "pem": clips.authority.root.decode()}
    room.admin.post("/v1/trust-lists", root, 201)
    wait_until(lambda: provenance(room, states["camera"])["c2pa"]["state"] == "trusted", 60)
    assert provenance(room, states["camera"])["c2pa"]["lists"] == ["Lab"]
    (reason,) = room.verifier.get(record_of(states["camera"], "/attention"))["items"]
    assert reason["reason"] == "c2pa_trust_changed"
    assert room.viewer.get(record_of(states["camera"]))["status"] == "unreviewed"


def provenance(room: Newsroom, media_id: str) -> Any:
    return room.viewer.get(f"/v1/media/{media_id}/provenance")


def what_is_held_stays(room: Newsroom, clips: SignedFootage) -> tuple[str, str]:
    """37: a hold beats everybody who wants it gone."""
    media_id = str(room.producer.send(clips.held)["id"])
    room.producer.ready(media_id)
    note = {"text": "Call Antonin back on 555 0199."}
    note_id = str(room.verifier.post(record_of(media_id, "/notes"), note, 201)["id"])
    hold = room.admin.post("/v1/holds", {"media_id": media_id, "reason": "A court asked."}, 201)
    refused = room.admin.delete(f"/v1/media/{media_id}", 409)
    assert refused["type"].endswith("held")
    room.admin.post(f"/v1/holds/{hold['id']}/release", {"reason": "The court is done."})
    return media_id, note_id


def what_is_purged_leaves_a_tombstone(
    room: Newsroom, clips: SignedFootage, held: str, note_id: str
) -> None:
    """37: purged, an item is gone but for a stone that says so; a note is erased, not unwritten."""
    media_id = room.producer.send(clips.wrong)["id"]
    room.producer.ready(media_id)
    word = {"authority": "desk", "reason": "A wrong file."}
    room.admin.post(f"/v1/media/{media_id}/purge", word)
    for part in ("", "/file", "/stills", "/matches"):
        room.admin.fetch(f"/v1/media/{media_id}{part}", 410)
    stone = room.admin.get(f"/v1/media/{media_id}/tombstone")
    assert (stone["complete"], stone["sha256"], stone["reason"]) == (True, None, word["reason"])
    erasure = record_of(held, f"/notes/{note_id}/erasure")
    room.admin.post(erasure, {"authority": "data_subject", "reason": "Asked for it."}, 201)
    notes = room.verifier.fetch(record_of(held, "/notes")).text
    assert note_id in notes
    assert "555 0199" not in notes


def the_audit_verifies_and_finds_alterations(room: Newsroom, original: Path) -> None:
    """38: all holds, erasures and time stamps included; one altered row, one altered file: named."""
    wait_until(lambda: "granted" in stamps(room), 60)
    assert room.auditor.get("/v1/audit/verify")["ok"] is True
    assert provenance_command(room, "audit", "verify") == 0
    change = "UPDATE history SET version = version + {} WHERE seq = 1"
    with altered_row(room.database_url, change.format(1000), change.format(-1000)):
        report = room.auditor.get("/v1/audit/verify")
        assert report["ok"] is False
        assert {fault["kind"] for fault in report["faults"]} == {"row"}
        assert len(room.events("integrity.failed")) == 1
    assert room.auditor.get("/v1/audit/verify")["ok"] is True
    assert provenance_command(room, "audit", "fixity") == 0
    intact = original.read_bytes()
    original.chmod(0o640)
    flipped(original, original)
    assert provenance_command(room, "audit", "fixity") == 1
    original.write_bytes(intact)


def stamps(room: Newsroom) -> set[str]:
    """How far the time stamps of the checkpoints are."""
    checkpoints = room.auditor.get("/v1/audit/checkpoints")["items"]
    return {checkpoint["timestamp"]["state"] for checkpoint in checkpoints}


def sha256_of(room: Newsroom, media_id: str) -> str:
    return str(room.viewer.get(f"/v1/media/{media_id}")["sha256"])


def provenance_command(room: Newsroom, *words: str) -> int:
    """The exit code of a `provenance` command on the desk's machine."""
    command = [sys.executable, "-m", "app", *words]
    return subprocess.run(
        command, env=room.environment, capture_output=True, check=False
    ).returncode


def custody_is_checked_without_the_desk(room: Newsroom, media_id: str, folder: Path) -> None:
    """39: what an item's custody export says is checked by its own README, offline."""
    export = room.auditor.fetch(
        f"/v1/media/{media_id}/custody.zip", params={"original": "true"}
    ).content
    opened = folder / "custody"
    with zipfile.ZipFile(io.BytesIO(export)) as archive:
        archive.extractall(opened)
    said = json.loads((opened / "provenance.json").read_text())
    assert said["c2pa"]["state"] == "none"
    assert "custody.exported" in (opened / "audit" / "access.txt").read_text()
    readme = (opened / "README.txt").read_text()
    how = readme[readme.index("HOW TO CHECK IT") :]
    for block in re.findall(r"(?:^    .*\n)+", how, flags=re.MULTILINE):
        command = ["bash", "-c", textwrap.dedent(block)]
        done = subprocess.run(command, cwd=opened, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (block, done.stdout, done.stderr)
        assert "WRONG" not in done.stdout, (block, done.stdout)


def a_viewer_reads_and_changes_nothing(room: Newsroom, media_id: str) -> None:
    """40: lists are open to a viewer, sensitive pictures and decisions are not."""
    room.verifier.put(f"/v1/media/{media_id}/sensitivity", {"flags": ["pow"], "reviewed": True})
    assert room.viewer.get("/v1/verifications")["items"]
    room.viewer.fetch(f"/v1/media/{media_id}/stills/0", 403)
    wish = {"to": "in_review", "assignee": "viewer", "note": "I would like to."}
    room.viewer.post(record_of(media_id, "/transitions"), wish, 403)
    room.viewer.get("/v1/media/unknown", 404)
    documented = room.viewer.get("/openapi.json")["paths"]
    for path in ("/v1/media/{media_id}/custody.zip", "/v1/audit/verify", "/v1/holds"):
        assert path in documented
