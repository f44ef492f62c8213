"""Enters one listed file: looked at, copied and hashed, then received like any arrival."""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy.orm import Session

from app import db
from app.access import SCOPES_OF_ROLE, Actor
from app.blobs.local import Incoming, LocalBlobs
from app.core.decoding.sniff import HEAD_BYTES, Container, sniff
from app.core.errors import NotMedia
from app.db.import_items import ImportItem
from app.db.imports import Import
from app.errors import ServiceError, StorageFull
from app.jobs import JobQueue
from app.schemas.fields import printable_name
from app.schemas.import_enums import ImportItemState
from app.schemas.imports import ManifestLine
from app.schemas.record_enums import IntakeMethod
from app.services import leftovers, media
from app.services.imports import outcomes
from app.services.imports.listing import Unimportable
from app.services.imports.places import open_inside

BLOCK_BYTES = 1 << 20
_OWN_FIELDS = {"path", "sha256", "collection", "collections", "published_at", "sensitivity", "tags"}


@dataclass(frozen=True, slots=True)
class Desk:
    """Where files are entered, and by which worker."""

    database: db.Database
    blobs: LocalBlobs
    jobs: JobQueue
    worker_id: str
    max_bytes: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A listed file, the order that it came by, and what is said about it."""

    order: Import
    item: ImportItem
    path: Path
    said: ManifestLine

    @property
    def collections(self) -> tuple[str, ...]:
        """Where it goes."""
        into = (self.order.collection, *self.said.collections, *self.said.collection)
        return tuple(dict.fromkeys(slug for slug in into if slug))


def enter(desk: Desk, entry: Entry) -> None:
    """Bring one listed file into the books; raises `Unimportable`, and `StorageFull` for later."""
    with open_inside(Path(entry.order.root), entry.path) as file:
        status = os.fstat(file.fileno())
        seen = seen_as(entry.order, entry.path, status, entry.item.said or {})
        if outcomes.repeated(desk.database, entry.order, entry.item.number, seen):
            return
        try:
            container = _looked_at(file, status.st_size, desk.max_bytes)
            with desk.blobs.receive() as incoming:
                desk.blobs.check_room(status.st_size)
                _copy(file, status, incoming)
                _receive(desk, entry, seen, incoming, container)
        except Unimportable as fault:
            outcomes.leave(desk.database, entry.order, entry.item.number, fault, seen)


def seen_as(order: Import, path: Path, status: os.stat_result, said: dict[str, Any]) -> str:
    """One name for a file in its place, at its size and time, with what is said of it where."""
    what = [str(path), *_stamp(status), order.collection, said]
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()


def actor_of(order: Import) -> Actor:
    """By whose word an import is done."""
    role = order.ordered_by_role
    return Actor(order.ordered_by, order.ordered_by_name, role, SCOPES_OF_ROLE[role])


def _stamp(status: os.stat_result) -> tuple[int, int]:
    return status.st_size, status.st_mtime_ns


def _looked_at(file: BinaryIO, size_bytes: int, max_bytes: int) -> Container:
    if size_bytes > max_bytes:
        raise Unimportable("too_large", f"It has more than {max_bytes} bytes.")
    try:
        return sniff(file.read(HEAD_BYTES))
    except NotMedia as error:
        raise Unimportable(error.code, str(error)) from error


def _copy(file: BinaryIO, status: os.stat_result, incoming: Incoming) -> None:
    """Copy a file into the store; hashed as it is written, and never shared with its first place."""
    file.seek(0)
    while block := file.read(BLOCK_BYTES):
        incoming.write(block)
    if _stamp(os.fstat(file.fileno())) != _stamp(status):
        raise Unimportable("changed", "It was written to while it was read.")


def _receive(desk: Desk, entry: Entry, seen: str, incoming: Incoming, container: Container) -> None:
    wanted = entry.said.sha256
    if wanted and wanted.lower() != incoming.sha256:
        raise Unimportable("hash_differs", f"Its SHA-256 is {incoming.sha256}.")
    watched = entry.order.options["watch"]
    via = IntakeMethod.WATCH_FOLDER if watched else IntakeMethod.IMPORT
    arrival = media.Arrival(incoming, container, _claim(entry), via=via)
    with leftovers.adopted(desk.database, desk.blobs, incoming) as keep:
        try:
            if _book(desk, entry, seen, arrival):
                keep()
        except StorageFull:
            raise
        except ServiceError as error:
            raise Unimportable("refused", error.detail) from error


def _book(desk: Desk, entry: Entry, seen: str, arrival: media.Arrival) -> bool:
    """Receive it and note what became of it, in one transaction; false if it is not to be."""
    with desk.database.write() as session:
        db.in_commit_order(session)
        if db.imports.mine(session, entry.order.id, desk.worker_id) is None:
            return False
        row = db.import_items.one(session, entry.item.number)
        if row is None or row.state is not ImportItemState.LISTED:
            return False
        sha256 = arrival.incoming.sha256
        _check_not_purged(session, sha256)
        was_in = db.collections.slugs_of_content(session, sha256)
        item, _ = media.receive(session, desk.blobs, desk.jobs, arrival, actor_of(entry.order))
        if row.fact_check_id:
            db.fact_checks.attach(session, row.fact_check_id, item.id)
        row.seen, row.sha256, row.media_id, row.said = seen, sha256, item.id, None
        outcomes.settle(row, item, known=was_in.issuperset(entry.collections))
    return True


def _check_not_purged(session: Session, sha256: str) -> None:
    """Nothing that was purged comes back by itself: an import may be run every night."""
    before = db.tombstones.of_content(session, sha256)
    if before is not None and db.media.by_sha256(session, sha256) is None:
        raise Unimportable(
            outcomes.PURGED,
            f"It was purged on {before.purged_at:%Y-%m-%d} ({before.authority})."
            " Upload it, if it is to be here again.",
        )


def _claim(entry: Entry) -> media.Claim:
    said = entry.said
    notes = [said.note] if said.note else []
    if said.published_at:
        notes.append(f"Published {said.published_at.isoformat()}, as its importer says.")
    given = said.model_dump(exclude=_OWN_FIELDS | {"note"})
    return media.Claim(
        filename=printable_name(entry.path.name) or "import",
        note="\n".join(notes) or None,
        collections=entry.collections,
        sensitivity=tuple(said.sensitivity),
        tags=tuple(said.tags),
        **given,
    )
