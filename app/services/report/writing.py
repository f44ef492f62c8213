"""A gathered report as a paper: its pictures, its sections, and what this reader must not read."""

from collections.abc import Collection, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from typing import Any

from app import db
from app.access import Actor
from app.blobs.local import LocalBlobs
from app.errors import Forbidden
from app.pages import phrases
from app.pages.paper import Paper
from app.schemas.matches import MatchItem
from app.services import evidence, restricted_terms, stills, viewing
from app.services.report import item, matches, origin, record, sources
from app.services.report.gathering import Gathered

SHEETS_MOST = 4
WITHHELD = "[withheld: holds a name that is protected]"
NO_STILLS = "No pictures of this item are kept."
NOT_FOR_YOU = "Pictures of this item are not shown to the role that made this report."


def write(
    database: db.Database, blobs: LocalBlobs, known: Gathered, actor: Actor, made_at: datetime
) -> Paper:
    """The report as a page; no transaction is open while its pictures are drawn."""
    pictures, why_none = _stills(database, blobs, known.item.id, actor)
    sheets = {
        match.id: sheet
        for match in known.matches.items[:SHEETS_MOST]
        if (sheet := _sheet(database, blobs, _titled(match, known.terms), actor))
    }
    said, shown = known.record, known.item
    left_out = said.version - len(known.history)
    sections = [
        item.item(shown, known.sensitivity, pictures, why_none),
        record.verdict(said, known.publication),
        record.findings(shown.kind, said.findings),
        sources.claims(known.claims, known.corroborations),
        matches.matches(shown, known.matches, sheets, more=bool(known.matches.next)),
        origin.origin(known.provenance, known.earliest),
        *([matches.related(shown.kind, said.related_verdicts)] if said.related_verdicts else []),
        sources.arrivals(known.receipts, shown.receipts - len(known.receipts)),
        record.history(known.history, left_out),
    ]
    made = f"Made by {actor.name} ({actor.role}) on {phrases.instant(made_at)}"
    paper = Paper(
        kicker=f"Verification report · {shown.id}",
        title=shown.title or shown.filename,
        verdict=phrases.RATINGS[said.status],
        tone=phrases.TONES[said.status],
        wording=said.public_wording,
        sections=tuple(sections),
        made=f"{made}. For the desk, not for publication. Machines find; people conclude.",
        made_at=made_at,
    )
    return withheld(paper, known.terms)


def withheld[T](value: T, terms: Sequence[str]) -> T:
    """A paper, or a part of it, without the texts that hold one of some terms."""
    return _withheld(value, terms) if terms else value


def _withheld(value: Any, terms: Sequence[str]) -> Any:
    if isinstance(value, str):
        return WITHHELD if restricted_terms.matching(terms, value) else value
    if isinstance(value, tuple):
        return tuple(_withheld(each, terms) for each in value)
    if is_dataclass(value) and not isinstance(value, type):
        own = {
            each.name: _withheld(getattr(value, each.name), terms)
            for each in fields(value)
            if each.init
        }
        return replace(value, **own)
    return value


def _stills(
    database: db.Database, blobs: LocalBlobs, media_id: str, actor: Actor
) -> tuple[list[tuple[int, bytes]], str]:
    view = _admitted(database, actor, [media_id])
    if view is None:
        return [], NOT_FOR_YOU
    times_ms = stills.times_ms(blobs, media_id)
    shown = [
        (times_ms[number], view.jpeg(stills.numbered(blobs, media_id, number)))
        for number in item.spread(times_ms)
    ]
    return shown, NO_STILLS


def _sheet(
    database: db.Database, blobs: LocalBlobs, match: MatchItem, actor: Actor
) -> bytes | None:
    view = _admitted(database, actor, [match.query_media_id, match.known_media_id])
    return evidence.sheet(blobs, match, view) if view is not None and match.evidence else None


def _titled(match: MatchItem, terms: Sequence[str]) -> MatchItem:
    """The match under titles that this reader may read: they are drawn on the sheet."""
    sides = {"query": match.query, "known": match.known}
    titles = {
        side: end.model_copy(update={"title": withheld(end.title, terms)})
        for side, end in sides.items()
    }
    return match.model_copy(update=titles)


def _admitted(
    database: db.Database, actor: Actor, media_ids: Collection[str]
) -> viewing.View | None:
    try:
        return viewing.admit(database, actor, media_ids, blurred=True)
    except Forbidden:
        return None
