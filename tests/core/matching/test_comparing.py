"""How much one query is compared by sight, on real footage."""

from collections.abc import Sequence

import numpy as np
import pytest

from app.core import DecodeLimits, Fingerprinted, fingerprint_file
from app.core.index import SearchQuery
from app.core.matching import comparing
from app.core.matching.comparing import Comparing
from app.core.matching.library import MemoryLibrary
from app.core.matching.masks import NOWHERE, Masks
from tests.filming import ffmpeg, film


@pytest.fixture(scope="module")
def cut_and_whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Fingerprinted, Fingerprinted]:
    """A clip's first seconds, and the whole clip."""
    folder = tmp_path_factory.mktemp("comparing")
    whole = film(folder / "whole.mp4", seconds=12, size=(160, 120), audio=False)
    ffmpeg("-t", "4", "-i", whole, "-c", "copy", folder / "cut.mp4")
    cut, all_of_it = (
        fingerprint_file(folder / name, None, DecodeLimits()) for name in ("cut.mp4", "whole.mp4")
    )
    assert all_of_it.fingerprint.frames > 2 * cut.fingerprint.frames
    return cut, all_of_it


def seen(query: Fingerprinted, known: Sequence[Fingerprinted]) -> list[bool]:
    """Whether footage is found in each of these items, which all share some."""
    library = MemoryLibrary(known)
    mine = query.fingerprint
    hits = library.search(SearchQuery.of(mine))
    compared = Comparing(query, library, hits, np.zeros(mine.frames))
    common = Masks.of(mine, NOWHERE)
    found = [
        compared.finding(number, common, by_sight=compared.affords(number))
        for number in range(len(known))
    ]
    return [bool(each.seen) for each in found]


def test_items_too_large_to_be_seen_leave_room_for_smaller_ones(
    cut_and_whole: tuple[Fingerprinted, Fingerprinted], monkeypatch: pytest.MonkeyPatch
) -> None:
    cut, whole = cut_and_whole
    monkeypatch.setattr(comparing, "FRAME_PAIRS_MAX", 3 * cut.fingerprint.frames**2)
    assert seen(cut, [cut, whole, cut, cut, cut]) == [True, False, True, True, False]


def test_the_first_item_is_seen_however_large_it_is_and_leaves_room_for_others(
    cut_and_whole: tuple[Fingerprinted, Fingerprinted], monkeypatch: pytest.MonkeyPatch
) -> None:
    cut, whole = cut_and_whole
    monkeypatch.setattr(comparing, "FRAME_PAIRS_MAX", cut.fingerprint.frames**2)
    assert seen(cut, [whole, whole, cut, cut]) == [True, False, True, False]
