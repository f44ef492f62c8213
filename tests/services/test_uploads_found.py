"""Uploads are found in later uploads: told once a pair, apart from what is found in known material."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.access import SYSTEM
from app.bootstrap import Parts
from app.services import processing, shredding
from app.services.bench import LocalBench
from app.services.heavy import Found
from tests.filming import edit
from tests.records import PURGE
from tests.services.remembering import RememberingBench
from tests.services.test_rechecking import RETROACTIVE, Desk
from tests.uploads import upload


@pytest.fixture
def desk(parts: Parts, client: TestClient, bench: LocalBench) -> Desk:
    return Desk(parts, client, bench)


@pytest.fixture(scope="module")
def third(clips: tuple[Path, Path]) -> Path:
    """Another copy of the clip."""
    return edit(clips[0], clips[0].with_name("third.mp4"), "-vf", "scale=280:-2")


def others(desk: Desk, media_id: str, **asked: str) -> list[tuple[str, str]]:
    page = desk.client.get(f"/v1/media/{media_id}/matches", params=asked).json()
    return [(each["known_media_id"], each["against"]) for each in page["items"]]


def test_an_upload_that_copies_an_earlier_one_is_told(desk: Desk, clips: tuple[Path, Path]) -> None:
    earlier, later = desk.send(clips[1]), desk.send(clips[0])
    assert others(desk, later) == [(earlier, "upload")]
    assert others(desk, earlier) == []
    [told] = desk.told("match.found")
    assert (told["media_id"], told["known_id"], told["against"]) == (later, earlier, "upload")
    searched = desk.matches(later)["searched"]
    assert (searched["known_items"], searched["uploads"]) == (0, 1)
    assert desk.matches(later)["explained"]["share"] == 0.0
    assert desk.recheck() == 0


def test_known_and_uploaded_copies_are_found_beside_each_other(
    desk: Desk, clips: tuple[Path, Path], third: Path
) -> None:
    known = desk.send(clips[0], collection="archive")
    earlier, later = desk.send(clips[1]), desk.send(third)
    assert set(others(desk, later)) == {(known, "known"), (earlier, "upload")}
    assert others(desk, later, against="known") == [(known, "known")]
    assert others(desk, later, against="upload") == [(earlier, "upload")]
    assert desk.matches(later)["searched"]["known_items"] == 1
    assert desk.pairs() == {(earlier, known), (later, known), (later, earlier)}


def test_what_becomes_known_tells_of_earlier_uploads_later_only(
    desk: Desk, clips: tuple[Path, Path]
) -> None:
    older = desk.send(clips[1])
    known = desk.send(clips[0], collection="archive")
    assert others(desk, known) == []
    assert desk.matches(known)["searched"]["uploads"] is None
    assert desk.told("match.found") == []
    desk.recheck()
    assert [(told["media_id"], told["against"]) for told in desk.told(RETROACTIVE)] == [
        (older, "known")
    ]


def test_a_linked_upload_that_becomes_known_is_not_told_again(
    desk: Desk, clips: tuple[Path, Path], third: Path
) -> None:
    earlier, later = desk.send(clips[1]), desk.send(clips[0])
    desk.promote(earlier)
    desk.promote(later)
    desk.recheck()
    assert desk.told(RETROACTIVE) == []
    assert desk.pairs() == {(later, earlier)}
    assert others(desk, later) == [(earlier, "known")]
    assert desk.matches(later)["explained"]["share"] > 0.9
    # Both are found as known material only.
    newest = desk.send(third)
    assert set(others(desk, newest)) == {(earlier, "known"), (later, "known")}
    assert desk.matches(newest)["searched"]["uploads"] == 0


def test_a_rejected_pair_of_uploads_stays_silent(desk: Desk, clips: tuple[Path, Path]) -> None:
    earlier, later = desk.send(clips[1]), desk.send(clips[0])
    [match] = desk.matches(later)["items"]
    review = {"decision": "rejected", "note": "Another take."}
    assert desk.client.post(f"/v1/matches/{match['id']}/review", json=review).is_success
    assert desk.bench.match(earlier).hits == ()
    desk.promote(later)
    desk.recheck()
    assert desk.told(RETROACTIVE) == []


def test_two_uploads_at_once_are_told_once(desk: Desk, clips: tuple[Path, Path]) -> None:
    """Each is findable before the other is searched for, so neither is missed."""
    first = upload(desk.client, clips[1].read_bytes(), "first.mp4").json()["id"]

    class Meanwhile(RememberingBench):
        def match(self, media_id: str) -> Found:
            if media_id == first:
                found = super().match(media_id)
                assert not found.hits
                seconds.append(desk.send(clips[0]))
            return super().match(media_id)

    seconds: list[str] = []
    slow = Meanwhile(**{name: getattr(desk.bench, name) for name in LocalBench.__slots__})
    processing.process(desk.parts.database, slow, first)
    assert desk.pairs() == {(seconds[0], first)}


@pytest.mark.parametrize("was_known", [True, False])
def test_what_changes_its_shelf_while_it_is_found_is_told_nevertheless(
    desk: Desk, clips: tuple[Path, Path], *, was_known: bool
) -> None:
    """The later one is matched; before that is kept, the earlier one becomes known, or ceases to be."""
    earlier = desk.send(clips[1], **({"collection": "archive"} if was_known else {}))
    later = upload(desk.client, clips[0].read_bytes(), "later.mp4").json()["id"]

    class Slow(RememberingBench):
        def match(self, media_id: str) -> Found:
            found = super().match(media_id)
            member = f"/v1/collections/archive/media/{earlier}"
            answer = desk.client.delete(member) if was_known else desk.client.put(member)
            assert answer.status_code < 300, answer.text
            return found

    slow = Slow(**{name: getattr(desk.bench, name) for name in LocalBench.__slots__})
    processing.process(desk.parts.database, slow, later)
    desk.recheck()
    told = [*desk.told("match.found"), *desk.told(RETROACTIVE)]
    assert [(each["media_id"], each["known_id"], each["against"]) for each in told] == [
        (later, earlier, "upload" if was_known else "known")
    ]


def test_void_and_purged_uploads_are_not_found(
    desk: Desk, clips: tuple[Path, Path], third: Path
) -> None:
    first, second = desk.send(clips[1]), desk.send(clips[0])
    desk.move(first, "void", reason_code="wrong_file")
    shredder = shredding.Shredder(desk.parts.database, desk.parts.blobs, desk.parts.purge_list)
    assert shredding.purge(shredder, second, PURGE, SYSTEM)
    newest = desk.send(third)
    assert others(desk, newest) == []
    assert desk.matches(newest)["searched"]["uploads"] == 0
    desk.move(first, "in_review", assignee="vera")
    [hit] = desk.bench.match(newest).hits
    assert (hit.known_media_id, hit.against) == (first, "upload")


def test_common_material_links_no_uploads(
    desk: Desk, clips: tuple[Path, Path], third: Path
) -> None:
    """What two uploads share is an ident: known as common, it is one between them as well."""
    desk.send(clips[0], collection="common")
    first, second = desk.send(clips[1]), desk.send(third)
    found = {each["known_media_id"]: each for each in desk.matches(second)["items"]}
    assert found[first]["grade"] == "lead"
    assert found[first]["notes"] == ["common_material"]
    assert desk.pairs() == set()
