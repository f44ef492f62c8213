"""The frame index on FAISS: an exhaustive scan of 64-byte product codes, re-ranked by kept vectors.

`PQ128x4fs` (product quantization, Jégou, Douze, Schmid 2011, scanned in registers, André,
Kermarrec, Le Scouarnec 2017) finds the likely ones: its scores err by ±0.03. int8 copies of the
vectors give their cosines, to about 0.001. Of few vectors every one is compared. 590 bytes a
frame.
"""

import threading
from collections.abc import Iterator
from typing import Any, Self

import faiss
import numpy as np
from numpy.typing import NDArray

from app.core.errors import BadEncoding
from app.core.fingerprints.arrays import checked, pack_arrays, unpack_arrays
from app.core.fingerprints.fingerprint import DIMENSION
from app.core.index.frames import Nearest, flatten
from app.core.index.rows import Rows

CODES = "PQ128x4fs"
TRAINED_FROM = 1 << 13
"""Vectors from which there are codes; they are trained anew whenever there are eight times as many."""
RETRAINED_AT = 8
MOST_TRAINED_ON = 1 << 15
RERANKED = 1000
"""Likely ones a query whose cosine is computed; more where more are wanted."""
RERANKED_A_WANTED = 5
MOST_DEAD_SHARE = 8
"""Removed vectors are left out of the codes when they are more than an eighth of all."""
CHUNK = 1 << 13
LEVELS = 127
TINY = np.float32(1e-30)
COLUMNS: dict[str, tuple[str, tuple[int, ...]]] = {
    "ids": ("<u8", ()),
    "levels": ("|i1", (DIMENSION,)),
    "scales": ("<f4", ()),
    "dead": ("|b1", ()),
}
type Compared = tuple[NDArray[np.intp], NDArray[np.float32]]
NO_CODES = np.empty(0, np.uint8)
MAGIC = b"PDfs"
VERSION = 1


