from dataclasses import replace

import numpy as np
import pytest

from app.core.errors import AlgorithmMismatch
from app.core.fingerprints.views import WHOLE, Box, moving_views, turns
from app.core.index import ExhaustiveIndex, KnownIndex, SearchHits, SearchQuery, sound
from app.core.index.hashes import MOST_OF_ITEM
from app.core.index.known import MOST_VECTORS, ROWS_AT_ONCE, taking_turns
from tests.core.made_fingerprints import make_fingerprint


def searched(index: KnownIndex, query: SearchQuery) -> SearchHits:
    asked = SearchQuery.from_bytes(query.to_bytes())
    return SearchHits.from_bytes(index.search(asked).to_bytes())


def test_an_empty_index_finds_nothing() -> None:
    hits = searched(KnownIndex(), SearchQuery.of(make_fingerprint()))
    assert (len(hits.frames), len(hits.hashes), len(hits.sound)) == (0, 0, 0)


@pytest.mark.parametrize("frames", [None, ExhaustiveIndex()])
def test_frames_hashes_and_sound_of_the_right_item_are_found(
    frames: ExhaustiveIndex | None,
) -> None:
    index = KnownIndex(frames)
    for number in range(1, 6):
        index.add(number, make_fingerprint(frames=4, seed=number))
    assert (index.items, index.frames) == (5, 20)
    hits = searched(index, SearchQuery.of(make_fingerprint(frames=4, seed=3)))
    assert set(hits.frames.number.tolist()) == {3}
    assert hits.frames.known_row.tolist() == hits.frames.query_row.tolist()
    assert sorted(zip(hits.frames.query_row.tolist(), hits.frames.view.tolist(), strict=True)) == [
        (row, view) for row in range(4) for view in range(2)
    ]
    assert hits.frames.score.min() > 0.97
    assert hits.hashes.number.tolist() == [3] * 4
    assert hits.hashes.distance.tolist() == [0] * 4
    assert hits.sound.number.tolist() == [3] * 40
    assert hits.sound.known_item.tolist() == hits.sound.query_item.tolist()


def test_mirrored_hashes_say_their_form() -> None:
    known = make_fingerprint(frames=2)
    index = KnownIndex()
    index.add(1, replace(known, pdq=~known.pdq))
    assert set(searched(index, SearchQuery.of(known)).hashes.form.tolist()) == {4}


def test_hashes_count_up_to_31_bits() -> None:
    query = make_fingerprint(frames=2)
    bits = np.unpackbits(query.pdq, axis=1)
    bits[0, :31] ^= 1
    bits[1, :32] ^= 1
    index = KnownIndex()
    index.add(1, replace(query, pdq=np.packbits(bits, axis=1)))
    hits = index.search(SearchQuery.of(query)).hashes
    assert (hits.query_row.tolist(), hits.distance.tolist()) == ([0], [31])


@pytest.mark.parametrize(("wrong", "found"), [(1 << 17, 20), (1 << 31 | 1, 20), (7 << 9, 0)])
def test_sound_may_differ_in_two_bits(wrong: int, found: int) -> None:
    known = make_fingerprint(sound=20)
    index = KnownIndex()
    index.add(1, known)
    other = replace(known, sound=known.sound ^ np.uint32(wrong))
    assert len(index.search(SearchQuery.of(other)).sound) == found


def test_long_sound_is_looked_up_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sound, "STEPS_AT_ONCE", 7)
    known = make_fingerprint(sound=20)
    index = KnownIndex()
    index.add(1, known)
    hits = index.search(SearchQuery.of(known)).sound
    assert hits.query_item.tolist() == hits.known_item.tolist() == list(range(20))


def test_what_carries_no_vote_is_neither_found_nor_asked_for() -> None:
    known = make_fingerprint(frames=2)
    index = KnownIndex()
    index.add(1, replace(known, votes=np.array([True, False])))
    assert set(index.search(SearchQuery.of(known)).frames.known_row.tolist()) == {0}
    mute = replace(known, votes=np.zeros(2, bool), sound_votes=np.zeros(40, bool))
    hits = index.search(SearchQuery.of(mute))
    assert (len(hits.frames), len(hits.hashes), len(hits.sound)) == (0, 0, 0)


