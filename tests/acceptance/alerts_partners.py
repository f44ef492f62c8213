"""The alert story's step 36: another desk learns by fingerprints what this one found misleading."""

from pathlib import Path

from fastapi.testclient import TestClient

from app.bootstrap import Parts
from app.core.fingerprints.fingerprinting import fingerprint_file
from app.core.media import DecodeLimits
from tests.acceptance.newsroom import Newsroom
from tests.acceptance.verdicts import record_of, take_up
from tests.filming import edit
from tests.listing import store, watch_of
from tests.records import add_item


def it_is_found_misleading(room: Newsroom, media_id: str) -> None:
    """What 36 needs of 24 and 25: proposed with its match, approved by an editor."""
    found = room.viewer.get(f"/v1/media/{media_id}/matches", params={"against": "known"})["items"]
    take_up(room, media_id)
    misleading = {
        "to": "misleading",
        "authenticity_codes": ["EditedOrCroppedContent", "TransformedContent"],
        "original_context": "A shortened and altered copy of a release.",
        "evidence": [found[0]["id"]],
        "note": "Faces and the wall are blacked out, other music.",
    }
    room.verifier.post(record_of(media_id, "/transitions"), misleading, 202)
    room.editor.post(record_of(media_id, "/proposal/approval"), {"note": "Seen it too."})


def a_partner_gets_a_lead_and_no_status(
    room: Newsroom, partner: Parts, theirs: TestClient, disguised: tuple[str, Path]
) -> None:
    """36: its own copy is like what is in the signed bundle, until the opinion is taken back."""
    media_id, clip = disguised
    copy = edit(clip, clip.with_name("theirs.mp4"), "-vf", "scale=480:-2")
    made = fingerprint_file(copy, None, DecodeLimits(cpu_s=60, wall_s=60))
    with partner.database.write() as session:
        own = add_item(session)
        store(session, own, made.fingerprint)
    key = room.admin.get("/v1/exchange/identity")["public_key"]
    trusted = {"name": "The first desk", "public_key": key, "scopes": ["imports"]}
    assert theirs.post("/v1/partners", json=trusted).status_code == 201
    watch = watch_of(partner)
    assert _handed_over(room, theirs)["added"] > 1
    watch.catch_up()
    [signal] = theirs.get(f"/v1/media/{own}/signals").json()["items"]
    assert (signal["entry"], signal["label"]) == (media_id, "misleading")
    assert theirs.get(f"/v1/media/{own}/verification").json()["status"] == "unreviewed"
    back = {"to": "withdrawn", "reason_code": "error", "note": "We have to look at it again."}
    room.editor.post(record_of(media_id, "/transitions"), back)
    assert _handed_over(room, theirs)["revoked"] == 1
    [signal] = theirs.get(f"/v1/media/{own}/signals").json()["items"]
    assert signal["withdrawn_at"] is not None


def _handed_over(room: Newsroom, theirs: TestClient) -> dict[str, int]:
    wanted = {"filter": {"status": ["misleading", "fabricated"]}, "exclude_flags": ["minor"]}
    bundle = room.admin.client.post("/v1/exchange/exports", json=wanted)
    assert bundle.status_code == 201, bundle.text
    done = theirs.post("/v1/exchange/imports", content=bundle.content)
    assert done.status_code == 201, done.text
    came: dict[str, int] = done.json()
    return came
