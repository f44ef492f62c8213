"""Uploads made of more known items than are compared at once, on fingerprints made for the purpose."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from app.core.fingerprints.fingerprint import Fingerprint
from app.core.fingerprints.pictures import NO_PICTURES, Pictures
from app.core.geometry.side import Side
from app.core.index import FrameHits, HashHits, SearchHits, SoundHits
from app.core.matching import comparing
from app.core.matching.candidates import CANDIDATES_MAX
from app.core.matching.comparing import Comparing
from app.core.matching.library import MemoryLibrary
from app.core.matching.matcher import PATIENCE, find_matches
from app.core.media import MediaKind
from app.core.policy import Grade, Relation
from app.core.sound.listening import CANDIDATES_HEARD
from app.core.temporal.runs import Floats, bounded
from app.core.weighing.confidence import Strength
from app.core.weighing.findings import Seen
from tests.core.made_fingerprints import make_fingerprint

STRONG = Strength(still=False, similarity=0.9, agreement=0.9, inliers=300, witnesses=4)


@dataclass(frozen=True, slots=True)
class Item:
    """A fingerprint without pictures."""

    fingerprint: Fingerprint
    pictures: Pictures = NO_PICTURES
    original: None = None


def found(query: Fingerprint, known: list[Fingerprint]) -> set[int]:
    matches = find_matches(Item(query), [Item(each) for each in known])
    return {each.number for each in matches if each.grade is not Grade.LEAD}


def joined(items: list[Fingerprint]) -> Fingerprint:
    """An upload that shows and plays one item after another."""
    one = make_fingerprint(frames=sum(each.frames for each in items), sound=0)
    names = ("pdq", "descriptors", "view_descriptors", "pdq_forms", "sound", "sound_votes")
    arrays = {name: np.concatenate([getattr(each, name) for each in items]) for name in names}
    longest = max(one.duration_ms, 125 * len(arrays["sound"]))
    return replace(one, **arrays, duration_ms=longest)  # type: ignore[arg-type]


def seen(mine: Side, theirs: Side, _: HashHits, __: Floats) -> list[Seen]:
    """What is seen of items without pictures, frames that are alike being proof enough."""
    alike = mine.fingerprint.descriptors @ theirs.fingerprint.descriptors.T > 0.9
    rows, columns = np.nonzero(alike)
    offset_ms = 1000.0 * float(columns[0] - rows[0])
    line = (1.0, offset_ms)
    run = bounded(alike.astype(float), mine.timeline, theirs.timeline, (rows, columns), line)
    return [Seen(run, [], 0.99, (), STRONG)]


def test_an_upload_of_more_clips_than_are_candidates_is_followed_to_the_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(comparing, "sight", seen)
    known = [make_fingerprint(frames=4, sound=0, seed=seed) for seed in range(CANDIDATES_MAX + 25)]
    assert found(joined(known), known) == set(range(len(known)))


def test_what_looks_alike_for_long_hides_no_short_clip_beside_one_that_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def seen_or_nothing(mine: Side, theirs: Side, hashes: HashHits, usual: Floats) -> list[Seen]:
        alike = mine.fingerprint.descriptors @ theirs.fingerprint.descriptors.T > 0.9
        return seen(mine, theirs, hashes, usual) if alike.any() else []

    monkeypatch.setattr(comparing, "sight", seen_or_nothing)
    studio = make_fingerprint(frames=60, sound=0)
    clips = [make_fingerprint(frames=count, sound=0, seed=count) for count in (40, 5)]
    others = [make_fingerprint(frames=60, sound=0, seed=100 + each) for each in range(PATIENCE)]
    episodes = [
        replace(each, descriptors=(studio.descriptors + each.descriptors) / 2) for each in others
    ]
    upload = joined([clips[0], studio, clips[1]])
    assert found(upload, [*episodes, *clips]) == {PATIENCE, PATIENCE + 1}


def test_a_sound_of_more_recordings_than_are_listened_to_is_followed_to_the_last() -> None:
    known = [
        replace(
            make_fingerprint(frames=0, sound=100, seed=seed),
            kind=MediaKind.AUDIO,
            duration_ms=15_000,
        )
        for seed in range(2 * CANDIDATES_HEARD + 5)
    ]
    upload = replace(joined(known), kind=MediaKind.AUDIO)
    assert found(upload, known) == set(range(len(known)))


def test_a_copy_beyond_those_that_are_compared_by_sight_does_not_only_sound_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(comparing, "sight", seen)
    upload = make_fingerprint(frames=15, sound=100)
    # What looks most alike sounds least so: a third of its steps have too many wrong bits to be hits.
    wrong = np.where(np.arange(100) % 3, 0, 0b111).astype(np.uint32)
    known = [replace(upload, sound=upload.sound ^ wrong)] * CANDIDATES_MAX
    edited = upload.descriptors + make_fingerprint(frames=15, seed=1).descriptors / 5
    known += [replace(upload, descriptors=edited)] * CANDIDATES_HEARD
    matches = find_matches(Item(upload), [Item(each) for each in known])
    assert max(each.number for each in matches) >= CANDIDATES_MAX
    assert {each.relation for each in matches} == {Relation.TRANSCODE}


def test_of_an_upload_of_hours_all_clips_that_it_is_made_of_are_looked_at() -> None:
    hours, clip = (Item(make_fingerprint(frames, sound=0)) for frames in (3 * 3600, 120))
    nothing = SearchHits(FrameHits.empty(), HashHits.empty(), SoundHits.empty())
    compared = Comparing(hours, MemoryLibrary([clip]), nothing, np.zeros(3 * 3600))
    assert all(compared.affords(0) for _ in range(3 * 3600 // 120))
