"""What a worker does around the processing of one item."""

from collections.abc import Callable
from pathlib import Path

from fastapi.testclient import TestClient

from app.blobs.local import PICTURES
from app.bootstrap import Parts
from app.core.media import DecodeLimits
from app.schemas.enums import EventType
from app.services import events
from app.services.bench import LocalBench
from app.services.heavy import Made
from app.services.index_client import IndexClient
from tests.filming import film
from tests.uploads import upload
from workers.job_worker import process


class _DeletedMeanwhile:
    """A bench at which the item is deleted while it is worked on."""

    def __init__(self, bench: LocalBench, delete: Callable[[str], object]) -> None:
        self._bench, self._delete = bench, delete
        self.algorithm = bench.algorithm
        self.match = bench.match

    def fingerprint(self, media_id: str, sha256: str, on_progress: Callable[[float], None]) -> Made:
        made = self._bench.fingerprint(media_id, sha256, on_progress)
        self._delete(media_id)
        # The pictures of a child that was slower than the deletion.
        self._bench.blobs.put_derived(media_id, PICTURES, b"late")
        return made


def test_an_item_deleted_in_mid_work_stays_deleted(
    parts: Parts, client: TestClient, tmp_path: Path
) -> None:
    content = film(tmp_path / "clip.mp4").read_bytes()
    media_id = upload(client, content, "clip.mp4").json()["id"]
    index = IndexClient(parts.settings.run_dir, patience_s=0)
    limits = DecodeLimits(wall_s=60)
    local = LocalBench(parts.database, parts.blobs, index, None, limits, tmp_path)
    bench = _DeletedMeanwhile(local, lambda media_id: client.delete(f"/v1/media/{media_id}"))
    process(parts.database, bench, parts.blobs, media_id)
    assert client.get(f"/v1/media/{media_id}").status_code == 410
    assert not parts.blobs.derived_path(media_id, PICTURES).exists()
    assert list(parts.blobs.contents(older_than_s=-60)) == []
    with parts.database.read() as session:
        told = [item.type for item in events.follow(session, 0, 10).items]
    assert told == [EventType.MEDIA_RECEIVED, EventType.MEDIA_PURGED]
    again = upload(client, content, "clip.mp4")
    assert (again.status_code, again.json()["id"] != media_id) == (202, True)
