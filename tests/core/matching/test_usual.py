"""Fingerprints made for the purpose: an ident in unlike items, and copies of one item."""

import numpy as np

from app.core.fingerprints.fingerprint import Fingerprint
from app.core.index import SearchHits, SearchQuery
from app.core.index.exhaustive import ExhaustiveIndex
from app.core.index.known import KnownIndex
from app.core.matching.usual import ITEMS_MIN, STRETCHES_MAX, usual_material
from tests.core.made_fingerprints import make_fingerprint

IDENT = make_fingerprint(frames=4, sound=0, seed=900)
ROWS = ("pdq", "descriptors", "view_descriptors", "pdq_forms")


def with_ident(
    seed: int, *, frames: int = 20, at: int = 0, ident: Fingerprint = IDENT
) -> Fingerprint:
    """An item of its own that has the ident from frame `at` on; frames are a second apart."""
    return lay(ident, make_fingerprint(frames=frames, sound=0, seed=seed), at)


def lay(ident: Fingerprint, item: Fingerprint, at: int) -> Fingerprint:
    for name in ROWS:
        getattr(item, name)[at : at + ident.frames] = getattr(ident, name)
    return item


def usual_rows(query: Fingerprint, known: list[Fingerprint]) -> list[int]:
    index = KnownIndex(ExhaustiveIndex())
    for number, each in enumerate(known):
        index.add(number, each)
    hits: SearchHits = index.search(SearchQuery.of(query))
    masks = usual_material(query, hits, {}, known.__getitem__)
    return np.flatnonzero(masks.rows).tolist()


def test_an_ident_in_enough_unlike_items_is_usual() -> None:
    known = [with_ident(seed, at=seed % 7) for seed in range(ITEMS_MIN)]
    query = with_ident(100, at=6)
    assert usual_rows(query, known) == [6, 7, 8, 9]
    assert usual_rows(query, known[1:]) == []


def test_an_ident_that_comes_twice_is_usual_both_times() -> None:
    known = [with_ident(seed) for seed in range(ITEMS_MIN)]
    query = lay(IDENT, with_ident(100, frames=30, at=24), 0)
    assert usual_rows(query, known) == [0, 1, 2, 3, 24, 25, 26, 27]


def test_an_ident_at_both_ends_of_its_items_is_usual() -> None:
    known = [lay(IDENT, with_ident(seed, frames=40), 36) for seed in range(ITEMS_MIN)]
    assert usual_rows(with_ident(100, at=6), known) == [6, 7, 8, 9]


def test_an_ident_at_the_end_of_what_is_known_many_times_over_is_usual() -> None:
    shots = [make_fingerprint(frames=3, sound=0, seed=300 + n) for n in range(STRETCHES_MAX)]
    copies = [with_ident(400 + n, ident=shot) for n, shot in enumerate(shots)] * ITEMS_MIN
    query = with_ident(100, frames=150, at=140)
    for n, shot in enumerate(shots):
        lay(shot, query, 10 * n)
    known = [*copies, *(with_ident(seed) for seed in range(ITEMS_MIN + 1))]
    assert usual_rows(query, known) == [140, 141, 142, 143]


def test_copies_of_one_item_count_as_one() -> None:
    viral = with_ident(200)
    assert usual_rows(viral, [viral] * 10) == []
    query = with_ident(100)
    assert usual_rows(query, [viral] * 6 + [with_ident(s) for s in range(ITEMS_MIN - 2)]) == []
    assert usual_rows(query, [viral] * 6 + [with_ident(s) for s in range(ITEMS_MIN - 1)]) != []


def test_items_that_are_nothing_but_the_stretch_say_nothing() -> None:
    excerpts = [with_ident(seed, frames=5) for seed in range(8)]
    assert usual_rows(with_ident(100), excerpts) == []


def test_an_upload_that_is_nothing_else_keeps_its_votes() -> None:
    known = [with_ident(seed) for seed in range(8)]
    assert usual_rows(IDENT, known) == []


def test_long_footage_is_never_usual() -> None:
    for frames, usual in ((15, list(range(15))), (18, [])):
        shared = make_fingerprint(frames=frames, sound=0, seed=901)
        known = [with_ident(seed, frames=40, ident=shared) for seed in range(8)]
        assert usual_rows(with_ident(100, frames=40, ident=shared), known) == usual
