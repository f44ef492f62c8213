"""Verify the whole record: chain, payloads, erasures, the rows they vouch for, and checkpoints."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain as one_after_another
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from app import db
from app.blobs.checkpoints import CheckpointFolder
from app.core.custody import chain
from app.db.audit_reading import Tombstone
from app.schemas.audit import AuditAction, Fault, FaultKind
from app.schemas.audit_answers import AuditReport
from app.services.checkpoint_check import CheckpointCheck
from app.services.vouching import Vouching

MOST_FAULTS = 100


@dataclass(frozen=True, slots=True)
class Trusted:
    """By what checkpoints are checked: their folder, the desk's key, a time stamper's roots."""

    folder: CheckpointFolder
    key_file: Path
    tsa_roots: bytes | None = None


def verify(database: db.Database, trusted: Trusted) -> AuditReport:
    """Check everything that the chain says; names the first bad entry, and what is wrong in words.

    Files are not read here (`fixity`). After a broken link nothing behind it in the chain counts.
    """
    # Files first: those that are written from here on seal what the transaction does not see.
    checkpoints = checkpoint_check(trusted)
    with database.read() as session:
        return examine(session, checkpoints)


def examine(session: Session, checkpoints: CheckpointCheck) -> AuditReport:
    """The same on the state that the caller's transaction sees."""
    started = time.monotonic()
    walk = _Walk(checkpoints)
    found = list(islice(walk.faults(session), MOST_FAULTS))
    sealed = max((said.seq for said in checkpoints.found.values()), default=0)
    return AuditReport(
        ok=not found,
        entries=walk.seq,
        head=walk.head,
        erased_payloads=len(walk.tombstones),
        checkpoints=len(checkpoints.found),
        sealed_through=min(sealed, walk.seq),
        keys=sorted({said.key for said in checkpoints.found.values()}),
        first_bad_seq=min((fault.seq for fault in found if fault.seq), default=None),
        faults=found,
        duration_ms=round((time.monotonic() - started) * 1000),
    )


def checkpoint_check(trusted: Trusted) -> CheckpointCheck:
    """The checkpoints' files, read now and checked by themselves."""
    from app.services import signing  # noqa: PLC0415  see `signing`

    key = signing.load(trusted.key_file)
    return CheckpointCheck(trusted.folder, key.id if key else None, trusted.tsa_roots)


class _Walk:
    """One reading of the chain from its first entry."""

    def __init__(self, checkpoints: CheckpointCheck) -> None:
        self.seq, self.head = 0, chain.FIRST_PREVIOUS
        self.tombstones: dict[int, Tombstone] = {}
        self._erasures: dict[int, tuple[str, str, str]] = {}
        self._checkpoints = checkpoints
        self._vouching = Vouching()

    def faults(self, session: Session) -> Iterator[Fault]:
        """Everything that is wrong, the chain first; rows only when the chain itself holds."""
        broken = None
        for stored in db.audit_reading.links(session):
            broken = self._step(*stored) if stored else self._unreadable()
            if broken:
                yield broken
                break
            # The links hold, so what is behind it counts: it may be a restored database's.
            unsealed = self._checkpoints.head(self.seq, self.head)
            if unsealed:
                yield _chain_fault(self.seq, unsealed)
        if broken is None:
            yield from self._erased_by_rights()
            yield from self._strays(session)
            yield from one_after_another(
                self._vouching.faults(session), self._checkpoints.faults(self.seq)
            )

    def _step(self, link: chain.Link, tombstone: Tombstone) -> Fault | None:
        seq = self.seq + 1
        wrong = chain.fault(link, seq, self.head)
        if wrong is None and link.payload is None and tombstone.is_blank:
            wrong = "its payload is missing, and nothing says that it was erased"
        if wrong is None and link.payload is not None and not tombstone.is_blank:
            wrong = "its payload is said to be erased, but it is there"
        if wrong is not None:
            return _chain_fault(seq, wrong)
        try:
            self._take_in(link, tombstone)
        except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
            return _chain_fault(
                seq, "its payload is none that the desk writes: it was made past it"
            )
        self.seq, self.head = seq, link.hash
        return None

    def _unreadable(self) -> Fault:
        return _chain_fault(self.seq + 1, "it holds what no desk writes: it was altered")

    def _take_in(self, link: chain.Link, tombstone: Tombstone) -> None:
        payload: dict[str, Any] | None = json.loads(link.payload) if link.payload else None
        if payload is None:
            self.tombstones[link.content.seq] = tombstone
        elif link.content.action == AuditAction.PAYLOAD_ERASED:
            said = (payload["erased_at"], link.content.actor, payload["authority"])
            self._erasures.update(dict.fromkeys(payload["seqs"], said))
        self._vouching.read(link.content, payload)
        self._checkpoints.read(link.content, payload)

    def _erased_by_rights(self) -> Iterator[Fault]:
        for seq, tombstone in self.tombstones.items():
            said = self._erasures.get(seq)
            if said is None:
                yield _chain_fault(seq, "its payload was removed, and no later entry says so")
            elif tombstone.at is None or said != (
                chain.instant(tombstone.at),
                tombstone.by,
                tombstone.authority,
            ):
                detail = "what stands in its payload's place is not what the erasure's entry says"
                yield _chain_fault(seq, detail)
        for seq in self._erasures.keys() - self.tombstones.keys():
            yield _chain_fault(seq, "its payload was erased, but it is there again")

    def _strays(self, session: Session) -> Iterator[Fault]:
        for seq in db.audit_reading.stray_payloads(session):
            yield _chain_fault(seq, "a payload belongs to no entry")


def _chain_fault(seq: int, detail: str) -> Fault:
    return Fault(FaultKind.CHAIN, f"entry/{seq}", seq, detail)
