"""A query too long for the memory is compared stretch by stretch, and answers as it does in one."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.core import DecodeLimits, find_matches, fingerprint_file
from app.core.fingerprints.pictures import NO_PICTURES
from app.core.geometry.side import Side
from app.core.geometry.sights import Sights
from app.core.index import HashHits
from app.core.sight import sighting, stretches
from app.core.temporal.runs import Run
from app.core.temporal.similarity import Likeness, likeness
from app.core.weighing.confidence import Strength
from app.core.weighing.findings import Seen
from tests.core.made_fingerprints import make_fingerprint
from tests.filming import film

STRONG = Strength(still=False, similarity=0.9, agreement=0.9, inliers=300, witnesses=4)
KNOWN = make_fingerprint(frames=400, sound=0, seed=1)
SHOWN_S = {0: (10, 240), 300: (300, 310), 236: (250, 258)}
"""What of the known item is shown from when on; the last lies across a border of stretches."""


def _surely(run: Run, *_: object, **__: object) -> list[Seen]:
    return [Seen(run, [], 0.99, (), STRONG)]


def _spans_ms() -> list[list[int]]:
    """Where an upload is said to show what of the known item, in ms."""
    random = make_fingerprint(frames=500, sound=0, seed=2)
    views, whole = random.view_descriptors.copy(), random.descriptors.copy()
    for at, (first, end) in SHOWN_S.items():
        views[at : at + end - first] = KNOWN.view_descriptors[first:end]
        whole[at : at + end - first] = KNOWN.descriptors[first:end]
    upload = replace(random, descriptors=whole, view_descriptors=views)
    query, known = (Side(each, Sights(NO_PICTURES, None)) for each in (upload, KNOWN))
    found = sighting.sight(query, known, HashHits.empty(), np.zeros(500))
    return sorted([*each.run.query_ms, *each.run.known_ms] for each in found)


def test_a_query_too_long_for_the_memory_is_compared_by_stretches(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sighting, "proven", _surely)
    held: list[int] = []

    def counted(*sides: object) -> Likeness:
        found = likeness(*sides)  # type: ignore[arg-type]
        held.append(found.scores.size)
        return found

    monkeypatch.setattr(sighting, "likeness", counted)
    monkeypatch.setattr(stretches, "PAIRS_AT_ONCE", 100 * KNOWN.frames)
    assert _spans_ms() == [
        [0, 230_000, 10_000, 240_000],
        [236_000, 244_000, 250_000, 258_000],
        [300_000, 310_000, 300_000, 310_000],
    ]
    assert max(held) <= 100 * KNOWN.frames


def test_footage_is_found_alike_in_stretches_and_in_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = film(tmp_path / "long.mp4", seconds=70, size=(160, 120), audio=False)
    both = fingerprint_file(path, None, DecodeLimits())
    in_one = find_matches(both, [both])[0]
    monkeypatch.setattr(stretches, "PAIRS_AT_ONCE", 0)
    found = find_matches(both, [both])[0]
    assert len(found.segments) == len(in_one.segments) == 1
    assert found.relation is in_one.relation
    assert found.coverage_query == pytest.approx(in_one.coverage_query, abs=0.001)
