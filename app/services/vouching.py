"""Compare the desk's rows with what the chain last said of them: what differs was changed past it."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app import db
from app.core.custody import chain
from app.schemas.audit import Fault, FaultKind


@dataclass(frozen=True, slots=True)
class _Said:
    """What the chain last said of a row; without a digest, that it was removed."""

    seq: int
    columns: tuple[str, ...]
    digest: bytes | None


class Vouching:
    """Reads the chain's payloads in order, then compares the rows with them."""

    def __init__(self) -> None:
        self._said: dict[str, _Said] = {}
        self._unknown: set[str] = set()
        self._columns: dict[tuple[str, ...], tuple[str, ...]] = {}

    def read(self, content: chain.Content, payload: dict[str, Any] | None) -> None:
        """Take in one entry; without a payload, what it said of its subject is unknown."""
        if payload is None:
            subject = f"{content.subject}/{content.subject_id}"
            self._unknown.add(subject)
            self._said.pop(subject, None)
            return
        for name, recorded in payload.get("rows", {}).items():
            values = _vouched(name, recorded)
            columns = tuple(sorted(values or ()))
            columns = self._columns.setdefault(columns, columns)
            digest = _digest(values) if values and _is_there(name, values) else None
            self._said[name] = _Said(content.seq, columns, digest)
            self._unknown.discard(name)

    def faults(self, session: Session) -> Iterator[Fault]:
        """What is altered or added, kind by kind, and then what is missing."""
        for audited in db.audited.AUDITED:
            for row_id, values in db.as_stored.vouched_for(session, audited):
                yield from self._compared(session, f"{audited.kind}/{row_id}", values)
        for name, said in self._said.items():
            if said.digest is not None and not _may_be_gone(session, name, said.seq):
                detail = f"entry {said.seq} of the chain recorded it, but it is gone"
                yield Fault(FaultKind.ROW, name, said.seq, detail)

    def _compared(
        self, session: Session, name: str, values: dict[str, Any] | None
    ) -> Iterator[Fault]:
        said = self._said.pop(name, None)
        if values is None:
            detail = "it holds what no desk writes: it was altered"
            yield Fault(FaultKind.ROW, name, said.seq if said else None, detail)
            return
        if said is None:
            if name not in self._unknown and not _is_unsaid(name, values):
                yield Fault(FaultKind.ROW, name, None, "nothing in the chain says where it is from")
            return
        if said.digest is None:
            detail = f"entry {said.seq} says that it was removed, but it is there"
            yield Fault(FaultKind.ROW, name, said.seq, detail)
        elif _differs(said, values):
            altered = _altered(session, said.seq, name, values)
            detail = f"it is not as entry {said.seq} of the chain recorded it: {altered} altered"
            yield Fault(FaultKind.ROW, name, said.seq, detail)


def _differs(said: _Said, values: dict[str, Any]) -> bool:
    try:
        return said.digest != _digest({column: values[column] for column in said.columns})
    except ValueError:  # a number without end, which SQLite keeps
        return True


def _vouched(name: str, recorded: dict[str, Any] | None) -> dict[str, Any] | None:
    """What an entry recorded of a row, without what the chain no longer vouches for."""
    if not name.isprintable():  # told of, it could be neither stored nor shown
        raise ValueError(name)
    columns = db.audited.BY_KIND[name.partition("/")[0]].columns
    return recorded and {key: value for key, value in recorded.items() if key in columns}


def _is_there(name: str, values: dict[str, Any]) -> bool:
    """Whether a recorded row is one: a record's wording of which nothing is left is none."""
    return not name.startswith("wording/") or any(
        values.get(each) is not None for each in db.audited.WORDING
    )


def _is_unsaid(name: str, values: dict[str, Any]) -> bool:
    """Whether a row is one of those that nobody has said anything about."""
    unsaid = db.audited.BY_KIND[name.partition("/")[0]].unsaid
    return bool(unsaid) and values.get(unsaid) is None


def _may_be_gone(session: Session, name: str, seq: int) -> bool:
    """Whether a recorded row may be missing: it held nothing said, or went with a purged item."""
    ends = db.audited.BY_KIND[name.partition("/")[0]].ends
    if not ends:
        return False
    values = _recorded(session, seq, name)
    named = {str(values[each]) for each in ends if each in values}
    purged = (db.tombstones.find(session, each) for each in named if each.isalnum())
    return _is_unsaid(name, values) or any(purged)


def _digest(values: dict[str, Any]) -> bytes:
    return hashlib.sha256(chain.canonical(values).encode()).digest()


def _altered(session: Session, seq: int, name: str, values: dict[str, Any]) -> str:
    """The names of the columns that differ from what an entry recorded."""
    recorded = _vouched(name, _recorded(session, seq, name)) or {}
    return ", ".join(sorted(key for key, value in recorded.items() if values[key] != value))


def _recorded(session: Session, seq: int, name: str) -> dict[str, Any]:
    recorded: dict[str, Any] = json.loads(db.audit_reading.payload_text(session, seq))["rows"][name]
    return recorded
