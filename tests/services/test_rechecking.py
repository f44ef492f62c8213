"""What becomes known is matched against every earlier item: told once, of what is new, as found first."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import cv2
import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from app import db
from app.access import SYSTEM
from app.bootstrap import Parts
from app.core.errors import DecoderCrashed
from app.core.policy import Grade
from app.db.rechecks import LogSpan
from app.services import heartbeat, processing, rechecking, shredding
from app.services.bench import LocalBench
from app.services.heavy import BenchUnavailable, Found
from app.services.index_client import IndexUnavailable
from app.services.rechecking import Rechecker
from app.services.shredding import Shredder
from tests.filming import edit, film
from tests.services.remembering import RememberingBench
from tests.services.test_recognising import KEEPING
from tests.services.unmounting import unmounted
from tests.uploads import upload

RETROACTIVE = "match.found_retroactively"


class Desk:
    """What the tests do and see at the desk."""

    def __init__(self, parts: Parts, client: TestClient, bench: LocalBench) -> None:
        self.parts, self.client, self.bench = parts, client, bench
        self.mine = Rechecker(parts.database, bench.algorithm, "w", 60)
        heartbeat.beat(parts.database, "w", "here")
        for kind in ("archive", "common"):
            body = {"slug": kind, "title": kind, "kind": kind}
            assert client.post("/v1/collections", json=body).status_code == 201

    def send(self, clip: Path, **fields: str) -> str:
        media_id: str = upload(self.client, clip.read_bytes(), clip.name, **fields).json()["id"]
        processing.process(self.parts.database, self.bench, media_id)
        return media_id

    def promote(self, media_id: str, collection: str = "archive") -> None:
        answer = self.client.put(f"/v1/collections/{collection}/media/{media_id}")
        assert answer.status_code < 300, answer.text

    def move(self, media_id: str, status: str, **more: str) -> None:
        """Bring its record to a status, as a person does."""
        body = {"to": status, "note": "As it should be.", **more}
        address = f"/v1/media/{media_id}/verification/transitions"
        answer = self.client.post(address, json=body, headers={"If-Match": "*"})
        assert answer.status_code == 200, answer.text

    def purge(self, media_id: str) -> None:
        """Take it away but for its fingerprint."""
        shredder = Shredder(self.parts.database, self.parts.blobs, self.parts.purge_list)
        assert shredding.purge(shredder, media_id, KEEPING, SYSTEM)

    def recheck(self, bench: LocalBench | None = None) -> int:
        """Take every step there is; gives their number."""
        steps = 0
        while rechecking.step(self.mine, bench or self.bench):
            steps += 1
        assert not rechecking.has_work(self.mine)
        return steps

    def get(self, path: str) -> dict[str, Any]:
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def matches(self, media_id: str) -> dict[str, Any]:
        return self.get(f"/v1/media/{media_id}/matches")

    def told(self, kind: str) -> list[dict[str, Any]]:
        """What events of a kind said."""
        page = self.client.get("/v1/events", params={"type": kind, "limit": 200}).json()
        return [event["data"] for event in page["items"]]

    def pairs(self) -> set[tuple[str, str]]:
        """The pairs that were told of, at upload or later."""
        told = (*self.told("match.found"), *self.told(RETROACTIVE))
        return {(each["media_id"], each["known_id"]) for each in told}


@pytest.fixture
def desk(parts: Parts, client: TestClient, bench: LocalBench) -> Desk:
    return Desk(parts, client, bench)


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return film(tmp_path_factory.mktemp("other") / "other.mp4", seconds=3, seed=11, shots=2)


def test_what_is_known_later_explains_an_earlier_upload(
    desk: Desk, clips: tuple[Path, Path]
) -> None:
    older = desk.send(clips[1])
    assert desk.matches(older)["items"] == []
    known = desk.send(clips[0], collection="archive")
    assert desk.recheck() == 1
    [match] = desk.matches(older)["items"]
    assert (match["known_media_id"], match["found"]) == (known, "retroactive")
    assert desk.matches(older)["searched"]["known_items"] == 1
    [told] = desk.told(RETROACTIVE)
    assert (told["media_id"], told["older_media_id"], told["known_id"]) == (older, older, known)
    assert (told["older_status"], told["was_published"]) == ("unreviewed", False)
    assert told["match_id"] == match["id"]
    record = desk.get(f"/v1/media/{older}/verification")
    assert (record["status"], record["attention"]) == ("unreviewed", ["retroactive_match"])
    assert desk.told("match.found") == []
    assert desk.recheck() == 0


def test_a_promoted_upload_is_known_to_earlier_ones(desk: Desk, clips: tuple[Path, Path]) -> None:
    older = desk.send(clips[1])
    desk.move(older, "void", reason_code="wrong_file")
    later = desk.send(clips[0])
    desk.move(older, "in_review", assignee="vera")
    assert desk.pairs() == set()
    desk.promote(later)
    desk.recheck()
    assert [(each["media_id"], each["known_id"]) for each in desk.told(RETROACTIVE)] == [
        (older, later)
    ]
    # Out and in again: the pair is linked already.
    assert desk.client.delete(f"/v1/collections/archive/media/{later}").status_code == 204
    desk.promote(later)
    desk.recheck()
    assert len(desk.told(RETROACTIVE)) == 1


def test_a_linked_pair_is_not_told_again_the_other_way_round(
    desk: Desk, clips: tuple[Path, Path]
) -> None:
    first = desk.send(clips[0], collection="archive")
    second = desk.send(clips[1], collection="archive")
    assert desk.pairs() == {(second, first)}
    desk.recheck()
    assert desk.pairs() == {(second, first)}
    assert desk.matches(first)["items"] == []
    assert desk.get(f"/v1/media/{first}/verification")["attention"] == []


def test_what_comes_as_known_material_explains_an_earlier_verdict(
    desk: Desk, clips: tuple[Path, Path]
) -> None:
    older = desk.send(clips[0])
    desk.promote(older)
    desk.recheck()
    desk.move(older, "in_review", assignee="vera")
    source = desk.send(clips[1], collection="archive")
    [told] = desk.told(RETROACTIVE)
    assert (told["media_id"], told["older_media_id"], told["known_id"]) == (older, older, source)
    assert (told["older_status"], told["known_status"]) == ("in_review", "unreviewed")
    [match] = desk.matches(source)["items"]
    assert (told["match_id"], told["coverage_q"]) == (match["id"], match["coverage"]["known"])
    record = desk.get(f"/v1/media/{older}/verification")
    assert (record["status"], record["attention"]) == ("in_review", ["retroactive_match"])
    desk.recheck()
    assert desk.told("match.found") == []
    assert len(desk.told(RETROACTIVE)) == 1


def test_known_material_is_not_searched_for_what_comes_later_and_finds_it(
    desk: Desk, clips: tuple[Path, Path], other: Path
) -> None:
    first = desk.send(clips[0], collection="archive")
    desk.send(other, collection="archive")
    assert desk.recheck() == 0
    # As an upload again it is searched in everything; in the archive again, for what came before that.
    assert desk.client.delete(f"/v1/collections/archive/media/{first}").status_code == 204
    assert desk.matches(first)["searched"]["incomplete"]
    let_an_hour_pass(desk)
    assert desk.recheck() == 1
    assert not desk.matches(first)["searched"]["incomplete"]
    desk.promote(first)
    assert desk.recheck() == 1
    assert desk.recheck() == 0


def test_known_material_that_is_not_searched_itself_is_looked_for(
    desk: Desk, clips: tuple[Path, Path]
) -> None:
    older = desk.send(clips[0], collection="archive")

    class Failing(LocalBench):
        def match(self, media_id: str) -> Found:
            raise DecoderCrashed("It cannot be searched.")

    failing_bench = Failing(**{n: getattr(desk.bench, n) for n in LocalBench.__slots__})
    answer = upload(desk.client, clips[1].read_bytes(), "clip.mp4", collection="archive")
    newer = answer.json()["id"]
    processing.process(desk.parts.database, failing_bench, newer)
    assert desk.get(f"/v1/media/{newer}")["state"] == "failed"
    desk.recheck()
    assert desk.pairs() == {(older, newer)}
    assert desk.recheck() == 0


@pytest.mark.parametrize("becoming", ["purged", "promoted"])
def test_a_void_item_that_becomes_known_is_looked_for(
    desk: Desk, clips: tuple[Path, Path], becoming: str
) -> None:
    older = desk.send(clips[1])
    desk.move(older, "void", reason_code="wrong_file")
    later = desk.send(clips[0], collection="archive")
    desk.recheck()
    assert desk.pairs() == set()
    if becoming == "purged":
        desk.purge(older)
    else:
        desk.promote(older)
    desk.recheck()
    assert desk.pairs() == {(later, older)}


def test_what_shows_a_purged_item_comes_in(desk: Desk, clips: tuple[Path, Path]) -> None:
    older = desk.send(clips[0])
    desk.purge(older)
    source = desk.send(clips[1], collection="archive")
    assert desk.get(f"/v1/media/{source}")["state"] == "ready"
    assert desk.pairs() == {(source, older)}


@pytest.mark.parametrize("of", ["common", "void"])
def test_no_verdict_is_explained_by_common_material_and_none_that_is_void(
    desk: Desk, clips: tuple[Path, Path], of: str
) -> None:
    older = desk.send(clips[0], collection="archive")
    if of == "void":
        desk.move(older, "void", reason_code="wrong_file")
    else:
        desk.move(older, "in_review", assignee="vera")
    desk.send(clips[1], collection="common" if of == "common" else "archive")
    desk.recheck()
    assert desk.told(RETROACTIVE) == []


def test_older_is_what_was_known_before_however_long_the_other_waited(
    desk: Desk, clips: tuple[Path, Path]
) -> None:
    answer = upload(desk.client, clips[1].read_bytes(), "clip.mp4", collection="archive")
    verdict = desk.send(clips[0], collection="archive")
    desk.move(verdict, "in_review", assignee="vera")
    processing.process(desk.parts.database, desk.bench, answer.json()["id"])
    assert [each["older_media_id"] for each in desk.told(RETROACTIVE)] == [verdict]


def test_uploads_are_searched_again_before_known_material(
    desk: Desk, clips: tuple[Path, Path], other: Path
) -> None:
    upload_, late = desk.send(clips[1]), desk.send(other)
    desk.promote(late)
    with desk.parts.database.read() as session:
        order = db.rechecks.behind(session, desk.bench.algorithm, 10, 9)
    assert order == [upload_, late]


def test_two_ways_to_find_one_pair_alert_once(desk: Desk, clips: tuple[Path, Path]) -> None:
    """The older one, known only now, is searched again before the newer one's own search is kept."""
    older = desk.send(clips[1])
    answer = upload(desk.client, clips[0].read_bytes(), "clip.mp4", collection="archive")
    newer = answer.json()["id"]

    class Meanwhile(RememberingBench):
        def match(self, media_id: str) -> Found:
            if media_id == newer:
                desk.promote(older)
                desk.recheck()
            return super().match(media_id)

    slow = Meanwhile(**{name: getattr(desk.bench, name) for name in LocalBench.__slots__})
    processing.process(desk.parts.database, slow, newer)
    assert desk.pairs() == {(older, newer)}
    assert [each["known_media_id"] for each in desk.matches(newer)["items"]] == [older]


