"""A library of any size that is like real footage to the index, made piece by piece from a seed.

Fitted to SSCD descriptors of real pictures and clips: unrelated ones have a cosine of 0 ± 0.047
with a heavy tail (15 in a million pairs above 0.25, 1 above 0.4), because pictures share topics;
the frames of a shot lie near each other. Hashes and sound are random.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.core.fingerprints.fingerprint import DIMENSION, VIEW_SCALE, Fingerprint
from app.core.index import SearchQuery
from app.core.media import MediaKind

ALGORITHM = "synthetic"
PIECE = 32_768
FRAMES_AN_ITEM = 512
SOUND_A_FRAME = 8
FRAMES_A_SHOT = 8
TOPICS = 2000
TOPIC_SHARE = 0.10
"""The mean of a shot's squared cosine with its topic, which is spread exponentially."""
MOST_TOPIC_SHARE = 0.8
SPREAD = 0.864
"""How unequal the directions are: 410 effective dimensions of 512."""
IN_SHOT = 0.9

type Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Piece:
    """Some frames of the library, from number `start` on."""

    start: int
    vectors: Vectors
    hashes: NDArray[np.uint8]
    sound: NDArray[np.uint32]


class Synthetic:
    """A library of `size` frames."""

    def __init__(self, size: int, seed: int = 1) -> None:
        self.size = size
        self._seed = seed
        self._spectrum = np.sqrt(np.linspace(1 + SPREAD, 1 - SPREAD, DIMENSION, dtype=np.float32))
        self._topics = self._noise(np.random.default_rng((seed, 0)), TOPICS)

    def pieces(self) -> Iterator[Piece]:
        """Give the whole library."""
        for start in range(0, self.size, PIECE):
            yield self.piece(start)

    def piece(self, start: int) -> Piece:
        """Give the piece that starts at a multiple of PIECE."""
        random = np.random.default_rng((self._seed, 1, start))
        n = min(PIECE, self.size - start)
        shots = -(-n // FRAMES_A_SHOT)
        share = np.minimum(random.exponential(TOPIC_SHARE, (shots, 1)), MOST_TOPIC_SHARE)
        share = share.astype(np.float32)
        topics = self._topics[random.integers(0, TOPICS, shots)]
        scenes = np.sqrt(share) * topics + np.sqrt(1 - share) * self._noise(random, shots)
        scenes = np.repeat(scenes, FRAMES_A_SHOT, axis=0)[:n]
        own = self._noise(random, n)
        return Piece(
            start=start,
            vectors=unit(
                np.float32(np.sqrt(IN_SHOT)) * scenes + np.float32(np.sqrt(1 - IN_SHOT)) * own
            ),
            hashes=random.integers(0, 256, (n, 32), np.uint8),
            sound=random.integers(0, 2**32, n * SOUND_A_FRAME, np.uint32),
        )

    def strangers(self, count: int) -> Vectors:
        """Give vectors that are of nothing in the library."""
        return self._noise(np.random.default_rng((self._seed, 2)), count)

    def _noise(self, random: np.random.Generator, count: int) -> Vectors:
        return unit(random.standard_normal((count, DIMENSION), np.float32) * self._spectrum)


def unit(vectors: Vectors) -> Vectors:
    """Scale to length 1."""
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def copies(vectors: Vectors, noise: Vectors, cosine: float) -> Vectors:
    """Give vectors of exactly this cosine to the given ones."""
    across = noise - (noise * vectors).sum(axis=1, keepdims=True) * vectors
    return np.float32(cosine) * vectors + np.float32(np.sqrt(1 - cosine**2)) * unit(across)


def items(piece: Piece) -> Iterator[tuple[int, Fingerprint]]:
    """Give a piece as fingerprints with their numbers; without the views of queries."""
    for at in range(0, len(piece.vectors), FRAMES_AN_ITEM):
        part = slice(at, at + FRAMES_AN_ITEM)
        sound = piece.sound[at * SOUND_A_FRAME : (at + FRAMES_AN_ITEM) * SOUND_A_FRAME]
        yield (
            (piece.start + at) // FRAMES_AN_ITEM,
            fingerprint(piece.vectors[part], piece.hashes[part], sound),
        )


def fingerprint(
    vectors: Vectors, hashes: NDArray[np.uint8], sound: NDArray[np.uint32]
) -> Fingerprint:
    """Make a fingerprint of one frame a second."""
    n = len(vectors)
    return Fingerprint(
        algorithm=ALGORITHM,
        kind=MediaKind.VIDEO,
        duration_ms=1000 * n,
        width=1280,
        height=720,
        timestamps_ms=1000 * np.arange(n, dtype=np.int64),
        shots=(np.arange(n) // FRAMES_A_SHOT).astype(np.int32),
        votes=np.ones(n, np.bool_),
        pdq=hashes,
        pdq_quality=np.full(n, 100, np.uint8),
        phash=np.zeros((n, 8), np.uint8),
        descriptors=vectors.astype(np.float16),
        view_names=(),
        view_ids=np.zeros((0, 0), np.int16),
        view_descriptors=np.zeros((0, 0, DIMENSION), np.int8),
        view_boxes=np.zeros((0, 4), np.float32),
        sound=sound,
        sound_votes=np.ones(len(sound), np.bool_),
    )


def asking(
    vectors: Vectors | None = None,
    forms: NDArray[np.uint8] | None = None,
    sound: NDArray[np.uint32] | None = None,
) -> SearchQuery:
    """Ask for one thing alone: vectors (frames, views, 512), hashes (frames, forms, 32) or sound."""
    views = np.zeros((0, 0, DIMENSION), np.float32) if vectors is None else vectors
    hashes = np.zeros((0, 0, 32), np.uint8) if forms is None else forms
    steps = np.zeros(0, np.uint32) if sound is None else sound
    n = max(len(views), len(hashes))
    return SearchQuery(
        algorithm=ALGORITHM,
        view_ids=np.tile(np.arange(views.shape[1], dtype=np.int16), (len(views), 1)),
        view_descriptors=np.rint(views * VIEW_SCALE).astype(np.int8),
        pdq=np.zeros((n, 32), np.uint8),
        pdq_quality=np.full(n, 100 if len(hashes) else 0, np.uint8),
        votes=np.ones(n, np.bool_),
        sound=steps,
        sound_votes=np.ones(len(steps), np.bool_),
        pdq_forms=hashes,
    )
