"""How much of an upload is known material: the union over all its matches."""

from sqlalchemy.orm import Session

from app import db
from app.core.matches import Span, covered_ms, union
from app.core.media import MediaKind
from app.db.media import Media
from app.schemas import matches as shapes


def of_item(session: Session, item: Media) -> shapes.Explained:
    """Give the stretches of an item that its `certain` and `probable` matches explain.

    A match that a person rejected explains nothing. A still is explained in full or not at all.
    """
    found = db.explained.segments(session, item.id)
    every = [shapes.Segment.model_validate(each).query for one in found for each in one]
    spans = union(Span(each.start_ms, each.end_ms) for each in every)
    share = 1.0 if spans else 0.0
    if item.kind is not MediaKind.STILL and item.duration_ms:
        share = min(1.0, covered_ms(spans) / item.duration_ms)
    shown = [shapes.Span(start_ms=each.start_ms, end_ms=each.end_ms) for each in spans]
    return shapes.Explained(share=round(share, 4), spans=shown)
