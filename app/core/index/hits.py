"""What the index answers: frame ↔ frame, hash ↔ hash and sound ↔ sound hits, as columns."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from app.core.fingerprints.arrays import checked, pack_arrays, unpack_arrays

MAGIC = b"PDsh"
VERSION = 1


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Equally long arrays: entry i of every column describes hit i."""

    TYPES: ClassVar[dict[str, str]]

    def __len__(self) -> int:
        return len(next(iter(self.columns().values())))

    def columns(self) -> dict[str, NDArray[Any]]:
        """Give the columns by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def where(self, chosen: NDArray[Any]) -> Self:
        """Keep the hits chosen by a mask or by their places."""
        return type(self)(**{name: column[chosen] for name, column in self.columns().items()})

    @classmethod
    def make(cls, **columns: Any) -> Self:
        """Make hits of columns, giving each its type."""
        return cls(
            **{k: np.asarray(columns[k]).astype(d, copy=False) for k, d in cls.TYPES.items()}
        )

    @classmethod
    def join(cls, parts: Sequence[Self]) -> Self:
        """Put several groups of hits behind each other."""
        columns = [part.columns() for part in parts]
        return cls(**{name: np.concatenate([each[name] for each in columns]) for name in cls.TYPES})

    @classmethod
    def empty(cls) -> Self:
        """No hits."""
        return cls(**{name: np.empty(0, dtype) for name, dtype in cls.TYPES.items()})


@dataclass(frozen=True, slots=True, eq=False)
class FrameHits(Columns):
    """A view of a query frame looks like a known frame; `score` is their cosine."""

    TYPES: ClassVar = {
        "query_row": "<i4",
        "view": "<i2",
        "number": "<i8",
        "known_row": "<i4",
        "score": "<f4",
    }
    query_row: NDArray[np.int32]
    view: NDArray[np.int16]
    number: NDArray[np.int64]
    known_row: NDArray[np.int32]
    score: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class HashHits(Columns):
    """PDQ hashes at most 31 bits apart; `form` is a place in `views.FORMS`."""

    TYPES: ClassVar = {
        "query_row": "<i4",
        "form": "|u1",
        "number": "<i8",
        "known_row": "<i4",
        "distance": "|u1",
    }
    query_row: NDArray[np.int32]
    form: NDArray[np.uint8]
    number: NDArray[np.int64]
    known_row: NDArray[np.int32]
    distance: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class SoundHits(Columns):
    """Sound steps with equal or nearly equal sub-fingerprints."""

    TYPES: ClassVar = {"query_item": "<i4", "number": "<i8", "known_item": "<i4"}
    query_item: NDArray[np.int32]
    number: NDArray[np.int64]
    known_item: NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class SearchHits:
    """All hits of one query. `number` is the known fingerprint's number."""

    frames: FrameHits
    hashes: HashHits
    sound: SoundHits

    @property
    def numbers(self) -> tuple[NDArray[np.int64], ...]:
        """The known numbers of all hits, by kind."""
        return self.frames.number, self.hashes.number, self.sound.number

    def of(self, numbers: Collection[int]) -> Self:
        """Keep the hits with these known items."""
        chosen = [np.isin(each, list(numbers)) for each in self.numbers]
        return type(self)(
            self.frames.where(chosen[0]),
            self.hashes.where(chosen[1]),
            self.sound.where(chosen[2]),
        )

    @property
    def counts(self) -> tuple[int, int, int]:
        """How many there are of each kind."""
        return len(self.frames), len(self.hashes), len(self.sound)

    def to_bytes(self) -> bytes:
        """Encode for the way back from the index process."""
        arrays = {
            f"{group.name}.{name}": column
            for group in fields(self)
            for name, column in getattr(self, group.name).columns().items()
        }
        return pack_arrays(MAGIC, VERSION, {}, arrays)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read what `to_bytes` wrote; BadEncoding on anything else."""
        _, arrays = unpack_arrays(MAGIC, VERSION, data)
        return cls(
            _columns(FrameHits, "frames", arrays),
            _columns(HashHits, "hashes", arrays),
            _columns(SoundHits, "sound", arrays),
        )


def _columns[C: Columns](kind: type[C], group: str, arrays: dict[str, NDArray[Any]]) -> C:
    """Read one group of columns, which must be equally long."""
    first = arrays.get(f"{group}.{next(iter(kind.TYPES))}")
    length = 0 if first is None else first.size
    return kind(
        **{
            name: checked(arrays.get(f"{group}.{name}"), dtype, (length,))
            for name, dtype in kind.TYPES.items()
        }
    )
