from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from app.core.fingerprints.fingerprint import Fingerprint
from app.core.index import (
    ExhaustiveIndex,
    FrameHits,
    FrameIndex,
    KnownIndex,
    SearchQuery,
    TurboIndex,
)
from app.core.index.crowding import FEW_ITEMS
from app.core.index.frames import MOST_HITS
from tests.core.made_fingerprints import make_fingerprint


def alike(frames: int, cosine: float, seed: int) -> Fingerprint:
    """What a camera that stands still films: frames that are this much alike one picture, by chance."""
    random = np.random.default_rng(seed)
    shown = make_fingerprint(frames=1, seed=99).descriptors[0].astype(np.float32)
    noise = random.normal(size=(frames, 512))
    noise -= np.outer(noise @ shown, shown) / (shown @ shown)
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    seen = cosine * shown + np.sqrt(1 - cosine**2) * noise
    return replace(
        make_fingerprint(frames=frames, seed=seed),
        descriptors=seen.astype(np.float16),
        view_descriptors=np.rint(seen * 127).astype(np.int8)[:, None].repeat(2, axis=1),
    )


def found(index: FrameIndex, *known: Fingerprint, query: Fingerprint) -> FrameHits:
    searched = KnownIndex(index)
    for number, each in enumerate(known):
        searched.add(number, each)
    return searched.search(SearchQuery.of(query)).frames


@pytest.mark.parametrize("index", [TurboIndex, ExhaustiveIndex])
@pytest.mark.parametrize("frames", [3, 150])
def test_behind_what_stands_still_for_long_other_copies_are_found(
    index: Callable[[], FrameIndex], frames: int
) -> None:
    query = alike(frames, 0.98, seed=1)
    webcam, copy = alike(2 * MOST_HITS, 0.97, seed=2), alike(4, 0.7, seed=3)
    hits = found(index(), webcam, copy, query=query)
    assert set(hits.number.tolist()) == {0, 1}
    assert np.all(np.diff(hits.query_row) >= 0)
    once = np.unique([hits.query_row, hits.view, hits.number, hits.known_row], axis=1)
    assert once.shape[1] == len(hits)


def test_where_hits_are_of_several_items_nothing_more_is_asked() -> None:
    known = [alike(2 * MOST_HITS // FEW_ITEMS, 0.97, seed=each) for each in range(FEW_ITEMS)]
    hits = found(ExhaustiveIndex(), *known, alike(4, 0.7, seed=50), query=alike(3, 0.98, seed=60))
    assert len(hits) == 3 * 2 * MOST_HITS
