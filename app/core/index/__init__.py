"""Exact search over all known material: frames by descriptor, frames by PDQ, sound."""

from app.core.index.exhaustive import ExhaustiveIndex
from app.core.index.frames import FrameIndex, Nearest
from app.core.index.hits import FrameHits, HashHits, SearchHits, SoundHits
from app.core.index.known import KnownIndex
from app.core.index.query import SearchQuery
from app.core.index.turbo import TurboIndex

__all__ = [
    "ExhaustiveIndex",
    "FrameHits",
    "FrameIndex",
    "HashHits",
    "KnownIndex",
    "Nearest",
    "SearchHits",
    "SearchQuery",
    "SoundHits",
    "TurboIndex",
]