def test_a_rejected_pair_stays_silent(desk: Desk, clips: tuple[Path, Path]) -> None:
    first = desk.send(clips[0], collection="archive")
    second = desk.send(clips[1])
    [match] = desk.matches(second)["items"]
    review = {"decision": "rejected", "note": "Another take of the same scene."}
    answer = desk.client.post(f"/v1/matches/{match['id']}/review", json=review)
    assert answer.status_code == 200, answer.text
    desk.promote(second)
    desk.recheck()
    assert desk.told(RETROACTIVE) == []
    assert desk.get(f"/v1/media/{first}/verification")["attention"] == []


def test_what_has_nothing_to_do_with_it_is_only_searched(
    desk: Desk, clips: tuple[Path, Path], other: Path
) -> None:
    older = desk.send(other)
    before = desk.matches(older)["searched"]
    desk.send(clips[0], collection="archive")
    desk.recheck()
    after = desk.matches(older)["searched"]
    assert (before["known_items"], after["known_items"]) == (0, 1)
    assert after["as_of_seq"] > before["as_of_seq"]
    assert desk.told(RETROACTIVE) == []


def test_common_material_explains_nothing_later_either(
    desk: Desk, clips: tuple[Path, Path]
) -> None:
    older = desk.send(clips[1])
    desk.send(clips[0], collection="common")
    desk.recheck()
    assert desk.told(RETROACTIVE) == []
    assert desk.get(f"/v1/media/{older}/verification")["attention"] == []


