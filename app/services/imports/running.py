"""What a worker does for imports: takes one, lists what there is, enters a slice, goes to the next.

It may be killed anywhere: what is listed and entered are rows, and another worker goes on.
"""

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import batched
from pathlib import Path

import structlog
from sqlalchemy.exc import DataError, SQLAlchemyError

from app import db
from app.db.import_items import ImportItem
from app.db.imports import Import
from app.errors import StorageFull
from app.schemas.import_enums import ImportKind, ImportState
from app.schemas.imports import ManifestLine
from app.services import hindrances, set_back
from app.services.imports import (
    archiver,
    fact_checks,
    looking_back,
    manifest,
    outcomes,
    watching,
)
from app.services.imports.entering import Desk, Entry, enter
from app.services.imports.listing import Listed, Unimportable, files_below
from app.services.imports.places import Place

PAUSE_S = 1.0
AFTER_TROUBLE_S = 5.0
FULL_DISK_S = 60.0
SLICE = 50
LIST_AT_ONCE = 500

_INTERNAL = Unimportable("internal", "Something failed on our side; the log has the cause.")

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Importer:
    """One worker's part in all imports; `looks` are what it saw last in watched folders."""

    desk: Desk
    dead_after_s: float
    looks: dict[str, watching.Look] = field(default_factory=dict)
    looking: looking_back.Asking = field(default_factory=looking_back.Asking)
    clock: set_back.Watch = field(default_factory=set_back.Watch)

    @property
    def alive_since(self) -> datetime:
        """When another worker must have been heard of to count as living."""
        return db.now() - timedelta(seconds=self.dead_after_s)


def run(mine: Importer, stop: threading.Event) -> None:
    """Import what is ordered until told to stop."""
    pause_s = PAUSE_S
    while not stop.wait(pause_s):
        pause_s = PAUSE_S
        try:
            while not stop.is_set() and step(mine, stop):
                pass
        except Exception:
            log.exception("imports.interrupted")
            pause_s = AFTER_TROUBLE_S


def step(mine: Importer, stop: threading.Event) -> bool:
    """Do the next slice of an import; false when there is none for this worker now."""
    database = mine.desk.database
    outcomes.finish(database, mine.looking)
    with database.write() as session:
        if mine.clock.was_set_back():
            db.imports.make_due(session)
        order = db.imports.take(session, mine.desk.worker_id, mine.alive_since)
        if order is None:
            return False
        was = order.state
        if was is ImportState.WAITING:
            order.state, order.started_at = ImportState.LISTING, db.now()
        order.due_at = db.now()  # behind the other imports
    try:
        if order.options["watch"] and was is not ImportState.ENTERING:
            before = mine.looks.get(order.id, {})
            mine.looks[order.id] = watching.look(mine.desk, order, before)
        elif was is ImportState.ENTERING:
            _enter_some(mine.desk, order, stop)
        else:
            _list(mine.desk, order)
    except Unimportable as fault:
        outcomes.fail(database, order.id, fault)
    except StorageFull as error:
        log.warning("imports.no_room", import_id=order.id, detail=error.detail)
        _later(database, order.id, FULL_DISK_S)
    except Exception as error:
        of_database = isinstance(error, SQLAlchemyError) and not isinstance(error, DataError)
        if of_database or hindrances.for_all(error):
            raise  # passes; tried again
        log.exception("imports.failed", import_id=order.id)
        outcomes.fail(database, order.id, _INTERNAL)
    return True


def _later(database: db.Database, import_id: str, pause_s: float) -> None:
    with database.write() as session:
        found = db.imports.lock(session, import_id)
        if found is not None:
            found.due_at = db.now() + timedelta(seconds=pause_s)


def _list(desk: Desk, order: Import) -> None:
    """List everything anew: nothing of it is entered yet."""
    with desk.database.write() as session:
        # Another worker may have taken it over since, and entered some of it.
        if db.imports.mine(session, order.id, desk.worker_id) is None:
            return
        db.import_items.forget(session, order.id)
    for some in batched(_read(order), LIST_AT_ONCE):
        with desk.database.write() as session:
            if db.imports.mine(session, order.id, desk.worker_id) is None:
                return
            db.import_items.add(session, (each.columns(order.id) for each in some))
    _goes_over(desk, order.id, ImportState.ENTERING)


def _read(order: Import) -> Iterable[Listed]:
    place = _place(order)
    match order.kind:
        case ImportKind.FOLDER:
            return files_below(place.path)
        case ImportKind.MANIFEST:
            return manifest.read(place)
        case ImportKind.AUTO_ARCHIVER:
            return archiver.read(place)
        case ImportKind.FACT_CHECKS:
            return fact_checks.read(place, with_media=order.collection is not None)


def _place(order: Import) -> Place:
    """What an import reads, looked at again: much may have changed since it was ordered."""
    place = Place(Path(order.root), Path(order.path))
    try:
        exists = place.path.exists()
    except OSError as error:
        raise Unimportable("unreadable", f"It cannot be read: {error.strerror}.") from error
    if not exists:
        raise Unimportable("missing", "There is no such file or folder any more.")
    if not place.path.resolve().is_relative_to(place.root):
        raise Unimportable("outside", "It leads out of the folder that imports may read.")
    return place


def _goes_over(desk: Desk, import_id: str, state: ImportState) -> None:
    with desk.database.write() as session:
        found = db.imports.mine(session, import_id, desk.worker_id)
        if found is not None:
            found.state = state


def _enter_some(desk: Desk, order: Import, stop: threading.Event) -> None:
    with desk.database.read() as session:
        items = db.import_items.listed(session, order.id, SLICE)
    for item in items:
        started = time.monotonic()
        _enter(desk, order, item)
        # Half of the time belongs to people's uploads, which wait for the same locks and disk.
        if stop.wait(time.monotonic() - started):
            return
    if not items:
        _goes_over(desk, order.id, ImportState.SETTLING)


def _enter(desk: Desk, order: Import, item: ImportItem) -> None:
    place = Place(Path(order.root), Path(order.path))
    try:
        if order.kind is ImportKind.FACT_CHECKS:
            kept = fact_checks.keep(desk, order, item)
            if kept is None:
                return
            item = kept
        said = ManifestLine.model_validate({**(item.said or {}), "path": item.path})
        enter(desk, Entry(order, item, place.folder / item.path, said))
    except Unimportable as fault:
        outcomes.leave(desk.database, order, item.number, fault)
    except Exception as error:
        if hindrances.for_all(error):
            raise  # passes; tried again
        log.exception("imports.item_failed", import_id=order.id, number=item.number)
        outcomes.leave(desk.database, order, item.number, _INTERNAL)
