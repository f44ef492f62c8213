"""The one request that goes on with an upload in pieces: writes, notes how far it is, enters the item.

What the database says is on the disk: bytes are synced before the offset that counts them is
committed. The last bytes are counted in the transaction that makes the item, so that an upload is
whole for its client when the desk has the item, and not before.
"""

import hashlib
import hmac
import time
from dataclasses import dataclass
from datetime import timedelta

from app import db
from app.access import Actor
from app.blobs.local import LocalBlobs
from app.blobs.parts import Part
from app.core.decoding.sniff import HEAD_BYTES, Container, sniff
from app.core.errors import NotMedia
from app.db.uploads import Upload
from app.errors import ChecksumMismatch, PayloadTooLarge, UnsupportedMedia
from app.jobs import JobQueue
from app.services import leftovers, media

CHECKPOINT_BYTES = 32 * 1024 * 1024
CHECKPOINT_S = 5.0


@dataclass(frozen=True, slots=True)
class UploadStore:
    """Where uploads in pieces are kept, and within which bounds.

    One is `kept_for` so long after its last byte; one maker may have `open_max` that are not whole.
    """

    database: db.Database
    blobs: LocalBlobs
    jobs: JobQueue
    kept_for: timedelta
    open_max: int


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the bytes of one request must come to."""

    algorithm: str
    digest: bytes


class Writer:
    """Writes to an upload that one request has for itself, until `close`."""

    def __init__(self, store: UploadStore, upload: Upload, part: Part) -> None:
        self._store = store
        self._container: Container | None = None
        self._checksum: Checksum | None = None
        self._looked_at_bytes, self._looked_at_s = part.size_bytes, time.monotonic()
        self.upload = upload
        self.part = part

    @property
    def offset_bytes(self) -> int:
        """How much is there, synced or not."""
        return self.part.size_bytes

    @property
    def is_whole(self) -> bool:
        """Whether no byte is missing."""
        return self.part.size_bytes == self.upload.length_bytes

    @property
    def container(self) -> Container:
        """What the file is, once its head is there."""
        if self._container is None:
            try:
                self._container = sniff(self.part.head(HEAD_BYTES))
            except NotMedia as error:
                detail = "This is no picture, video or sound that the desk reads."
                raise UnsupportedMedia(detail, code=error.code) from error
        return self._container

    def expect(self, checksum: Checksum) -> None:
        """Keep nothing of what is fed from now on unless it has this checksum."""
        self._checksum = checksum
        self._hasher = hashlib.new(checksum.algorithm, usedforsecurity=False)

    def feed(self, data: bytes) -> None:
        """Take in the next bytes."""
        length_bytes = self.upload.length_bytes
        if self.offset_bytes + len(data) > length_bytes:
            detail = f"This upload has {length_bytes} bytes, as its first request says."
            raise PayloadTooLarge(detail, max_bytes=length_bytes)
        self.part.write(data)
        if self.offset_bytes >= min(HEAD_BYTES, length_bytes):
            _ = self.container  # what is no media is refused here, not at its end
        if self._checksum:
            self._hasher.update(data)
        if not self.is_whole and self._is_due():
            self._check_room() if self._checksum else self._commit()

    def end(self, *, cut_off: bool) -> bool:
        """End the request: keep what was fed, with a checksum all or nothing; gives whether it was kept."""
        if self._checksum and cut_off:
            return False
        if self._checksum and not hmac.compare_digest(self._hasher.digest(), self._checksum.digest):
            raise ChecksumMismatch("The bytes that came have another checksum: send them again.")
        if not self.is_whole:
            self._commit()
        return True

    def finish(self, claim: media.Claim, sent_from: str | None, actor: Actor) -> Upload:
        """Make the whole file an item, or a receipt of one that is there; gives the upload's row."""
        blobs, database = self._store.blobs, self._store.database
        arrival = media.Arrival(self.part, self.container, claim, sent_from)
        with leftovers.adopted(database, blobs, self.part) as keep:
            finished = self._enter(arrival, actor)
            keep()
        self.part.seal()
        blobs.parts.remove(finished.id)
        return finished

    def fail(self, error: UnsupportedMedia) -> None:
        """Note why it becomes no item, and remove its bytes."""
        with self._store.database.write() as session:
            row = db.uploads.locked(session, self.upload.id)
            if row:
                row.failure = {"detail": error.detail, **error.extra}
                row.said = ""
        self._store.blobs.parts.remove(self.upload.id)

    def close(self) -> None:
        """Let another request go on with it."""
        self.part.close()

    def _enter(self, arrival: media.Arrival, actor: Actor) -> Upload:
        store = self._store
        with store.database.write() as session:
            db.in_commit_order(session)
            row = db.uploads.locked(session, self.upload.id)
            assert row is not None  # only who has its file removes it
            item, row.duplicate = media.receive(session, store.blobs, store.jobs, arrival, actor)
            row.media_id, row.offset_bytes = item.id, row.length_bytes
            row.expires_at = db.now() + store.kept_for
            row.said = ""  # the receipt has it now
        return row

    def _is_due(self) -> bool:
        since_s = time.monotonic() - self._looked_at_s
        return (
            self.offset_bytes - self._looked_at_bytes >= CHECKPOINT_BYTES or since_s >= CHECKPOINT_S
        )

    def _check_room(self) -> None:
        self._store.blobs.check_room(0)
        self._looked_at_bytes, self._looked_at_s = self.offset_bytes, time.monotonic()

    def _commit(self) -> None:
        self._check_room()
        self.part.sync()
        expires_at = db.now() + self._store.kept_for
        with self._store.database.write() as session:
            db.uploads.advance(session, self.upload.id, self.offset_bytes, expires_at)
        self.upload.offset_bytes, self.upload.expires_at = self.offset_bytes, expires_at
