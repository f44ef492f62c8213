"""Other methods are ranked by what they alert by: every pair that alerts stands before every other one."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest

from app.core.fingerprints.fingerprint import DIMENSION, Fingerprint
from app.core.media import MediaKind
from benchmarks.quality import videohash
from benchmarks.quality.peers import JUDGES, TIE, Verdict, phash, sscd, vpdq
from benchmarks.scale.synthetic import fingerprint, unit

CHANCE = np.random.default_rng(1)
BASE = CHANCE.integers(0, 256, (12, 32), np.uint8)
DIRECTIONS = np.linalg.qr(CHANCE.standard_normal((DIMENSION, 24)))[0].T.astype(np.float32)


def hashed(count: int, near: int, *, still: bool = False) -> Fingerprint:
    """A clip or still whose first `near` frames are those of BASE, a few bits off, and no other ones."""
    rows = CHANCE.integers(0, 256, (count, 32), np.uint8)
    rows[:near] = BASE[:near] ^ 1
    made = fingerprint(np.zeros((count, DIMENSION), np.float32), rows, np.zeros(0, np.uint32))
    kind = MediaKind.STILL if still else MediaKind.VIDEO
    return replace(made, kind=kind, phash=rows[:, :8])


def described(cosines: list[float], *, still: bool = False) -> Fingerprint:
    """A clip whose frame n lies at this cosine to the direction n, and at 0 to all others."""
    own = [
        c * DIRECTIONS[n] + (1 - c**2) ** 0.5 * DIRECTIONS[n + 12] for n, c in enumerate(cosines)
    ]
    count = len(cosines)
    rows, none = np.zeros((count, 32), np.uint8), np.zeros(0, np.uint32)
    made = fingerprint(unit(np.array(own)), rows, none)
    return replace(made, kind=MediaKind.STILL if still else MediaKind.VIDEO)


def by_hashes(judge: Callable[[Fingerprint, Fingerprint], Verdict]) -> Iterator[Verdict]:
    for count in range(1, 13):
        for near in range(count + 1):
            yield judge(hashed(count, near), hashed(12, 12))
            yield judge(hashed(count, near), hashed(1, 1, still=True))


def by_descriptors() -> Iterator[Verdict]:
    whole = described([1.0] * 12)
    for cosine in (0.3, 0.45, 0.55, 0.7, 0.8, 1.0):
        for count in range(1, 7):
            yield sscd(described([cosine] * count), whole)
        yield sscd(described([cosine], still=True), whole)
        yield sscd(described([1.0, 1.0, cosine]), whole)


def by_bits() -> Iterator[Verdict]:
    return (videohash._verdict((1 << bits) - 1, 0) for bits in range(65))


PEERS = {
    "PDQ": lambda: by_hashes(vpdq),
    "pHash": lambda: by_hashes(phash),
    "SSCD": by_descriptors,
    "videohash2": by_bits,
}


@pytest.mark.parametrize("name", PEERS)
def test_what_alerts_outranks_what_does_not(name: str) -> None:
    verdicts = list(PEERS[name]())
    alerting = [each.score for each in verdicts if each.alerts]
    silent = [each.score for each in verdicts if not each.alerts]
    assert min(alerting) > max(silent)


def test_all_peers_of_this_process_are_tried() -> None:
    assert {*JUDGES, videohash.PACKAGE} == PEERS.keys()


def test_hashes_are_counted_in_the_query_and_the_known_item_parts_ties() -> None:
    # A known still has one frame: that one near frame matches all of it says little.
    assert vpdq(hashed(10, 1), hashed(1, 1, still=True)).score == pytest.approx(0.1 + TIE)
    more, less = vpdq(hashed(10, 4), hashed(12, 4)), vpdq(hashed(10, 4), hashed(12, 12))
    assert more.score == pytest.approx(less.score, abs=1e-5)
    assert vpdq(hashed(10, 4), hashed(4, 4)).score > more.score
    assert not vpdq(hashed(10, 7), hashed(12, 12)).alerts
    assert vpdq(hashed(10, 8), hashed(12, 12)).alerts
    assert vpdq(hashed(4, 0), hashed(12, 12)).score == 0


def test_descriptors_are_ranked_by_one_cosine() -> None:
    whole = described([1.0] * 12)
    long, short = sscd(described([0.8] * 9), whole), sscd(described([0.8] * 3), whole)
    still = sscd(described([0.8], still=True), whole)
    assert {long.alerts, short.alerts, still.alerts} == {True}
    assert long.score == pytest.approx(0.9, abs=1e-3)
    assert short.score == pytest.approx(0.9, abs=1e-3)
    assert still.score == pytest.approx(0.9, abs=1e-3)
    two = sscd(described([0.9, 0.9]), whole)
    assert not two.alerts
    assert two.score == pytest.approx(0.9 * 2 / 3 / 2, abs=1e-3)
    assert sscd(described([0.3] * 4), whole).score == 0
