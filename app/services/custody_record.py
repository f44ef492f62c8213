"""What a custody export holds of an item's record: each list as the API answers it, whole."""

import hashlib
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
    viewing,
)

AT_ONCE = 200
STORE, STORE_DIGEST = "manifest-store.c2pa", "manifest-store.sha256"

type _Reader = Callable[[str | None], "Page[Any] | MatchPage"]


def viewed(database: db.Database, media_id: str, actor: Actor, *, original: bool) -> bool:
    """Note the view that an export is, or refuse; gives whether the manifest store may be in it.

    An export without the store, and without the `original`, shows no picture and is no view.
    """
    with database.read() as session:
        has_store = provenance_views.has_store(session, media_id)
        is_flagged = bool(db.sensitivity.flags_of(session, [media_id]))
    with_store = not is_flagged or viewing.may_see_clear(actor)
    if original or (has_store and with_store):
        viewing.file(database, actor, media_id, is_continued=False)
    return with_store


def files(
    session: Session,
    blobs: LocalBlobs,
    item: db.media.Media,
    actor: Actor,
    *,
    with_store: bool,
) -> list[Member]:
    """The record as JSON files, with what `actor` may read of it, and the kept manifest store.

    Without it the store's SHA-256 stands for it.
    """
    of, page = item.id, AT_ONCE
    lists: dict[str, _Reader] = {
        "receipts": lambda after: _receipts(session, of, actor, after),
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
        *_own_word(session, of, actor),
        *_store(session, blobs, of, whole=with_store),
        *(_file(name, body.model_dump(mode="json")) for name, body in single.items()),
        *(_file(name, list(_every(read))) for name, read in lists.items()),
    ]


def _own_word(session: Session, media_id: str, actor: Actor) -> Iterator[Member]:
    """What the file says of its own origin, once it was read."""
    if db.provenance.of_media(session, media_id) is not None:
        reading = provenance_views.read(session, media_id, actor)
        yield _file("provenance", reading.model_dump(mode="json"))


def _store(session: Session, blobs: LocalBlobs, media_id: str, *, whole: bool) -> Iterator[Member]:
    if not provenance_views.has_store(session, media_id):
        return
    store = provenance_views.manifest_store(session, blobs, media_id)
    if whole:
        yield Member(STORE, [store])
    else:
        digest = hashlib.sha256(store).hexdigest()
        yield Member(STORE_DIGEST, [f"{digest}  {STORE}\n".encode()])


def _every(read: _Reader) -> Iterator[dict[str, Any]]:
    cursor = None
    while True:
        page = read(cursor)
        yield from (each.model_dump(mode="json") for each in page.items)
        cursor = page.next
        if cursor is None:
            return


def _receipts(
    session: Session, media_id: str, actor: Actor, after: str | None
) -> Page[ReceiptAnswer]:
    found = db.media.receipts(session, media_id, AT_ONCE, after)
    answers = [media_views.show_receipt(receipt, actor) for receipt in found.items]
    return Page(items=answers, next=found.next)


def _file(name: str, body: Any) -> Member:
    text = json.dumps(body, indent=2, ensure_ascii=False)
    return Member(f"{name}.json", [f"{text}\n".encode()])
