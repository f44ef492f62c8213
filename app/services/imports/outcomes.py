"""What becomes of a listed file: added, there already, left out, failed; and of a whole import."""

from typing import Any

from sqlalchemy.orm import Session

from app import db
from app.core.errors import NotMedia
from app.db.import_items import ImportItem
from app.db.imports import Import
from app.db.media import Media
from app.schemas.enums import EventType, MediaState
from app.schemas.import_enums import OVER, ImportItemState, ImportKind, ImportState
from app.services import events
from app.services.imports import looking_back
from app.services.imports.listing import Unimportable

AT_ONCE = 500
UNCHANGED = Unimportable("unchanged", "It was imported before and has not changed.")
PURGED = "purged"
_FOLDERS = (ImportKind.FOLDER, ImportKind.AUTO_ARCHIVER)
_PASSING = ("changed", "missing")


def settle(row: ImportItem, item: Media, *, known: bool) -> None:
    """Note what an arrival came to; one that is worked on is `entered` until it is at its end."""
    if item.state is MediaState.FAILED:
        failure = item.failure or {}
        row.state, row.code, row.error = _failed(failure)
    elif known:
        row.state = ImportItemState.DUPLICATE
    else:
        ready = item.state is MediaState.READY
        row.state = ImportItemState.ADDED if ready else ImportItemState.ENTERED


def repeated(database: db.Database, order: Import, number: int, seen: str) -> bool:
    """Whether a file was dealt with before as it is now; then what it came to is noted again."""
    with database.read() as session:
        before = db.import_items.before(session, seen, number)
        item = db.media.find(session, before.media_id) if before and before.media_id else None
        kept = item is not None and bool(db.collections.memberships(session, item.id))
    if before is None:
        return False
    if before.media_id is None:  # left out for a reason that has not gone
        if not before.code or before.code in {UNCHANGED.code, PURGED}:
            return False
        leave(database, order, number, Unimportable(before.code, before.error or ""), seen)
        return True
    if item is None or not kept or (item.failure or {}).get("retryable"):
        return False
    fault = UNCHANGED
    if item.state is MediaState.FAILED:
        _, code, error = _failed(item.failure or {})
        fault = Unimportable(code, error)
    leave(database, order, number, fault, seen, media_id=item.id)
    return True


def leave(
    database: db.Database,
    order: Import,
    number: int,
    fault: Unimportable,
    seen: str | None = None,
    *,
    media_id: str | None = None,
) -> None:
    """Note why a listed file is not entered.

    In a watched folder, one that was written to or is gone is looked at again later.
    """
    quiet = fault.code in {UNCHANGED.code, PURGED}
    quiet |= order.kind in _FOLDERS and fault.code == NotMedia.code
    with database.write() as session:
        row = db.import_items.one(session, number)
        if row is None or row.state is not ImportItemState.LISTED:
            return
        if fault.code in _PASSING and order.options["watch"]:
            session.delete(row)
            return
        row.state = ImportItemState.SKIPPED if quiet else ImportItemState.FAILED
        row.code, row.error = fault.code, fault.detail
        # A watched file is listed with its `seen`: without it the next look would list it anew.
        row.seen, row.media_id = seen or row.seen, media_id or row.media_id
        row.said = None


def finish(database: db.Database, looking: looking_back.Asking) -> None:
    """Count what came to its end since, and complete the imports of which everything has.

    An import is also at its end when all earlier items were searched for what it brought; a watched
    one does not wait for that, so that what is put into its folder meanwhile is not kept waiting.
    """
    with database.read() as session:
        ended = db.import_items.at_their_end(session, AT_ONCE)
    if ended:
        with database.write() as session:
            _count(session, ended)
    with database.read() as session:
        settled = [
            each.id
            for each in db.imports.settled(session)
            if each.options["watch"] or not looking.is_under_way(session, each.id)
        ]
    for import_id in settled:
        with database.write() as session:
            _complete(session, import_id)


def _count(session: Session, ended: list[db.import_items.Settled]) -> None:
    ready = [each.number for each in ended if each.failure is None]
    db.import_items.make_added(session, ready)
    for each in ended:
        if each.failure is not None:
            _, code, error = _failed(each.failure)
            db.import_items.make_failed(session, each.number, code, error)


def fail(database: db.Database, import_id: str, fault: Unimportable) -> None:
    """End an import that cannot be read at all."""
    with database.write() as session:
        found = db.imports.lock(session, import_id)
        if found is not None and found.state not in OVER:
            found.state, found.finished_at = ImportState.FAILED, db.now()
            found.fault = {"code": fault.code, "error": fault.detail}


def _complete(session: Session, import_id: str) -> None:
    db.in_commit_order(session)
    found = db.imports.lock(session, import_id)
    if found is None or found.state is not ImportState.SETTLING:
        return  # cancelled meanwhile, or completed by another worker
    watched = found.options["watch"]
    found.state = ImportState.WATCHING if watched else ImportState.COMPLETED
    found.finished_at = db.now()
    counts = db.imports.counts(session, [import_id])[import_id]
    told = {
        "import_id": import_id,
        "added": counts.get(ImportItemState.ADDED, 0),
        "duplicates": counts.get(ImportItemState.DUPLICATE, 0),
        "failed": counts.get(ImportItemState.FAILED, 0),
        "retro_matches": looking_back.retro_matches(session, import_id),
    }
    events.publish(session, EventType.IMPORT_COMPLETED, None, told)


def _failed(failure: dict[str, Any]) -> tuple[ImportItemState, str, str]:
    return (
        ImportItemState.FAILED,
        failure.get("code", "failed"),
        failure.get("detail", "It failed."),
    )
