"""The library: media in, evidence out. It knows no web, SQL, settings or clock.

Names are loaded when they are first used: whoever needs a word of the vocabulary, such as the web
process, does not carry the decoders and models in its memory.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.core.fingerprints.describe import Describers, default_describers
    from app.core.fingerprints.fingerprinting import Fingerprinted, fingerprint_file
    from app.core.fingerprints.pictures import write_jpeg
    from app.core.matches import Evidence, Match, Segment, Span
    from app.core.matching.matcher import find_matches, match
    from app.core.media import DecodeLimits
    from app.core.naming.transforms import Transform
    from app.core.policy import Grade, Relation
    from app.core.presentation.pairs import drawn
    from app.core.provenance.reading import read_provenance

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
    "drawn",
    "find_matches",
    "fingerprint_file",
    "match",
    "read_provenance",
    "write_jpeg",
]

_HOME = {
    "DecodeLimits": "media",
    "Describers": "fingerprints.describe",
    "Evidence": "matches",
    "Fingerprinted": "fingerprints.fingerprinting",
    "Grade": "policy",
    "Match": "matches",
    "Relation": "policy",
    "Segment": "matches",
    "Span": "matches",
    "Transform": "naming.transforms",
    "default_describers": "fingerprints.describe",
    "drawn": "presentation.pairs",
    "find_matches": "matching.matcher",
    "fingerprint_file": "fingerprints.fingerprinting",
    "match": "matching.matcher",
    "read_provenance": "provenance.reading",
    "write_jpeg": "fingerprints.pictures",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
