"""What the index holds of known items, as columns: small enough to keep beside the database."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from app.core.errors import BadEncoding
from app.core.exchange.listed_hashes import LEAST_QUALITY
from app.core.fingerprints.arrays import checked
from app.core.fingerprints.fingerprint import DIMENSION, Fingerprint

ROW_BITS = 20
"""A frame's id is its item's number and its row: a million frames an item, 12 days of video."""
NUMBER_BITS = 32


@dataclass(frozen=True, slots=True, eq=False)
class KnownItems:
    """Items one after another, in the order of `numbers`, each with its rows of every column.

    `counts` (items, 3) says how many frames, hashes and sound steps belong to each; `vectors` has
    no rows where the frames are kept elsewhere.
    """

    numbers: NDArray[np.int64]
    counts: NDArray[np.int64]
    frame_rows: NDArray[np.int32]
    vectors: NDArray[np.float16]
    hash_rows: NDArray[np.int32]
    hashes: NDArray[np.uint8]
    sound_rows: NDArray[np.int32]
    sound: NDArray[np.uint32]

    @classmethod
    def of(cls, number: int, fingerprint: Fingerprint) -> Self:
        """Take what is searched of one fingerprint; ValueError when there are no ids for it."""
        if fingerprint.frames >> ROW_BITS or number >> NUMBER_BITS:
            raise ValueError("the fingerprint has more frames, or a higher number, than ids")
        frames = np.flatnonzero(fingerprint.votes if fingerprint.described else []).astype(np.int32)
        usable = fingerprint.votes & (fingerprint.pdq_quality >= LEAST_QUALITY)
        hashes = np.flatnonzero(usable).astype(np.int32)
        sound = np.flatnonzero(fingerprint.sound_votes).astype(np.int32)
        return cls(
            numbers=np.array([number], np.int64),
            counts=np.array([[len(frames), len(hashes), len(sound)]], np.int64),
            frame_rows=frames,
            vectors=fingerprint.descriptors[frames],
            hash_rows=hashes,
            hashes=fingerprint.pdq[hashes],
            sound_rows=sound,
            sound=fingerprint.sound[sound],
        )

    @classmethod
    def join(cls, parts: Sequence[Self]) -> Self:
        """Put several groups of items behind each other."""
        return cls(**{name: np.concatenate([getattr(p, name) for p in parts]) for name in COLUMNS})

    @classmethod
    def none(cls) -> Self:
        """No items."""
        return cls(**{name: np.empty((0, *shape), dtype) for name, (dtype, shape) in TYPES.items()})

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def frame_ids(self) -> NDArray[np.uint64]:
        """The id of each frame."""
        numbers = np.repeat(self.numbers, self.counts[:, 0]).astype(np.uint64)
        return (numbers << np.uint64(ROW_BITS)) | self.frame_rows.astype(np.uint64)

    @property
    def hash_numbers(self) -> NDArray[np.int64]:
        """The item of each hash."""
        return np.repeat(self.numbers, self.counts[:, 1])

    @property
    def sound_numbers(self) -> NDArray[np.int64]:
        """The item of each sound step."""
        return np.repeat(self.numbers, self.counts[:, 2])

    def singly(self) -> Iterator[Self]:
        """Give each item alone, without its vectors."""
        frames, hashes, sound = (np.cumsum(self.counts[:, place]) for place in range(3))
        for item, (f, h, s) in enumerate(self.counts.tolist()):
            at_frames, at_hashes, at_sound = (
                slice(end[item] - count, end[item])
                for end, count in ((frames, f), (hashes, h), (sound, s))
            )
            yield replace(
                self,
                numbers=self.numbers[item : item + 1],
                counts=self.counts[item : item + 1],
                frame_rows=self.frame_rows[at_frames],
                vectors=self.vectors[:0],
                hash_rows=self.hash_rows[at_hashes],
                hashes=self.hashes[at_hashes],
                sound_rows=self.sound_rows[at_sound],
                sound=self.sound[at_sound],
            ).without_vectors()

    def without(self, numbers: Collection[int]) -> Self:
        """Leave some items out."""
        kept = ~np.isin(self.numbers, list(numbers))
        frames, hashes, sound = (np.repeat(kept, self.counts[:, place]) for place in range(3))
        return type(self)(
            numbers=self.numbers[kept],
            counts=self.counts[kept],
            frame_rows=self.frame_rows[frames],
            vectors=self.vectors[frames] if len(self.vectors) else self.vectors,
            hash_rows=self.hash_rows[hashes],
            hashes=self.hashes[hashes],
            sound_rows=self.sound_rows[sound],
            sound=self.sound[sound],
        )

    def without_vectors(self) -> Self:
        """Leave the vectors out, and no longer hold the memory that they share with the rest."""
        copied = {
            name: column.copy() for name, column in self.arrays().items() if name != "vectors"
        }
        return type(self)(**copied, vectors=np.empty((0, DIMENSION), np.float16))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Give the columns by name."""
        return {name: getattr(self, name) for name in COLUMNS}

    @classmethod
    def of_arrays(cls, arrays: dict[str, NDArray[Any]]) -> Self:
        """Read what `arrays` gave; BadEncoding on anything else."""
        read = {
            name: checked(arrays.get(name), dtype, (None, *shape))
            for name, (dtype, shape) in TYPES.items()
        }
        items = cls(**read)
        counted = items.counts.sum(axis=0).tolist()
        lengths = [len(items.frame_rows), len(items.hash_rows), len(items.sound_rows)]
        same = [len(items.frame_rows), len(items.hashes), len(items.sound)]
        if counted != lengths or lengths != same or len(items.counts) != len(items.numbers):
            raise BadEncoding("the columns of known items do not belong together")
        if len(items.vectors) not in {0, len(items.frame_rows)}:
            raise BadEncoding("the vectors belong to other items")
        return items


TYPES: dict[str, tuple[str, tuple[int, ...]]] = {
    "numbers": ("<i8", ()),
    "counts": ("<i8", (3,)),
    "frame_rows": ("<i4", ()),
    "vectors": ("<f2", (DIMENSION,)),
    "hash_rows": ("<i4", ()),
    "hashes": ("|u1", (32,)),
    "sound_rows": ("<i4", ()),
    "sound": ("<u4", ()),
}
COLUMNS = tuple(each.name for each in fields(KnownItems))
