"""The kinds of frame index that can be chosen."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from app.core.index.frames import StorableIndex
from app.core.index.turbo import TurboIndex

type EngineName = Literal["turbo", "faiss"]


@dataclass(frozen=True, slots=True)
class Engine:
    """How a frame index of one kind is made, and read from what it gave as bytes."""

    name: EngineName
    make: Callable[[], StorableIndex]
    read: Callable[[bytes], StorableIndex]


TURBO = Engine("turbo", TurboIndex, TurboIndex.from_bytes)


def engine_of(name: EngineName) -> Engine:
    """Give a kind by its name; ModuleNotFoundError where its package is not installed."""
    if name == "turbo":
        return TURBO
    try:
        from app.core.index.faiss_scan import FaissIndex  # noqa: PLC0415  (an extra)
    except ModuleNotFoundError as error:
        message = (
            "the frame index `faiss` needs the package faiss-cpu: install provenance-desk[faiss]"
        )
        raise ModuleNotFoundError(message) from error
    return Engine(name, FaissIndex, FaissIndex.from_bytes)