class FaissIndex:
    """int8 vectors and, when there are enough of them, codes; both in the order of arrival."""

    def __init__(self) -> None:
        self._rows = Rows(COLUMNS)
        self._codes: Any = None
        self._train_at = TRAINED_FROM
        self._changing = threading.Lock()

    def __len__(self) -> int:
        return len(self._rows) - int(self._rows["dead"].sum())

    def holds_any(self, ids: NDArray[np.uint64]) -> bool:
        """Say whether a vector has one of these ids."""
        newer = len(ids) > 0 and ids.min() > self._rows["ids"].max(initial=0)
        return not newer and len(self._places(ids)) > 0

    def add(self, ids: NDArray[np.uint64], vectors: NDArray[np.float32]) -> None:
        """Add vectors (n, 512); ValueError when an id is already there."""
        if len(np.unique(ids)) < len(ids) or self.holds_any(ids):
            raise ValueError("an id is already in the index")
        scales = np.abs(vectors).max(axis=1, initial=0) / LEVELS
        levels = np.rint(vectors / np.maximum(scales, TINY)[:, None])
        dead = np.zeros(len(ids), bool)
        self._rows.append(ids=ids, levels=levels, scales=scales, dead=dead)
        if len(self._rows) >= self._train_at:
            self._train()
        elif self._codes is not None and len(ids):
            self._codes.add(np.ascontiguousarray(vectors, np.float32))

    def remove(self, ids: NDArray[np.uint64]) -> None:
        """Take vectors away; ids that are not there are no error."""
        with self._changing:
            self._rows["dead"][self._places(ids)] = True
            if self._rows["dead"].sum() * MOST_DEAD_SHARE > len(self._rows):
                self._rows.keep(~self._rows["dead"])
                if self._codes is not None:
                    self._codes.reset()
                    self._encode()

    def search(self, queries: NDArray[np.float32], most: int, threshold: float) -> Nearest:
        """Give up to `most` vectors a query whose cosine reaches the threshold."""
        k = min(most, len(self))
        ids = np.zeros((len(queries), k), np.uint64)
        scores = np.full((len(queries), k), -np.inf, np.float32)
        if not k or not len(queries):
            return flatten(ids, scores, threshold)
        for row, (places, cosines) in enumerate(self._compared(queries, k)):
            best = np.argsort(-cosines, kind="stable")[:k]
            ids[row, : len(best)] = self._rows["ids"][places[best]]
            scores[row, : len(best)] = cosines[best]
        return flatten(ids, scores, threshold)

    def to_bytes(self) -> bytes:
        """Give all vectors as one value, for `from_bytes`; searches may go on meanwhile."""
        with self._changing:
            codes = faiss.serialize_index(self._codes) if self._codes is not None else NO_CODES
            arrays = {name: self._rows[name] for name in COLUMNS}
            arrays["dead"] = arrays["dead"].copy()
        return pack_arrays(MAGIC, VERSION, {}, {**arrays, "codes": codes})

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read what `to_bytes` gave; BadEncoding on anything else."""
        _, arrays = unpack_arrays(MAGIC, VERSION, data)
        made = cls()
        made._rows.append(
            **{
                name: checked(arrays.get(name), dtype, (len(arrays.get("ids", ())), *shape))
                for name, (dtype, shape) in COLUMNS.items()
            }
        )
        codes = checked(arrays.get("codes"), "|u1", (None,))
        if len(codes):
            made._codes = _read_codes(codes)
        if len(codes) and made._codes.ntotal != len(made._rows):
            raise BadEncoding("the codes are of other vectors")
        while len(codes) and made._train_at <= len(made._rows):
            made._train_at *= RETRAINED_AT
        return made

    def _compared(self, queries: NDArray[np.float32], wanted: int) -> Iterator[Compared]:
        """For each query, the places of all vectors or of the likely ones, and their cosines."""
        if self._codes is None:
            alive = np.flatnonzero(~self._rows["dead"])
            known = self._vectors(alive).T
            yield from ((alive, query @ known) for query in queries)
            return
        enough = min(max(RERANKED, RERANKED_A_WANTED * wanted), len(self))
        for row, places in enumerate(self._likely(queries, enough)):
            yield places, self._vectors(places) @ queries[row]

    def _likely(self, queries: NDArray[np.float32], enough: int) -> Iterator[NDArray[np.intp]]:
        """For each query, the places of the likeliest ones by their codes."""
        dead = self._rows["dead"]
        _, found = self._codes.search(np.ascontiguousarray(queries, np.float32), enough)
        for row, places in enumerate(found):
            alive = _present(places, dead)
            if len(alive) < enough:
                # Removed ones stood in the way; with as many more asked for, none can.
                more = min(enough + int(dead.sum()), len(self._rows))
                _, (deeper,) = self._codes.search(queries[row : row + 1], more)
                alive = _present(deeper, dead)[:enough]
            yield alive

    def _places(self, ids: NDArray[np.uint64]) -> NDArray[np.intp]:
        """Where the vectors of these ids are, those that are not removed."""
        return np.flatnonzero(np.isin(self._rows["ids"], ids) & ~self._rows["dead"])

    def _vectors(self, places: NDArray[np.intp]) -> NDArray[np.float32]:
        levels = self._rows["levels"][places].astype(np.float32)
        return np.asarray(levels * self._rows["scales"][places, None])

    def _train(self) -> None:
        """Fit codes to what there is."""
        some = np.linspace(0, len(self._rows) - 1, min(len(self._rows), MOST_TRAINED_ON))
        codes = faiss.index_factory(DIMENSION, CODES, faiss.METRIC_INNER_PRODUCT)
        codes.train(self._vectors(some.astype(np.intp)))
        self._codes = codes
        self._encode()
        self._train_at *= RETRAINED_AT

    def _encode(self) -> None:
        """Encode all vectors."""
        for start in range(0, len(self._rows), CHUNK):
            places = np.arange(start, min(start + CHUNK, len(self._rows)))
            self._codes.add(self._vectors(places))


def _present(places: NDArray[np.intp], dead: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Leave out removed ones, and the -1 with which FAISS fills up."""
    found = places[places >= 0]
    return found[~dead[found]]


def _read_codes(data: NDArray[np.uint8]) -> Any:
    try:
        codes = faiss.deserialize_index(data.copy())
    except RuntimeError as error:
        raise BadEncoding(f"not an index of FAISS: {error}") from error
    if not isinstance(codes, faiss.IndexPQFastScan) or codes.d != DIMENSION:
        raise BadEncoding("codes of another kind")
    return codes
