"""Build one index of one size and measure it beside plain products of the same shape.

Seconds are CPU seconds, so that what else the machine does counts little; the best of several.
"""

import ctypes
import gc
import os
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from app.core.fingerprints.fingerprint import DIMENSION
from app.core.fingerprints.views import FORMS
from app.core.index import KnownIndex
from app.core.index.engines import Engine
from app.core.index.journal import Stamp
from app.core.index.kept import KeptIndex
from app.core.index.known import LEAST_SCORE
from benchmarks.scale.synthetic import (
    ALGORITHM,
    FRAMES_AN_ITEM,
    PIECE,
    SOUND_A_FRAME,
    Synthetic,
    Vectors,
    asking,
    copies,
    items,
)

COSINES = (0.3, 0.4, 0.5)
COPIES = 100
FRAMES_ASKED = 60
VIEWS_ASKED = 10
CODE_ERROR = 0.02
"""Hits so little above the threshold may be below it by their codes: the exact answer leaves them out."""
BEST_OF = 5
PIECES_MULTIPLIED = 8
PIECES_COPIED_FROM = 10
MOST_FLIPPED = 31


@dataclass(slots=True)
class Probes:
    """Copies of known frames at each cosine, where they are from, and the exact answer to them."""

    known: np.ndarray
    queries: dict[float, Vectors]
    exact: dict[float, list[tuple[int, int]]] = field(default_factory=dict)

    @classmethod
    def of(cls, library: Synthetic) -> "Probes":
        """Draw copies from pieces all over the library."""
        starts = np.arange(0, library.size, PIECE)
        chosen = starts[np.linspace(0, len(starts) - 1, PIECES_COPIED_FROM).astype(int)]
        vectors, known = [], []
        for place, start in enumerate(chosen.tolist()):
            piece = library.piece(start).vectors
            step = len(piece) // (COPIES // PIECES_COPIED_FROM)
            rows = np.arange(COPIES // PIECES_COPIED_FROM) * step + place
            vectors.append(piece[rows])
            known.append(start + rows)
        strangers = library.strangers(COPIES * len(COSINES)).reshape(len(COSINES), COPIES, -1)
        originals = np.concatenate(vectors)
        queries = {
            cosine: copies(originals, noise, cosine)
            for cosine, noise in zip(COSINES, strangers, strict=True)
        }
        return cls(np.concatenate(known), queries, {cosine: [] for cosine in COSINES})

    def look_at(self, start: int, vectors: Vectors) -> None:
        """Note the exact hits among some frames."""
        for cosine, queries in self.queries.items():
            rows, places = np.nonzero(queries @ vectors.T >= LEAST_SCORE + CODE_ERROR)
            self.exact[cosine] += zip(rows.tolist(), (start + places).tolist(), strict=True)

    def recall(self, index: KnownIndex) -> dict[str, float]:
        """Say which share of the copies, and of all exact hits, the index finds."""
        result, found_of_all, all_exact = {}, 0, 0
        for cosine, queries in self.queries.items():
            hits = index.search(asking(vectors=queries[:, None])).frames
            frames = hits.number * FRAMES_AN_ITEM + hits.known_row
            found = set(zip(hits.query_row.tolist(), frames.tolist(), strict=True))
            copied = sum((row, frame) in found for row, frame in enumerate(self.known.tolist()))
            result[f"recall_{cosine}"] = copied / len(self.known)
            found_of_all += len(found.intersection(self.exact[cosine]))
            all_exact += len(self.exact[cosine])
        return result | {"recall_exact": found_of_all / all_exact, "exact_hits": all_exact}


def measure(engine: Engine, size: int, folder: Path) -> dict[str, float | str]:
    """Give one row of the table."""
    library = Synthetic(size)
    probes = Probes.of(library)
    before = _resident_bytes()
    index, added = _build(library, engine, folder, probes)
    row: dict[str, float | str] = {"engine": engine.name, "frames": size} | added
    row |= _searches(index.index, library, probes)
    row["resident_bytes"] = _resident_bytes() - before
    row["bytes_a_frame"] = row["resident_bytes"] / size
    row |= probes.recall(index.index)
    del index
    _resident_bytes()
    row["file_bytes"] = sum(path.stat().st_size for path in folder.iterdir())
    started, wall = time.process_time(), time.perf_counter()
    opened = KeptIndex.open(folder, engine)
    opened.index.search(asking(library.piece(0).vectors[:1, None]))
    row["open_cpu_s"] = time.process_time() - started
    row["open_wall_s"] = time.perf_counter() - wall
    row["peak_bytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return row


def _build(
    library: Synthetic, engine: Engine, folder: Path, probes: Probes
) -> tuple[KeptIndex, dict[str, float]]:
    index = KeptIndex.make(ALGORITHM, engine, folder)
    adding, writing = 0.0, 0.0
    for piece in library.pieces():
        probes.look_at(piece.start, piece.vectors)
        each = list(items(piece))
        adding += _cpu_s(lambda each=each: [index.add(*one) for one in each])
        writing += _cpu_s(lambda start=piece.start: index.write(Stamp(start + 1, "synthetic")))
        writing += _cpu_s(lambda: _seal(index))
    return index, {
        "add_us_a_frame": adding / library.size * 1e6,
        "write_us_a_frame": writing / library.size * 1e6,
    }


def _seal(index: KeptIndex) -> None:
    sealing = index.begin_sealing()
    if sealing is not None:
        index.end_sealing(sealing, sealing.write())
        index.tidy()


def _searches(index: KnownIndex, library: Synthetic, probes: Probes) -> dict[str, float]:
    """Time searches of frames, of hashes and of sound, each alone."""
    vectors = np.concatenate([*probes.queries.values(), library.strangers(2 * COPIES)])
    many = np.resize(vectors, (FRAMES_ASKED * VIEWS_ASKED, DIMENSION))
    result = {}
    for name, shape in (("60", (-1, 1, DIMENSION)), ("600", (-1, VIEWS_ASKED, DIMENSION))):
        chosen = many[: FRAMES_ASKED * shape[1]]
        query = asking(vectors=chosen.reshape(shape))
        search_s = _best_s(lambda query=query: index.search(query))
        product_s = _product_s(library, chosen)
        result |= {f"search_{name}_s": search_s, f"product_{name}_s": product_s}
        result[f"ratio_{name}"] = search_s / product_s
    piece = library.piece(0)
    hashes = asking(forms=_flipped(piece.hashes))
    result["pdq_s"] = _best_s(lambda: index.search(hashes))
    found = index.search(hashes).hashes
    own = (found.known_row == found.query_row) & (found.number == 0)
    result["pdq_recall"] = int(own.sum()) / (FRAMES_ASKED * len(FORMS))
    sound = asking(sound=piece.sound[: FRAMES_ASKED * SOUND_A_FRAME])
    result["sound_s"] = _best_s(lambda: index.search(sound))
    return result


def _flipped(hashes: np.ndarray) -> np.ndarray:
    """Change 0 to 31 bits of the first hashes, in each form others."""
    random = np.random.default_rng(3)
    bits = np.repeat(np.unpackbits(hashes[:FRAMES_ASKED], axis=1)[:, None], len(FORMS), axis=1)
    for each in bits.reshape(-1, 256):
        each[random.permutation(256)[: random.integers(0, MOST_FLIPPED + 1)]] ^= 1
    return np.packbits(bits, axis=2)


def peer_pdq_s(library: Synthetic) -> float:
    """Time the same search of hashes in FAISS: `IndexBinaryFlat.range_search`."""
    import faiss  # noqa: PLC0415  (an extra)

    peer = faiss.IndexBinaryFlat(256)
    for piece in library.pieces():
        peer.add(piece.hashes)
    asked = np.ascontiguousarray(_flipped(library.piece(0).hashes).reshape(-1, 32))
    return _best_s(lambda: peer.range_search(asked, MOST_FLIPPED + 1))


def _product_s(library: Synthetic, queries: Vectors) -> float:
    """Time the product with as many vectors: of large libraries a few pieces count for all."""
    vectors = library.piece(0).vectors
    out = np.empty((len(queries), len(vectors)), np.float32)
    times = min(PIECES_MULTIPLIED, -(-library.size // len(vectors)))
    one_s = _best_s(lambda: [np.matmul(queries, vectors.T, out=out) for _ in range(times)]) / times
    return one_s * library.size / len(vectors)


def _best_s(step: Callable[[], object]) -> float:
    return min(_cpu_s(step) for _ in range(BEST_OF))


def _cpu_s(step: Callable[[], object]) -> float:
    started = time.process_time()
    step()
    return time.process_time() - started


def _resident_bytes() -> int:
    """The process's memory, after what is free was given back."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
