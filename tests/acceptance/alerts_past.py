"""The alert story's step 32: what a night's import shows of a clip that was verified and published."""

import json
from pathlib import Path

from tests.acceptance.alerts_imports import imported
from tests.acceptance.footage import Copies
from tests.acceptance.newsroom import Newsroom
from tests.acceptance.verdicts import conclude_verified, record_of, take_up


def a_viral_clip_is_verified_and_published(room: Newsroom, clips: Copies) -> str:
    """32: nothing is known of it, and two people find that it holds."""
    media_id = str(room.verifier.send(clips.viral, source_name="everybody")["id"])
    room.verifier.ready(media_id)
    assert room.viewer.get(f"/v1/media/{media_id}/matches")["items"] == []
    take_up(room, media_id)
    looked = {"flags": [], "reviewed": True}
    room.verifier.put(f"/v1/media/{media_id}/sensitivity", looked)
    conclude_verified(room, media_id)
    room.editor.post(record_of(media_id, "/publication"), {"codes": []})
    return media_id


def an_import_shows_that_it_is_old(room: Newsroom, clips: Copies, folder: Path, viral: str) -> None:
    """32: told with what was concluded of it; the status stays, somebody has to look again."""
    tape = folder / "2023.mp4"
    tape.write_bytes(clips.old.read_bytes())
    manifest = folder / "night.ndjson"
    manifest.write_text(json.dumps({"path": tape.name, "title": "A flood in 2023"}) + "\n")
    order = {"kind": "manifest", "path": str(manifest), "collection": "known_archive"}
    answer = imported(room, order)
    assert (answer["added"], answer["retro_matches"]) == (1, 1)
    assert room.events("import.completed")[-1]["retro_matches"] == 1
    [told] = room.events("match.found_retroactively")
    assert (told["media_id"], told["older_media_id"]) == (viral, viral)
    assert (told["older_status"], told["was_published"]) == ("verified", True)
    [match] = room.viewer.get(f"/v1/media/{viral}/matches")["items"]
    assert (match["id"], match["found"]) == (told["match_id"], "retroactive")
    record = room.viewer.get(record_of(viral))
    assert (record["status"], record["attention"]) == ("verified", ["retroactive_match"])
    assert len(room.events("verification.attention_required", viral)) == 1
