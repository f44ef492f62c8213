"""Exact search over all known material: frames by descriptor, frames by PDQ, sound."""

from app.core.index.hits import FrameHits, HashHits, SearchHits, SoundHits
from app.core.index.query import SearchQuery

__all__ = ["FrameHits", "HashHits", "SearchHits", "SearchQuery", "SoundHits"]
