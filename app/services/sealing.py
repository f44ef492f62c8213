"""Seal the chain: a signed checkpoint in a file outside the database says how far it had come."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from app import db
from app.access import SYSTEM
from app.blobs.checkpoints import CheckpointFolder, StoredCheckpoint
from app.core.custody import chain
from app.schemas.audit import AuditAction
from app.services import audit

if TYPE_CHECKING:
    from app.services.signing import SigningKey

FORMAT = "provenance-desk checkpoint 1"
SUBJECT = "checkpoint"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What one checkpoint says: the chain's entry `seq` has the hash `head`."""

    number: int
    seq: int
    head: str
    at: str
    previous: str
    """The SHA-256 of the signed checkpoint before it, of the first one the chain's own beginning."""
    key: str
    format: str = FORMAT

    def encode(self) -> bytes:
        """The bytes that are signed."""
        return chain.canonical(asdict(self)).encode()


def decode(body: bytes) -> Checkpoint:
    """What a checkpoint's bytes say; ValueError when they are none."""
    try:
        found = Checkpoint(**json.loads(body))
        datetime.fromisoformat(found.at)
        is_whole = {type(found.number), type(found.seq)} == {int} and 0 <= found.seq < 2**63
    except (TypeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError("it is no checkpoint") from error
    if found.format != FORMAT or not is_whole or found.encode() != body:
        raise ValueError("it is no checkpoint of this format")
    return found


def signed(folder: CheckpointFolder, stored: StoredCheckpoint | None) -> Checkpoint | None:
    """What a checkpoint says; None where it was removed, altered, moved or never signed.

    The verification names it. It must keep nobody from sealing and exporting what follows it.
    """
    from app.services import signing  # noqa: PLC0415  see `signing`

    try:
        said = decode(stored.body) if stored else None
    except ValueError:
        return None
    if stored is None or said is None or said.number != stored.number:
        return None
    pem, signature = folder.key(said.key) or b"", stored.signature or b""
    return said if signing.is_signed(pem, said.key, stored.body, signature) else None


@dataclass(frozen=True, slots=True)
class Due:
    """When the chain is sealed by itself: after so many entries, or after so long."""

    entries: int = 1000
    after: timedelta = timedelta(hours=24)


class Sealer:
    """Makes checkpoints, each at most once, whoever else makes them at the same time."""

    def __init__(
        self,
        database: db.Database,
        folder: CheckpointFolder,
        key_file: Path,
        *,
        timestamps: bool = False,
    ) -> None:
        self._database = database
        self.folder = folder
        self._key_file = key_file
        self._timestamps = timestamps

    @property
    def key(self) -> "SigningKey":
        """The desk's key, made at its first use."""
        from app.services import signing  # noqa: PLC0415  see `signing`

        return signing.load_or_make(self._key_file)

    def seal(self) -> Checkpoint | None:
        """Seal what was added since the last checkpoint; None if nothing was."""
        return self._seal(Due(entries=1, after=timedelta(0)))

    def seal_if_due(self, due: Due) -> Checkpoint | None:
        """Seal if there are many new entries, or some for long, or another key than before."""
        return self._seal(due)

    def _seal(self, due: Due) -> Checkpoint | None:
        key = self.key
        with self._database.write() as session:
            # Nobody adds an entry or seals meanwhile.
            db.in_commit_order(session)
            self._enter_unregistered(session, key.id)
            seq, head = db.audit.head(session)
            if seq == 0 or not self._is_due(session, key.id, due):
                return None
            made = Checkpoint(
                number=max(self.folder.numbers(), default=0) + 1,
                seq=seq,
                head=head,
                at=chain.instant(db.now()),
                previous=digest_of(next(self._newest_first(), None)),
                key=key.id,
            )
            self.folder.add_key(key.id, key.public_pem)
            # The file first: an entry without its file would read as a file that was removed.
            self.folder.add(made.number, made.encode(), key.sign(made.encode()))
            self._enter(session, made)
        return made

    def _enter_unregistered(self, session: Session, key_id: str) -> None:
        """Enter checkpoints of the desk's key whose transaction was lost after their file."""
        unregistered: list[Checkpoint] = []
        for said in self._newest_first():
            about = (SUBJECT, str(said.number))
            if db.audit.is_told(session, AuditAction.CHECKPOINT_SIGNED, *about):
                break
            unregistered.append(said)
        for made in reversed(unregistered):
            if made.key == key_id:
                self._enter(session, made)

    def _enter(self, session: Session, made: Checkpoint) -> None:
        subject = audit.Subject(SUBJECT, str(made.number))
        stored = self.folder.read(made.number)
        signature = stored.signature.hex() if stored and stored.signature else None
        payload = {**asdict(made), "sha256": digest_of(made), "signature": signature}
        audit.append(session, SYSTEM, AuditAction.CHECKPOINT_SIGNED, subject, payload)
        if self._timestamps:
            db.timestamps.ask(session, made.number)

    def _is_due(self, session: Session, key_id: str, due: Due) -> bool:
        last = self._last_that_fits(session)
        if last is None:
            return True
        # A checkpoint's own entries are no reason for the next.
        new = db.audit.count_after(session, last.seq, SUBJECT)
        if new == 0:
            return False
        age = db.now() - datetime.fromisoformat(last.at)
        return new >= due.entries or age >= due.after or last.key != key_id

    def _last_that_fits(self, session: Session) -> Checkpoint | None:
        """The newest checkpoint of this chain; a restored database goes on from an older one."""
        fitting = (
            each
            for each in self._newest_first()
            if db.audit.hash_of(session, each.seq) == each.head
        )
        return next(fitting, None)

    def _newest_first(self) -> Iterator[Checkpoint]:
        """The checkpoints that are signed: others are not gone on from."""
        for number in reversed(self.folder.numbers()):
            said = signed(self.folder, self.folder.read(number))
            if said is not None:
                yield said


def digest_of(checkpoint: Checkpoint | None) -> str:
    """The SHA-256 of a checkpoint's bytes; of none, what the chain itself begins with."""
    if checkpoint is None:
        return chain.FIRST_PREVIOUS
    return hashlib.sha256(checkpoint.encode()).hexdigest()
