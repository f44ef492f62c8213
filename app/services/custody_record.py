"""What a custody export holds of an item's record: each list as the API answers it, whole."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from pydantic import BaseModel
from sqlalchemy.orm import Session

from app import db
from app.access import Actor
from app.blobs.local import LocalBlobs
from app.blobs.zipping import Member
from app.schemas.matches import MatchPage
from app.schemas.media import ReceiptAnswer
from app.schemas.page import Page
from app.services import (
    attention,
    claims,
    corroborations,
    findings,
    history,
    matches,
    media_views,
    notes,
    provenance_views,
    publication_views,
    records,
    rights,
    sensitivity,
)

AT_ONCE = 200

type _Reader = Callable[[str | None], "Page[Any] | MatchPage"]


def files(session: Session, blobs: LocalBlobs, item: db.media.Media, actor: Actor) -> list[Member]:
    """The record as JSON files, with what `actor` may read of it, and the kept manifest store."""
    of, page = item.id, AT_ONCE
    lists: dict[str, _Reader] = {
        "receipts": lambda after: _receipts(session, of, after),
        "history": lambda after: history.read(session, of, actor, page, after),
        "notes": lambda after: notes.read(session, of, actor, page, after),
        "findings": lambda after: findings.read(session, of, None, page, after),
        "claims": lambda after: claims.read(session, of, page, after),
        "corroborations": lambda after: corroborations.read(session, of, actor, page, after),
        "attention": lambda after: attention.read(session, of, page, after),
        "matches": lambda after: matches.listed(session, db.matches.MatchFilter(of), page, after),
        "matches_as_known": lambda after: matches.listed(
            session, db.matches.MatchFilter(of, as_known=True), page, after
        ),
    }
    single: dict[str, BaseModel] = {
        "item": media_views.show(session, item),
        "record": records.read(session, of, actor),
        "rights": rights.read(session, of),
        "sensitivity": sensitivity.read(session, of),
        "publication": publication_views.state(session, of),
    }
    return [
        *_own_word(session, blobs, of, actor),
        *(_file(name, body.model_dump(mode="json")) for name, body in single.items()),
        *(_file(name, list(_every(read))) for name, read in lists.items()),
    ]


def _own_word(session: Session, blobs: LocalBlobs, media_id: str, actor: Actor) -> Iterator[Member]:
    """What the file says of its own origin, once it was read."""
    if db.provenance.of_media(session, media_id) is None:
        return
    reading = provenance_views.read(session, media_id, actor)
    yield _file("provenance", reading.model_dump(mode="json"))
    if "manifest_store" in reading.links:
        store = provenance_views.manifest_store(session, blobs, media_id)
        yield Member("manifest-store.c2pa", [store])


def _every(read: _Reader) -> Iterator[dict[str, Any]]:
    cursor = None
    while True:
        page = read(cursor)
        yield from (each.model_dump(mode="json") for each in page.items)
        cursor = page.next
        if cursor is None:
            return


def _receipts(session: Session, media_id: str, after: str | None) -> Page[ReceiptAnswer]:
    found = db.media.receipts(session, media_id, AT_ONCE, after)
    answers = [ReceiptAnswer.model_validate(receipt) for receipt in found.items]
    return Page(items=answers, next=found.next)


def _file(name: str, body: Any) -> Member:
    text = json.dumps(body, indent=2, ensure_ascii=False)
    return Member(f"{name}.json", [f"{text}\n".encode()])
