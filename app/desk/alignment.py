"""The numbers that the scripts of the compare page align two items by."""

from app.core.geometry import placement
from app.core.geometry.placement import Polygon
from app.schemas.matches import EvidenceItem
from app.schemas.media import MediaAnswer
from app.services.compare_page import ComparePage

_MIRROR, _REVERSED = "mirror", "reversed"


def numbers(page: ComparePage, *, clear: bool) -> dict[str, object]:
    """What the scripts need: times in milliseconds, places in shares of each picture."""
    return {
        "clear": clear,
        "query": _file(page.query),
        "known": _file(page.known),
        "segments": [
            {
                "query": [each.query.start_ms, each.query.end_ms],
                "known": [each.known.start_ms, each.known.end_ms],
                "speed": abs(each.speed),
                "mirrored": any(one.kind == _MIRROR for one in each.transforms),
                "reversed": any(one.kind == _REVERSED for one in each.transforms),
            }
            for each in page.match.segments
        ],
        "evidence": [_placed(each) for each in page.match.evidence],
    }


def _file(item: MediaAnswer) -> dict[str, object]:
    return {
        "kind": item.kind,
        "file": item.links["file"],
        "frames": f"/desk/media/{item.id}/frames.json",
        "duration_ms": item.duration_ms or 0,
    }


def _placed(evidence: EvidenceItem) -> dict[str, object]:
    """One pair: how the query's picture, as it is, lies on the known one, and both outlines."""
    at = {"query_ms": evidence.query_ms, "known_ms": evidence.known_ms}
    if evidence.placement is None:
        return {**at, "placement": None, "outlines": None}
    lies = placement.unmirrored(evidence.placement, mirrored=evidence.mirrored)
    try:
        query: Polygon = placement.outline(placement.inverse(lies))
    except ValueError:
        query = ()
    return {
        **at,
        "placement": lies,
        "outlines": {"query": query, "known": placement.outline(lies)},
    }
