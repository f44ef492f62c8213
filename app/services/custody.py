"""Custody export: all that the desk knows of one item, in a zip that is checked without the desk."""

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from app import db
from app.access import Actor
from app.blobs.checkpoints import StoredCheckpoint
from app.blobs.local import LocalBlobs
from app.blobs.zipping import Member, zipped
from app.core.custody import chain, custody_check
from app.errors import NotFound
from app.schemas.audit import AuditAction
from app.services import (
    audit,
    custody_audit,
    custody_readme,
    custody_record,
    media,
    sealing,
)
from app.services.verifying import Trusted

READ_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Wanted:
    """Of which item, for whom, and whether with the file itself."""

    media_id: str
    actor: Actor
    original: bool


@dataclass(frozen=True, slots=True)
class Export:
    """An export that is ready to be sent: its checkpoints, and the files that are made of rows."""

    wanted: Wanted
    at: datetime
    item: db.media.Media
    record: list[Member]
    checkpoints: list[StoredCheckpoint]
    begins: sealing.Checkpoint | None
    """The checkpoint that the exported part of the chain begins at; None at its first entry."""
    ends: sealing.Checkpoint


class Exporter:
    """Makes exports of one desk's items."""

    def __init__(
        self, database: db.Database, blobs: LocalBlobs, sealer: sealing.Sealer, trusted: Trusted
    ) -> None:
        self._database, self._blobs = database, blobs
        self._sealer, self._trusted = sealer, trusted

    def prepare(self, wanted: Wanted) -> Export:
        """Enter the export itself into the chain, seal the chain, and gather what is small.

        The file of a sensitive item takes the scope for it, and is a view of its own. Its manifest
        store is, too, and is left out for who may not see it.
        """
        of = (self._database, wanted.media_id, wanted.actor)
        with_store = custody_record.viewed(*of, original=wanted.original)
        with self._database.write() as session:
            db.in_commit_order(session)
            item = media.get(session, wanted.media_id)
            if wanted.original and not self._blobs.path(item.sha256).exists():
                raise NotFound("The file of this item is not in the store: export it without.")
            subject = audit.Subject("media", item.id)
            payload = {"original": wanted.original}
            action = AuditAction.CUSTODY_EXPORTED
            audit.append(session, wanted.actor, action, subject, payload, media_id=item.id)
        self._sealer.seal()
        with self._database.read() as session:
            first, last = db.audit_reading.span_of(session, wanted.media_id)
            asked = (session, self._blobs, item, wanted.actor)
            record = custody_record.files(*asked, with_store=with_store)
            begins, ends, between = self._spanning(session, first, last)
        return Export(wanted, db.now(), item, record, between, begins, ends)

    def stream(self, export: Export) -> Iterator[bytes]:
        """The zip, piece by piece."""
        key = self._sealer.key

        def signed(sums: str) -> list[Member]:
            data = sums.encode()
            return [
                Member(custody_check.SUMS, [data]),
                Member(f"{custody_check.SUMS}.sig", [key.sign(data)]),
            ]

        return zipped(self._members(export), export.at, signed)

    def _members(self, export: Export) -> Iterator[Member]:
        yield Member("README.txt", [self._readme(export).encode()])
        yield from self._original(export)
        yield from export.record
        begins = export.begins.seq if export.begins else 0
        span = custody_audit.EntrySpan(export.item.id, begins, export.ends.seq)
        yield from custody_audit.files(self._database, span, export.wanted.actor)
        yield from self._seals(export)
        for module, name in ((custody_check, "__main__"), (chain, "chain")):
            yield Member(f"check/{name}.py", [inspect.getsource(module).encode()])

    def _original(self, export: Export) -> Iterator[Member]:
        item = export.item
        name = f"original/{re.sub(r'[^A-Za-z0-9._-]', '_', item.filename).strip('.') or 'file'}"
        if export.wanted.original:
            yield Member(name, _pieces(self._blobs.path(item.sha256)), compressed=False)
        else:
            yield Member("original.sha256", [f"{item.sha256}  {name}\n".encode()])

    def _spanning(
        self, session: Session, first: int, last: int
    ) -> tuple[sealing.Checkpoint | None, sealing.Checkpoint, list[StoredCheckpoint]]:
        """The last checkpoint before an item's first entry, the next one after its last, and all.

        All are those from the one to the other.
        """
        begins: sealing.Checkpoint | None = None
        taken: list[StoredCheckpoint] = []
        for number in self._trusted.folder.numbers():
            stored = self._trusted.folder.read(number)
            said = sealing.signed(self._trusted.folder, stored)
            if stored is None or said is None:  # the verification names it
                continue
            # One of a database that was replaced by an older one is neither end.
            fits = db.audit.hash_of(session, said.seq) == said.head
            if fits and said.seq < first:
                begins, taken = said, []
            taken.append(stored)
            if fits and said.seq >= last:
                return begins, said, taken
        raise NotFound("The checkpoint that was just made is gone: verify the audit chain.")

    def _seals(self, export: Export) -> Iterator[Member]:
        folder = self._trusted.folder
        for each in export.checkpoints:
            name = f"checkpoints/{each.number:08d}"
            yield Member(f"{name}.json", [each.body])
            yield Member(f"{name}.sig", [each.signature or b""])
            if each.token is not None:
                yield Member(f"{name}.tsr", [each.token])
        keys = {sealing.decode(each.body).key for each in export.checkpoints}
        for key in sorted(keys | {self._sealer.key.id}):
            yield Member(f"checkpoints/key-{key}.pem", [folder.key(key) or b""])
        if self._trusted.tsa_roots is not None:
            yield Member("tsa/roots.pem", [self._trusted.tsa_roots])

    def _readme(self, export: Export) -> str:
        begins, ends, actor = export.begins, export.ends, export.wanted.actor
        with_original = export.wanted.original
        return custody_readme.TEXT.format(
            media_id=export.item.id,
            at=chain.instant(export.at),
            actor=f"{actor.name} ({actor.id}, {actor.role})",
            sha256=export.item.sha256,
            original_line=custody_readme.WITH_ORIGINAL
            if with_original
            else custody_readme.WITHOUT_ORIGINAL,
            store_lines=custody_readme.WITHOUT_STORE
            if any(each.name == custody_record.STORE_DIGEST for each in export.record)
            else custody_readme.WITH_STORE,
            first_seq=begins.seq + 1 if begins else 1,
            last_seq=ends.seq,
            key=self._sealer.key.id,
            start=f"checkpoint {begins.number}" if begins else "the chain's beginning",
            head=begins.head if begins else chain.FIRST_PREVIOUS,
            last_checkpoint=f"{ends.number:08d}",
            timestamps=self._on_timestamps(export),
        )

    def _on_timestamps(self, export: Export) -> str:
        stamped = [each.number for each in export.checkpoints if each.token is not None]
        if not stamped:
            return custody_readme.WITHOUT_STAMPS
        roots = self._trusted.tsa_roots is not None
        text = custody_readme.WITH_ROOTS if roots else custody_readme.WITHOUT_ROOTS
        return text.replace("{number}", f"{stamped[-1]:08d}")


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while data := file.read(READ_BYTES):
            yield data
