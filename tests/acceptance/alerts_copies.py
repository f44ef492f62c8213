"""The alert story's steps 19 to 23: what copies what among uploads and known material, told once a pair."""

from typing import Any

from tests.acceptance.footage import Copies
from tests.acceptance.newsroom import Newsroom
from tests.acceptance.verdicts import record_of, take_up
from tests.receiver import wait_until

POST = "https://sbu.example/post"
SURE = {"certain", "probable"}
PATIENCE_S = 240.0


def matches_of(room: Newsroom, media_id: str, against: str) -> list[dict[str, Any]]:
    """An item's matches with known material, or with uploads."""
    asked = {"against": against}
    found: list[dict[str, Any]] = room.viewer.get(f"/v1/media/{media_id}/matches", params=asked)[
        "items"
    ]
    return found


def an_upload_is_found_in_a_later_one(room: Newsroom, clips: Copies) -> tuple[str, str]:
    """19: the press office's own file is the hand-out that came before. Gives both."""
    handout = str(room.producer.send(clips.handout, source_name="SBU", tags="cell")["id"])
    room.producer.ready(handout)
    assert room.viewer.get(f"/v1/media/{handout}/matches")["items"] == []
    take_up(room, handout)
    said = {"pillar": "source", "verdict": "confirmed", "evidence": [{"kind": "url", "ref": POST}]}
    room.verifier.post(record_of(handout, "/findings"), said, 201)
    wording = "Released by the SBU; not independently verified."
    unverified = {"to": "unverified", "missing": ["the original"], "public_wording": wording}
    room.verifier.post(record_of(handout, "/transitions"), unverified | {"note": "As of today."})
    source = str(room.producer.send(clips.source, source_name="SBU press office")["id"])
    room.producer.ready(source)
    [match] = matches_of(room, source, "upload")
    assert (match["known_media_id"], match["relation"]) == (handout, "transcode")
    assert min(match["coverage"].values()) > 0.95
    [told] = room.events("match.found")
    assert (told["media_id"], told["known_id"], told["against"]) == (source, handout, "upload")
    confirmed = {"decision": "confirmed", "note": "The same release."}
    room.verifier.post(f"/v1/matches/{match['id']}/review", confirmed)
    group = room.viewer.get(f"/v1/media/{handout}/versions")
    assert [each["media"]["id"] for each in group["items"]] == [handout, source]
    assert [each["receipts"][0]["source_name"] for each in group["items"]] == [
        "SBU",
        "SBU press office",
    ]
    assert (group["earliest_received"], group["largest"]) == (handout, source)
    return handout, source


def it_becomes_known_and_nothing_is_told_twice(room: Newsroom, handout: str, source: str) -> None:
    """20: every earlier item is searched for it; the pair is linked already."""
    reference = {"slug": "reference", "title": "Reference", "kind": "reference"}
    room.admin.post("/v1/collections", reference, 201)
    known = _searched(room, handout)
    room.verifier.put(f"/v1/collections/reference/media/{source}", None, 204)
    wait_until(lambda: _searched(room, handout) == known + 1, PATIENCE_S)
    assert room.events("match.found_retroactively") == []
    assert len(room.events("match.found")) == 1
    flags = {"flags": ["pow"], "reviewed": True}
    room.verifier.put(f"/v1/media/{source}/sensitivity", flags)
    subscription = {"name": "the cell", "collection": "reference"}
    room.verifier.post("/v1/subscriptions", subscription, 201)


def _searched(room: Newsroom, media_id: str) -> int:
    searched: int = room.viewer.get(f"/v1/media/{media_id}/matches")["searched"]["known_items"]
    return searched


def an_edited_copy_inherits_no_status(
    room: Newsroom, clips: Copies, handout: str, source: str
) -> str:
    """21: which seconds, what was cut out and done to them; the hand-out's status stays the hand-out's."""
    media_id = str(room.producer.send(clips.disguised)["id"])
    room.producer.ready(media_id)
    [match] = matches_of(room, media_id, "known")
    assert (match["known_media_id"], match["grade"] in SURE) == (source, True)
    assert match["relation"] == "edited"
    kinds = {done["kind"] for segment in match["segments"] for done in segment["transforms"]}
    assert {"overlay", "sound_replaced"} <= kinds
    before, after = match["segments"]
    assert before["known"]["start_ms"] < 1_000
    assert abs(before["known"]["end_ms"] - 8_000) < 1_000
    assert abs(after["query"]["start_ms"] - before["query"]["end_ms"]) < 1_000
    assert abs(after["known"]["start_ms"] - 13_000) < 1_000
    assert after["known"]["end_ms"] > 19_000
    record = room.viewer.get(record_of(media_id))
    assert record["status"] == "unreviewed"
    verdicts = {each["media_id"]: each["status"] for each in record["related_verdicts"]}
    assert verdicts == {handout: "unverified"}
    assert [each["known_media_id"] for each in matches_of(room, media_id, "upload")] == [handout]
    return media_id


def a_channels_copy_is_named_edit_by_edit(room: Newsroom, clips: Copies, source: str) -> str:
    """22: mirrored, upright, under a logo, faster; its pictures are blurred like the source's."""
    media_id = str(room.producer.send(clips.channel, source_name="a channel")["id"])
    room.producer.ready(media_id)
    [match] = matches_of(room, media_id, "known")
    assert (match["known_media_id"], match["grade"] in SURE) == (source, True)
    longest = max(
        match["segments"], key=lambda each: each["query"]["end_ms"] - each["query"]["start_ms"]
    )
    assert longest["query"]["end_ms"] - longest["query"]["start_ms"] >= 10_000
    kinds = {done["kind"] for segment in match["segments"] for done in segment["transforms"]}
    assert {"mirror", "crop", "overlay", "speed"} <= kinds
    assert 1.02 <= longest["speed"] <= 1.08
    sheet = room.producer.fetch(match["links"]["sheet"])
    assert "pow" in sheet.headers["X-Sensitive"]
    return media_id


def the_same_room_another_time_is_no_copy(room: Newsroom, clips: Copies, *copies: str) -> None:
    """23: at most a lead; and of the archive nothing alerts on anything."""
    media_id = str(room.producer.send(clips.room)["id"])
    room.producer.ready(media_id)
    found = matches_of(room, media_id, "known") + matches_of(room, media_id, "upload")
    assert {match["grade"] for match in found} <= {"lead"}
    for match in found[:1]:
        related = {"decision": "related", "note": "The same room, another day."}
        room.verifier.post(f"/v1/matches/{match['id']}/review", related)
    for each in (media_id, *copies):
        sure = [match for match in matches_of(room, each, "known") if match["grade"] in SURE]
        assert all("reference" in match["known"]["collections"] for match in sure)
    told = [each["media_id"] for each in room.events("subscription.matched")]
    assert set(told) == set(copies[-2:])
    assert len(told) == 2
