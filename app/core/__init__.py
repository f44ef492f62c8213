"""The library: media in, evidence out. It knows no web, SQL, settings or clock.

Names are loaded when they are first used: whoever needs a word of the vocabulary, such as the web
process, does not carry the decoders and models in its memory.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.core.describe import Describers, default_describers
    from app.core.fingerprinting import Fingerprinted, fingerprint_file
    from app.core.matcher import find_matches, match
    from app.core.matches import Evidence, Match, Segment, Span
    from app.core.media import DecodeLimits
    from app.core.policy import Grade, Relation
    from app.core.provenance.reading import read_provenance
    from app.core.transforms import Transform

__all__ = [
    "DecodeLimits",
    "Describers",
    "Evidence",
    "Fingerprinted",
    "Grade",
    "Match",
    "Relation",
    "Segment",
    "Span",
    "Transform",
    "default_describers",
    "find_matches",
    "fingerprint_file",
    "match",
    "read_provenance",
]

_HOME = {
    "DecodeLimits": "media",
    "Describers": "describe",
    "Evidence": "matches",
    "Fingerprinted": "fingerprinting",
    "Grade": "policy",
    "Match": "matches",
    "Relation": "policy",
    "Segment": "matches",
    "Span": "matches",
    "Transform": "transforms",
    "default_describers": "describe",
    "find_matches": "matcher",
    "fingerprint_file": "fingerprinting",
    "match": "matcher",
    "read_provenance": "provenance.reading",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
