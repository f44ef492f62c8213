"""Which stretches are looked at where a query shows a known item more than once."""

from dataclasses import replace

import numpy as np
import pytest

from app.core.fingerprints.pictures import NO_PICTURES
from app.core.geometry.side import Side
from app.core.geometry.sights import Sights
from app.core.index import HashHits
from app.core.sight import sighting
from app.core.temporal.runs import Run
from app.core.weighing.confidence import Strength
from app.core.weighing.findings import Seen
from tests.core.made_fingerprints import make_fingerprint

KNOWN = make_fingerprint(frames=120, sound=0, seed=1)
PARTS_S = [(at, at + 9) for at in (108, 24, 72, 0, 96, 48, 84, 12, 36, 60)]
STRONG = Strength(still=False, similarity=0.9, agreement=0.9, inliers=300, witnesses=4)


def shown(spans_s: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """The stretches of the known item, in s, that are seen in an upload cut together of these."""
    monkeypatch.setattr(sighting, "proven", _surely)
    rows = np.concatenate([np.arange(*each) for each in spans_s])
    upload = make_fingerprint(frames=len(rows), sound=0, seed=2)
    upload = replace(
        upload, descriptors=KNOWN.descriptors[rows], view_descriptors=KNOWN.view_descriptors[rows]
    )
    query, known = (Side(each, Sights(NO_PICTURES, None)) for each in (upload, KNOWN))
    found = sighting.sight(query, known, HashHits.empty(), np.zeros(len(rows)))
    found.sort(key=lambda each: each.run.query_ms)
    return [(round(first / 1000), round(last / 1000)) for first, last in _known_ms(found)]


def _surely(run: Run, *_: object, **__: object) -> list[Seen]:
    return [Seen(run, [], 0.99, (), STRONG)]


def _known_ms(found: list[Seen]) -> list[tuple[int, int]]:
    return [each.run.known_ms for each in found]


def test_an_upload_may_show_a_known_item_any_number_of_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = shown(PARTS_S, monkeypatch)
    assert len(found) == len(PARTS_S)
    assert np.abs(np.array(found) - np.array(PARTS_S)).max() <= 1


def test_a_short_stretch_is_seen_beside_a_long_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown([(0, 80), (100, 107)], monkeypatch)[1] == (100, 107)


def test_what_shows_nothing_is_not_looked_for_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[Run] = []

    def unsurely(run: Run, *_: object, **__: object) -> list[Seen]:
        looked_at.append(run)
        return [Seen(run, [], 0.1, (), STRONG)]

    monkeypatch.setattr(f"{__name__}._surely", unsurely)
    shown(PARTS_S, monkeypatch)
    assert len(looked_at) == sighting.RUNS_FAILED
