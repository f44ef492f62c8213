from typing import Any

import numpy as np
import pytest

from app.core import comparing
from app.core.comparing import Comparing
from app.core.fingerprint import Fingerprint
from app.core.fingerprinting import Fingerprinted
from app.core.index import SearchQuery
from app.core.library import MemoryLibrary
from app.core.masks import NOWHERE, Masks
from app.core.media import MediaInfo, MediaKind
from app.core.pictures import NO_PICTURES
from tests.core.fingerprints import make_fingerprint


def item(frames: int) -> Fingerprinted:
    info = MediaInfo(MediaKind.VIDEO, "video/mp4", 1000 * frames, 640, 360, has_audio=True)
    return Fingerprinted(info, make_fingerprint(frames=frames), NO_PICTURES)


def test_items_too_large_to_be_seen_leave_room_for_smaller_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[int] = []

    def sight(_mine: Any, known: Any, *_: Any) -> list[Any]:
        seen.append(known.fingerprint.frames)
        return []

    monkeypatch.setattr(comparing, "sight", sight)
    monkeypatch.setattr(comparing, "FRAME_PAIRS_MAX", 10 * 30)
    query = item(10)
    library = MemoryLibrary([item(frames) for frames in (10, 25, 12, 9, 8)])
    mine: Fingerprint = query.fingerprint
    hits = library.search(SearchQuery.of(mine))
    compared = Comparing(query, library, hits, np.zeros(mine.frames))
    for number in range(5):
        compared.finding(number, Masks.of(mine, NOWHERE), by_sight=True)
    assert seen == [10, 12, 8]
