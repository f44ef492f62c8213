"""Files that no item has any more."""

import os
import time
from pathlib import Path

from fastapi.testclient import TestClient

from app.blobs.local import PICTURES
from app.bootstrap import Parts
from app.services import leftovers
from tests.uploads import png, upload

TWO_DAYS_S = 48 * 3600


def _age(path: Path) -> None:
    long_ago = time.time() - TWO_DAYS_S
    os.utime(path, (long_ago, long_ago))


def _adopt(parts: Parts, content: bytes) -> str:
    with parts.blobs.receive() as incoming:
        incoming.write(content)
        incoming.sync()
        parts.blobs.adopt(incoming)
        return incoming.sha256


def test_only_old_files_without_an_item_are_swept(parts: Parts, client: TestClient) -> None:
    item = upload(client, png(1)).json()
    orphan, young = _adopt(parts, png(2)), _adopt(parts, png(3))
    for media_id in (item["id"], "gone"):
        parts.blobs.put_derived(media_id, PICTURES, b"x")
        _age(parts.blobs.derived_path(media_id, PICTURES).parent)
    _age(parts.blobs.path(item["sha256"]))
    _age(parts.blobs.path(orphan))

    found = leftovers.find(parts.database, parts.blobs)
    assert found == leftovers.Leftovers(contents=(orphan,), derived=("gone",))
    again = upload(client, png(2)).json()
    assert leftovers.remove(parts.database, parts.blobs, found) == leftovers.Leftovers((), ())
    assert parts.blobs.path(again["sha256"]).exists()
    assert client.delete(f"/v1/media/{again['id']}").status_code == 204
    assert not parts.blobs.path(orphan).exists()
    assert parts.blobs.path(young).exists()
    assert parts.blobs.path(item["sha256"]).exists()
    assert parts.blobs.derived_path(item["id"], PICTURES).exists()
    assert not parts.blobs.derived_path("gone", PICTURES).exists()


def test_what_cannot_be_removed_is_named_and_the_rest_goes(parts: Parts) -> None:
    stuck = parts.blobs.derived_path("stuck", PICTURES).parent
    stuck.write_bytes(b"no folder")
    orphan = _adopt(parts, png(2))
    parts.blobs.put_derived("gone", PICTURES, b"x")
    found = leftovers.Leftovers(contents=(orphan,), derived=("stuck", "gone"))
    left = leftovers.remove(parts.database, parts.blobs, found)
    assert left == leftovers.Leftovers(contents=(), derived=("stuck",))
    assert not parts.blobs.path(orphan).exists()
    assert not parts.blobs.derived_path("gone", PICTURES).parent.exists()