def test_removed_items_are_gone_and_may_come_back() -> None:
    index = KnownIndex()
    item = make_fingerprint(seed=7)
    query = SearchQuery.of(item)
    index.add(1, item)
    index.add(2, make_fingerprint(seed=8))
    index.search(query)
    index.remove(1)
    index.remove(99)
    hits = index.search(query)
    assert (len(hits.frames), len(hits.hashes), len(hits.sound)) == (0, 0, 0)
    assert (index.items, 1 in index) == (1, False)
    index.add(1, item)
    index.add(1, item)
    assert len(index.search(query).hashes) == 3


def test_without_a_model_hashes_and_sound_are_searched() -> None:
    bare = replace(
        make_fingerprint(),
        descriptors=np.empty((0, 512), np.float16),
        view_names=(),
        view_ids=np.empty((0, 0), np.int16),
        view_descriptors=np.empty((0, 0, 512), np.int8),
        view_boxes=np.empty((0, 4), np.float32),
    )
    index = KnownIndex()
    index.add(1, bare)
    hits = searched(index, SearchQuery.of(bare))
    assert (len(hits.frames), len(hits.hashes), len(hits.sound)) == (0, 3, 40)


def test_another_algorithm_is_refused() -> None:
    index = KnownIndex()
    index.add(1, make_fingerprint())
    other = make_fingerprint(algorithm="other")
    with pytest.raises(AlgorithmMismatch):
        index.add(2, other)
    with pytest.raises(AlgorithmMismatch):
        index.search(SearchQuery.of(other))


def test_of_a_long_query_the_views_take_turns_and_the_first_is_always_asked() -> None:
    each = np.arange(11, dtype=np.int16)
    assert taking_turns(np.tile(each, (2_000, 1))).all()
    asked = taking_turns(np.tile(each, (7_200, 1)))
    assert asked.sum() < 1.1 * MOST_VECTORS
    assert asked[:, 0].all()
    assert all(asked[start : start + 4].any(axis=0).all() for start in range(0, 7_000, 4))


@pytest.mark.parametrize("content", [WHOLE, Box(0.0, 0.125, 1.0, 0.75)])
@pytest.mark.parametrize("laid_in", range(5))
@pytest.mark.parametrize("frames", [8_100, 21_600])
def test_of_a_long_query_every_view_is_asked_all_along(
    content: Box, laid_in: int, frames: int
) -> None:
    insets = [Box(0.1 * place, 0.1, 0.2, 0.2) for place in range(laid_in)]
    ids = turns(frames, moving_views(content, insets))
    asked = taking_turns(ids)
    assert asked.sum() <= frames + MOST_VECTORS
    for view in np.unique(ids):
        shown = np.flatnonzero((ids == view).any(axis=1))
        rows = np.flatnonzero((asked & (ids == view)).any(axis=1))
        most = 4 * int(np.diff(shown).max())
        assert np.diff(rows, prepend=0, append=frames).max() <= most


def test_of_a_long_query_each_frame_keeps_its_best_hit_with_an_item() -> None:
    item = make_fingerprint(frames=ROWS_AT_ONCE + 2)
    same = replace(
        item,
        descriptors=np.repeat(item.descriptors[:1], item.frames, axis=0),
        view_descriptors=np.repeat(item.view_descriptors[:1], item.frames, axis=0),
    )
    index = KnownIndex()
    for number in (1, 2, 3):
        index.add(number, same)
    hits = index.search(SearchQuery.of(same), most=item.frames * 3).frames
    assert len(hits) == 3 * item.frames
    assert sorted(hits.number[hits.query_row == 5].tolist()) == [1, 2, 3]


def test_a_hash_repeated_all_along_gives_few_hits() -> None:
    item = make_fingerprint(frames=300, sound=0)
    still = replace(
        item,
        pdq=np.repeat(item.pdq[:1], 300, axis=0),
        pdq_forms=np.repeat(item.pdq_forms[:1], 300, axis=0),
    )
    index = KnownIndex()
    index.add(1, still)
    index.add(2, item)
    hits = index.search(SearchQuery.of(still)).hashes
    assert len(hits.where(hits.number == 1)) == 300 * MOST_OF_ITEM
    assert len(hits.where(hits.number == 2)) == 300


def test_sound_hits_have_a_limit_and_the_rarest_values_are_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sound, "MOST_HITS", 1_000)
    item = make_fingerprint(sound=300)
    usual = replace(item, sound=np.where(np.arange(300) < 100, np.uint32(7), item.sound))
    index = KnownIndex()
    index.add(1, usual)
    hits = index.search(SearchQuery.of(usual)).sound
    assert len(hits) <= 1_000
    assert set(range(100, 300)) <= set(hits.query_item.tolist())
