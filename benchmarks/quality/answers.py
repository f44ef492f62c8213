"""What the matcher answers to each query, as plain rows that are written, measured and drawn."""

import os
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import cv2

from app.core import Match
from app.core.matching.library import MemoryLibrary
from app.core.matching.matcher import match
from benchmarks.quality.files import Files
from benchmarks.quality.queries import Query


@dataclass(frozen=True, slots=True)
class Answer:
    """One query, its truths, and every known item that was found, as plain values."""

    query: str
    edit: str
    truths: list[dict[str, Any]]
    found: list[dict[str, Any]]
    seconds: float


class _Here:
    """What one process works with."""

    files: Files
    known: list[Path]
    library: MemoryLibrary


def answers(
    queries: Sequence[Query], known: Sequence[Path], cache: Path, processes: int
) -> list[Answer]:
    """Ask the matcher each query, some at a time; both sides are fingerprinted where they are not yet."""
    setup = (list(known), cache)
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = "1"
    if processes == 1:
        _start(*setup)
        return [_answer(query) for query in queries]
    with ProcessPoolExecutor(processes, get_context("spawn"), _start, setup) as pool:
        return list(pool.map(_answer, queries))


def _start(known: list[Path], cache: Path) -> None:
    cv2.setNumThreads(1)
    _Here.files, _Here.known = Files(cache, threads=1), known
    _Here.library = MemoryLibrary([_Here.files(path) for path in known])


def _answer(query: Query) -> Answer:
    made = _Here.files(query.path)
    started = time.perf_counter()
    found = match(made, _Here.library)
    spent = time.perf_counter() - started
    return Answer(
        query.path.name,
        query.edit,
        [asdict(truth) for truth in query.truths],
        [_plain(each) for each in found],
        round(spent, 3),
    )


def _plain(found: Match) -> dict[str, Any]:
    return {
        "known": _Here.known[found.number].name,
        "relation": found.relation.value,
        "grade": found.grade.value,
        "confidence": found.confidence,
        "coverage": [found.coverage_query, found.coverage_known],
        "segments": [segment.to_json() for segment in found.segments],
        "grounds": dict(found.grounds),
    }
