"""Two files compared: what the first shares with the second."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from app.core.fingerprinting import Fingerprinted, fingerprint_file
from app.core.matcher import find_matches
from app.core.matches import Match
from app.core.policy import Grade, Relation


@dataclass(frozen=True, slots=True)
class Compared:
    """A file and what was read of it."""

    path: Path
    read: Fingerprinted

    @classmethod
    def of(cls, path: Path) -> Self:
        """Read a file; an Unreadable or an OSError says why it cannot be."""
        return cls(path, fingerprint_file(path))

    @property
    def sha256(self) -> str:
        """The hash of its bytes, in hex."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def to_json(self) -> dict[str, Any]:
        """Give plain values."""
        info = self.read.info
        return {"path": str(self.path), "kind": info.kind.value, "duration_ms": info.duration_ms}


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two files and their match, if there is one."""

    query: Compared
    known: Compared
    match: Match | None

    @property
    def found(self) -> bool:
        """Whether they share something beyond a lead."""
        return self.match is not None and self.match.grade is not Grade.LEAD

    def to_json(self) -> dict[str, Any]:
        """Give plain values."""
        match = self.match.to_json() if self.match else None
        return {"query": self.query.to_json(), "known": self.known.to_json(), "match": match}


def compare(query: Compared, known: Compared) -> Comparison:
    """Search the first file for the second; equal bytes are an `exact` match."""
    match = next(iter(find_matches(query.read, [known.read])), None)
    compared = Comparison(query, known, match)
    if match and compared.found and query.sha256 == known.sha256:
        return replace(compared, match=replace(match, relation=Relation.EXACT))
    return compared