def test_a_void_item_is_left_alone_until_it_is_none(desk: Desk, clips: tuple[Path, Path]) -> None:
    older = desk.send(clips[1])
    set_status(desk, older, "void")
    desk.send(clips[0], collection="archive")
    assert desk.recheck() == 0
    assert desk.told(RETROACTIVE) == []
    set_status(desk, older, "unreviewed")
    desk.recheck()
    assert [each["media_id"] for each in desk.told(RETROACTIVE)] == [older]


def test_a_void_item_that_was_passed_over_is_left_alone_too(
    desk: Desk, clips: tuple[Path, Path]
) -> None:
    older = desk.send(clips[1])
    desk.send(clips[0], collection="archive")
    desk.recheck(failing(desk.bench, older))
    set_status(desk, older, "void")
    let_an_hour_pass(desk)
    assert desk.recheck() == 0
    assert desk.told(RETROACTIVE) == []
    set_status(desk, older, "unreviewed")
    desk.recheck()
    assert [each["media_id"] for each in desk.told(RETROACTIVE)] == [older]


def set_status(desk: Desk, media_id: str, status: str) -> None:
    changed = "UPDATE verifications SET status = :status WHERE media_id = :id"
    with desk.parts.database.write() as session:
        session.execute(sa.text(changed), {"status": status, "id": media_id})


