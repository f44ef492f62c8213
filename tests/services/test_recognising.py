"""A purged item whose fingerprint was kept is recognised when it comes again, edited too."""

from pathlib import Path

from fastapi.testclient import TestClient

from app.access import SYSTEM
from app.blobs.local import PICTURES
from app.bootstrap import Parts
from app.schemas.privacy_enums import PurgeAuthority
from app.schemas.purging import PurgeRequest
from app.services import processing, shredding
from app.services.bench import LocalBench
from app.services.shredding import Shredder
from tests.filming import edit
from tests.records import PURGE
from tests.uploads import upload

KEEPING = PurgeRequest(
    authority=PurgeAuthority.COURT,
    reason="Order 12/26",
    keep_fingerprint=True,
    keep_reason="Must not be shown again.",
)
KNOWN = {"against": "known"}


def processed(parts: Parts, client: TestClient, bench: LocalBench, clip: Path) -> str:
    media_id: str = upload(client, clip.read_bytes(), clip.name).json()["id"]
    processing.process(parts.database, bench, media_id)
    assert client.get(f"/v1/media/{media_id}").json()["state"] == "ready"
    return media_id


def test_a_kept_fingerprint_recognises_copies_and_a_purged_one_nothing(
    parts: Parts, client: TestClient, bench: LocalBench, clips: tuple[Path, Path], tmp_path: Path
) -> None:
    shredder = Shredder(parts.database, parts.blobs, parts.purge_list)
    clip, copy = clips
    first = processed(parts, client, bench, clip)
    assert shredding.purge(shredder, first, KEEPING, SYSTEM)
    second = processed(parts, client, bench, copy)
    (heard,) = client.get(f"/v1/media/{second}/matches").json()["items"]
    assert (heard["known_media_id"], heard["known"]["title"]) == (first, "(purged)")
    assert (heard["relation"], heard["grade"]) == ("same_sound", "certain")
    told = client.get("/v1/events", params={"type": "match.found"}).json()["items"]
    assert [each["data"]["media_id"] for each in told] == [second]
    assert not parts.blobs.derived_path(first, PICTURES).parent.exists()

    # Without sound there are pictures alone, and none is left to prove anything on.
    mute = edit(clip, tmp_path / "mute.mp4", "-an", "-vf", "scale=240:-2")
    third = processed(parts, client, bench, mute)
    (seen,) = client.get(f"/v1/media/{third}/matches", params=KNOWN).json()["items"]
    assert (seen["grade"], seen["evidence"]) == ("lead", [])
    (segment,) = seen["segments"]
    assert abs(segment["query"]["start_ms"] - segment["known"]["start_ms"]) < 1000

    assert shredding.purge(shredder, second, PURGE, SYSTEM)
    again = processed(parts, client, bench, clip)
    matches = client.get(f"/v1/media/{again}/matches", params=KNOWN).json()["items"]
    assert [each["known_media_id"] for each in matches] == [first]
    assert client.get(f"/v1/media/{again}").json()["purged_before"] == first
