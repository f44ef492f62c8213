"""The library: media in, evidence out. It knows no web, SQL, settings or clock."""

from app.core.describe import Describers, default_describers
from app.core.fingerprinting import Fingerprinted, fingerprint_file
from app.core.matcher import find_matches, match
from app.core.matches import Evidence, Match, Segment, Span
from app.core.media import DecodeLimits
from app.core.policy import Grade, Relation
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
]
