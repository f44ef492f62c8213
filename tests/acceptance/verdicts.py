"""What it takes to conclude, as the stories' people do it."""

from tests.acceptance.newsroom import Newsroom


def record_of(media_id: str, part: str = "") -> str:
    """Where an item's record is, or a part of it."""
    return f"/v1/media/{media_id}/verification{part}"


def take_up(room: Newsroom, media_id: str) -> None:
    """The verifier takes the case."""
    take = {"to": "in_review", "assignee": "verifier-1", "note": "Everybody shares it."}
    room.verifier.post(record_of(media_id, "/transitions"), take)


def conclude_verified(room: Newsroom, media_id: str) -> None:
    """Everything that `verified` takes, and the word of a second person."""
    for pillar in ("provenance", "source", "date", "location", "motivation"):
        proof = [{"kind": "interview", "ref": "the author"}]
        finding = {"pillar": pillar, "verdict": "confirmed", "evidence": proof}
        room.verifier.post(record_of(media_id, "/findings"), finding, 201)
    said = {
        "about": "media",
        "source": {"name": "an agency", "kind": "media"},
        "stance": "supports",
        "basis": "direct_access",
        "independence": "independent",
    }
    room.verifier.post(record_of(media_id, "/corroborations"), said, 201)
    wish = {"to": "verified", "public_wording": "Verified.", "note": "All of it holds."}
    room.verifier.post(record_of(media_id, "/transitions"), wish, 202)
    room.editor.post(record_of(media_id, "/proposal/approval"), {"note": "Checked it again."})