def let_an_hour_pass(desk: Desk) -> None:
    """Since all searches."""
    earlier = sa.update(db.searches.MatchSearch).values(searched_at=db.now() - timedelta(hours=2))
    with desk.parts.database.write() as session:
        session.execute(earlier)


def test_one_item_that_fails_keeps_no_other_from_it(
    desk: Desk, clips: tuple[Path, Path], tmp_path: Path
) -> None:
    crashing = desk.send(clips[1])
    second = edit(clips[0], tmp_path / "second.mp4", "-vf", "scale=280:-2")
    fine = desk.send(second)
    known = desk.send(clips[0], collection="archive")
    desk.recheck(failing(desk.bench, crashing))
    assert {each["media_id"] for each in desk.told(RETROACTIVE)} == {fine}
    assert desk.matches(crashing)["searched"]["incomplete"]
    assert not desk.matches(fine)["searched"]["incomplete"]
    with desk.parts.database.write() as session:
        session.execute(
            sa.update(db.searches.MatchSearch).values(searched_at=db.now() - timedelta(hours=2))
        )
    desk.recheck()
    assert [each["known_media_id"] for each in desk.matches(crashing)["items"]] == [known]
    assert not desk.matches(crashing)["searched"]["incomplete"]
    assert {each["media_id"] for each in desk.told(RETROACTIVE)} == {fine, crashing}


@pytest.mark.parametrize("error", [MemoryError, cv2.error])
def test_nothing_that_one_item_raises_keeps_others_from_it(
    desk: Desk, clips: tuple[Path, Path], tmp_path: Path, error: type[Exception]
) -> None:
    fine = desk.send(edit(clips[0], tmp_path / "second.mp4", "-vf", "scale=280:-2"))
    bad = desk.send(clips[1])
    desk.send(clips[0], collection="archive")
    desk.recheck(failing(desk.bench, bad, error))
    assert {each["media_id"] for each in desk.told(RETROACTIVE)} == {fine}
    assert desk.matches(bad)["searched"]["incomplete"]


def test_what_hinders_all_items_passes_none_over(desk: Desk, clips: tuple[Path, Path]) -> None:
    older = desk.send(clips[1])
    desk.send(clips[0], collection="archive")
    with pytest.raises(IndexUnavailable):
        desk.recheck(failing(desk.bench, older, IndexUnavailable))
    assert not desk.matches(older)["searched"]["incomplete"]
    desk.recheck()
    assert [each["media_id"] for each in desk.told(RETROACTIVE)] == [older]


def test_files_whose_disk_is_not_there_pass_nothing_over(
    desk: Desk, clips: tuple[Path, Path], tmp_path: Path
) -> None:
    older = desk.send(clips[1])
    desk.send(clips[0], collection="archive")
    with unmounted(desk.parts, tmp_path), pytest.raises(BenchUnavailable):
        desk.recheck()
    assert not desk.matches(older)["searched"]["incomplete"]
    desk.recheck()
    assert [each["media_id"] for each in desk.told(RETROACTIVE)] == [older]


def test_only_new_fingerprints_of_its_own_algorithm_are_waited_for(
    desk: Desk, clips: tuple[Path, Path]
) -> None:
    older = desk.send(clips[1])
    desk.send(clips[0], collection="archive")
    _plan(desk, older, desk.bench.algorithm)
    assert not rechecking.has_work(desk.mine)
    _plan(desk, older, "another")
    desk.recheck()
    assert [each["media_id"] for each in desk.told(RETROACTIVE)] == [older]


