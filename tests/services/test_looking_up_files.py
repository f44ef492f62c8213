"""Files that are looked up: matched with what there is, and nothing of them kept."""

from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from app import db
from app.bootstrap import Parts
from app.schemas.enums import Shelf
from app.services import item_hashes, looking_up_files, lookups, processing
from app.services.bench import LocalBench
from app.services.index_client import Answer, IndexClient
from app.services.item_table import ItemTable
from app.services.listed_table import ListedTable
from app.services.looking_up import Tables
from tests.filming import edit, film
from tests.listing import make_list, send, watch_of
from tests.uploads import png, upload

AT_ONCE = {"Prefer": "wait=0"}


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A clip, and a smaller copy of it."""
    folder = tmp_path_factory.mktemp("clips")
    clip = film(folder / "clip.mp4", seconds=3, seed=3, shots=2)
    return clip, edit(clip, folder / "copy.mp4", "-vf", "scale=240:-2")


@pytest.fixture
def tables(parts: Parts) -> Tables:
    return Tables(parts.database, ItemTable(parts.database), ListedTable(parts.database))


def processed(parts: Parts, client: TestClient, bench: LocalBench, clip: Path, **said: str) -> str:
    media_id: str = upload(client, clip.read_bytes(), clip.name, **said).json()["id"]
    processing.process(parts.database, bench, media_id)
    item_hashes.take(parts.database, parts.blobs, media_id)
    return media_id


def asked(client: TestClient, data: bytes) -> str:
    answer = client.post("/v1/lookups", files={"file": ("x.mp4", data)}, headers=AT_ONCE)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def rows(parts: Parts) -> dict[str, int]:
    with parts.database.read() as session:
        tables = ("media", "receipts", "matches", "events", "fingerprints", "lookups")
        count = {each: session.scalar(sa.text(f"SELECT count(*) FROM {each}")) for each in tables}
        return {each: number or 0 for each, number in count.items()}


def test_a_copy_is_found_among_known_material_uploads_and_lists(
    parts: Parts, client: TestClient, bench: LocalBench, tables: Tables, clips: tuple[Path, Path]
) -> None:
    clip, copy = clips
    body = {"slug": "archive", "title": "Archive", "kind": "archive"}
    assert client.post("/v1/collections", json=body).status_code == 201
    known = processed(parts, client, bench, clip, collection="archive", title="March")
    other = processed(parts, client, bench, copy)
    make_list(client, opinion="fabricated")
    with parts.database.read() as session:
        frame = db.item_hashes.of_media(session, known)
        assert frame is not None
    send(client, f"{frame.pdq[:32].hex()},90,a fake")
    watch_of(parts).catch_up()
    before = rows(parts)

    lookup_id = asked(client, copy.read_bytes() + b"another file")
    assert [each.name for each in parts.blobs.passing.iterdir()] == [lookup_id]
    looking_up_files.run(tables, bench, parts.blobs, lookup_id)
    found = client.get(f"/v1/lookups/{lookup_id}").json()

    shown = {each["known_media_id"]: each for each in found["items"]}
    assert set(shown) == {known, other}
    assert (shown[known]["against"], shown[other]["against"]) == ("known", "upload")
    assert shown[known]["known"]["title"] == "March"
    assert shown[known]["grade"] in {"certain", "probable"}
    assert shown[known]["segments"][0]["known"]["start_ms"] < 500
    assert shown[known]["coverage"]["query"] > 0.9
    assert [each["label"] for each in found["signals"]] == ["a fake"]
    assert (found["searched"]["known_items"], found["searched"]["uploads"]) == (1, 1)
    assert rows(parts) == before
    assert list(parts.blobs.passing.iterdir()) == []


def test_the_same_bytes_are_found_before_they_are_searchable(
    parts: Parts, client: TestClient, bench: LocalBench, tables: Tables, clips: tuple[Path, Path]
) -> None:
    data = clips[1].read_bytes()
    media_id = upload(client, data).json()["id"]
    lookup_id = asked(client, data)
    looking_up_files.run(tables, bench, parts.blobs, lookup_id)
    [item] = client.get(f"/v1/lookups/{lookup_id}").json()["items"]
    assert (item["known_media_id"], item["relation"]) == (media_id, "exact")


def test_what_cannot_be_read_is_answered_with_why(
    parts: Parts, client: TestClient, bench: LocalBench, tables: Tables, clips: tuple[Path, Path]
) -> None:
    lookup_id = asked(client, clips[0].read_bytes()[:2000])
    looking_up_files.run(tables, bench, parts.blobs, lookup_id)
    answer = client.get(f"/v1/lookups/{lookup_id}")
    assert (answer.status_code, answer.json()["code"]) == (422, "corrupt")
    assert list(parts.blobs.passing.iterdir()) == []
    given_up = asked(client, clips[0].read_bytes())
    looking_up_files.give_up(parts.database, parts.blobs, given_up)
    assert client.get(f"/v1/lookups/{given_up}").json()["code"] == "failed"
    assert list(parts.blobs.passing.iterdir()) == []


def test_what_is_no_media_or_one_too_many_is_refused(parts: Parts, client: TestClient) -> None:
    no_media = client.post("/v1/lookups", files={"file": ("x.mp4", b"no media" * 99)})
    assert (no_media.status_code, no_media.json()["code"]) == (415, "not_media")
    assert client.post("/v1/lookups", data={"a": "b"}, files={}).status_code == 422
    for number in range(lookups.WAITING_MAX):
        asked(client, png(number, 500))
    refused = client.post("/v1/lookups", files={"file": ("x.png", png(9, 500))}, headers=AT_ONCE)
    assert refused.status_code == 429
    assert len(list(parts.blobs.passing.iterdir())) == lookups.WAITING_MAX


def test_what_changes_its_shelf_meanwhile_is_found_once(
    parts: Parts, client: TestClient, bench: LocalBench, tables: Tables, clips: tuple[Path, Path]
) -> None:
    clip, copy = clips
    body = {"slug": "archive", "title": "Archive", "kind": "archive"}
    assert client.post("/v1/collections", json=body).status_code == 201
    known = processed(parts, client, bench, clip, collection="archive")

    class Leaving(IndexClient):
        """The item leaves known material when that was searched, before the uploads are."""

        def of(self, shelf: Shelf) -> IndexClient:
            return Leaving(parts.settings.run_dir, shelf=shelf)

        def search(self, query: bytes) -> Answer:
            answer = super().search(query)
            client.delete(f"/v1/collections/archive/media/{known}")
            return answer

    leaving = replace(bench, index=Leaving(parts.settings.run_dir))
    lookup_id = asked(client, copy.read_bytes() + b"another file")
    looking_up_files.run(tables, leaving, parts.blobs, lookup_id)
    found = client.get(f"/v1/lookups/{lookup_id}").json()
    assert [each["known_media_id"] for each in found["items"]] == [known]
