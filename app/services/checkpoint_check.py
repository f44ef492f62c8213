"""Check the checkpoints' files: by their signatures, one after another, and against the chain."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from app.blobs.checkpoints import CheckpointFolder, StoredCheckpoint
from app.core.custody import chain
from app.schemas.audit import AuditAction, Fault, FaultKind
from app.services import sealing
from app.services.sealing import Checkpoint


@dataclass
class CheckpointCheck:
    """Reads the files first and the chain after them, so that none seems newer than the chain."""

    folder: CheckpointFolder
    key_id: str | None
    """The desk's present key, if it is known here."""
    tsa_roots: bytes | None
    found: dict[int, Checkpoint] = field(default_factory=dict)
    _broken: list[Fault] = field(default_factory=list)
    _heads: dict[int, list[Checkpoint]] = field(default_factory=dict)
    _signed: list[tuple[int, tuple[str, str]]] = field(default_factory=list)
    _stamped: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        previous = chain.FIRST_PREVIOUS
        for place, number in enumerate(self.folder.numbers(), start=1):
            if number != place:
                self._say(place, "its file is missing, and the ones after it are there")
                return
            stored = self.folder.read(number)
            wrong = self._take(stored, previous) if stored else "its file is missing"
            if wrong or stored is None:
                self._say(number, wrong or "its file is missing")
                return
            previous = hashlib.sha256(stored.body).hexdigest()

    def _take(self, stored: StoredCheckpoint, previous: str) -> str | None:
        from app.services import signing  # noqa: PLC0415  see `signing`

        try:
            said = sealing.decode(stored.body)
        except ValueError as error:
            return f"{error}: its file was altered"
        pem = self.folder.key(said.key)
        if pem is None:
            return f"the public key {said.key} that signed it is missing"
        if not signing.is_signed(pem, said.key, stored.body, stored.signature or b""):
            return "its signature does not fit: the file, its signature or the key was altered"
        if said.number != stored.number or said.previous != previous:
            return "it does not follow the checkpoint before it"
        self.found[said.number] = said
        self._heads.setdefault(said.seq, []).append(said)
        return None

    def read(self, content: chain.Content, payload: dict[str, Any] | None) -> None:
        """Take in what the chain says of checkpoints."""
        if payload is None:
            return
        if content.action == AuditAction.CHECKPOINT_SIGNED:
            # Several of one number where the newest was removed and another took its place.
            recorded = (payload["sha256"], payload["signature"])
            self._signed.append((int(content.subject_id), recorded))
        elif content.action == AuditAction.CHECKPOINT_TIMESTAMPED:
            self._stamped[int(content.subject_id)] = payload["sha256"]

    def head(self, seq: int, head: str) -> str | None:
        """What is wrong with the hash of an entry that a checkpoint sealed."""
        for said in self._heads.pop(seq, ()):
            if said.head != head:
                return f"checkpoint {said.number} sealed it with another hash: {said.head}"
        return None

    def faults(self, last_seq: int) -> Iterator[Fault]:
        """What is wrong with the checkpoints, after the whole chain up to `last_seq` was read."""
        for said in self.found.values():
            if said.seq > last_seq:
                detail = (
                    f"the chain ends at entry {last_seq}, but checkpoint {said.number} sealed it"
                )
                yield self._fault(said.number, f"{detail} up to {said.seq}: entries were removed")
        yield from self._broken
        for number, recorded in self._signed:
            yield from self._against_chain(number, recorded)
        last = max(self.found, default=0)
        if self.key_id and last and not self._broken and self.found[last].key != self.key_id:
            detail = (
                f"another key than the desk's ({self.key_id}) signed it: {self.found[last].key}"
            )
            yield self._fault(last, detail)
        for number in self.found:
            yield from self._timestamp(number)

    def _against_chain(self, number: int, recorded: tuple[str, str]) -> Iterator[Fault]:
        # A file that was not there a moment ago may have been written since.
        stored = self.folder.read(number)
        if stored is None:
            yield self._fault(number, "its file is missing")
        elif recorded != (
            hashlib.sha256(stored.body).hexdigest(),
            (stored.signature or b"").hex(),
        ):
            yield self._fault(number, "its files are not those that the chain recorded")

    def _timestamp(self, number: int) -> Iterator[Fault]:
        stored, recorded = self.folder.read(number), self._stamped.get(number)
        if stored is None:
            return
        if stored.token is None:
            if recorded is not None:
                yield self._fault(number, "its time stamp is missing", FaultKind.TIMESTAMP)
            return
        digest = hashlib.sha256(stored.token).hexdigest()
        if recorded is not None and digest != recorded:
            detail = "its time stamp is not the one that the chain recorded"
            yield self._fault(number, detail, FaultKind.TIMESTAMP)
            return
        # Most checkpoints have none, and its decoder is not for every web process.
        from app.services import stamping  # noqa: PLC0415

        try:
            stamping.check(stored.token, stored.body, self.tsa_roots)
        except stamping.StampRefused as error:
            yield self._fault(number, f"its time stamp does not hold: {error}", FaultKind.TIMESTAMP)

    def _say(self, number: int, detail: str) -> None:
        self._broken.append(self._fault(number, detail))

    def _fault(self, number: int, detail: str, kind: FaultKind = FaultKind.CHECKPOINT) -> Fault:
        said = self.found.get(number)
        return Fault(kind, f"checkpoint/{number}", said.seq if said else None, detail)