def _plan(desk: Desk, media_id: str, algorithm: str) -> None:
    with desk.parts.database.write() as session:
        db.refingerprints.plan(session, [media_id], algorithm)


def test_what_was_missed_stays_missed_until_everything_is_searched(
    desk: Desk, clips: tuple[Path, Path], other: Path, tmp_path: Path
) -> None:
    older = desk.send(clips[1])
    known = desk.send(clips[0], collection="archive")
    desk.recheck(failing(desk.bench, older))

    class Leading(LocalBench):
        def recheck(self, wanted: str, span: LogSpan) -> Found:
            """What a few known items give now and then: a lead."""
            found = super().recheck(wanted, span)
            assert not found.is_whole
            [hit] = self.match(wanted).hits
            lead = replace(hit.match, grade=Grade.LEAD, confidence=0.3)
            return replace(found, hits=(replace(hit, known_media_id=later, match=lead),))

    later = desk.send(other, collection="archive")
    desk.recheck(Leading(**{name: getattr(desk.bench, name) for name in LocalBench.__slots__}))
    assert [each["grade"] for each in desk.matches(older)["items"]] == ["lead"]
    assert desk.matches(older)["searched"]["incomplete"]
    let_an_hour_pass(desk)
    desk.recheck()
    assert [each["known_id"] for each in desk.told(RETROACTIVE)] == [known]
    assert not desk.matches(older)["searched"]["incomplete"]


def failing(
    bench: LocalBench, media_id: str, error: type[Exception] = DecoderCrashed
) -> LocalBench:
    """A bench on which one item cannot be searched: it crashes its decoder, say."""

    class Failing(LocalBench):
        def recheck(self, wanted: str, span: LogSpan) -> Found:
            if wanted == media_id:
                raise error("It cannot be searched.")
            return super().recheck(wanted, span)

    return Failing(**{name: getattr(bench, name) for name in LocalBench.__slots__})


@pytest.mark.long
def test_killed_in_between_it_goes_on_and_tells_nothing_twice(
    desk: Desk, clips: tuple[Path, Path], tmp_path: Path
) -> None:
    second = edit(clips[0], tmp_path / "second.mp4", "-vf", "scale=280:-2")
    older = {desk.send(clips[1]), desk.send(second)}
    desk.send(clips[0], collection="archive")

    class Dying(LocalBench):
        left = 1

        def recheck(self, media_id: str, span: LogSpan) -> Found:
            Dying.left -= 1
            if Dying.left < 0:
                raise KeyboardInterrupt
            return super().recheck(media_id, span)

    dying = Dying(**{name: getattr(desk.bench, name) for name in LocalBench.__slots__})
    with pytest.raises(KeyboardInterrupt):
        desk.recheck(dying)
    assert len(desk.told(RETROACTIVE)) == 1
    desk.recheck()
    assert len(desk.told(RETROACTIVE)) == 2
    assert {each["media_id"] for each in desk.told(RETROACTIVE)} == older


def test_only_the_first_living_worker_rechecks(desk: Desk, clips: tuple[Path, Path]) -> None:
    desk.send(clips[1])
    desk.send(clips[0], collection="archive")
    heartbeat.beat(desk.parts.database, "a", "there")
    assert not rechecking.has_work(desk.mine)
    assert rechecking.has_work(replace(desk.mine, worker_id="a"))
    heartbeat.sign_off(desk.parts.database, "a", timeout_s=60)
    assert rechecking.has_work(desk.mine)


@pytest.mark.parametrize("most_frames", [1, 100_000])
@pytest.mark.long
def test_in_whatever_order_they_come_the_same_pairs_are_told(
    desk: Desk,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    most_frames: int,
) -> None:
    """Uploads before their sources are told of as they would be after them; span by span too."""
    monkeypatch.setattr(rechecking, "MOST_FRAMES", most_frames)
    sources = [film(tmp_path / f"source{n}.mp4", seconds=3, seed=40 + n, shots=2) for n in range(2)]
    copies = [edit(each, each.with_suffix(".copy.mp4"), "-vf", "scale=240:-2") for each in sources]
    sent: Callable[[Path], str] = desk.send
    earlier = [sent(copies[0]), sent(copies[1])]
    known = [desk.send(each, collection="archive") for each in sources]
    desk.recheck()
    from_scratch = {
        (query, hit.known_media_id)
        for query in earlier
        for hit in desk.bench.match(query).hits
        if hit.match.grade != "lead"
    }
    assert desk.pairs() == from_scratch == {(earlier[0], known[0]), (earlier[1], known[1])}
