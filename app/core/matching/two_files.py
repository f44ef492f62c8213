"""Two files compared: what the first shares with the second."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

from app.core.fingerprints.fingerprinting import Fingerprinted, fingerprint_file
from app.core.geometry.placement import Placement
from app.core.geometry.sights import see_kept
from app.core.matches import Evidence, Match, Modality, Segment, Span
from app.core.matching.matcher import find_matches
from app.core.media import MediaKind
from app.core.policy import Grade, Relation

SHOWN = 3
"""Pictures of a file that are shown beside themselves."""
AS_IT_IS: Placement = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


@dataclass(frozen=True, slots=True)
class ReadFile:
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

    query: ReadFile
    known: ReadFile
    match: Match | None

    @property
    def found(self) -> bool:
        """Whether they share something beyond a lead."""
        return self.match is not None and self.match.grade is not Grade.LEAD

    def to_json(self) -> dict[str, Any]:
        """Give plain values."""
        match = self.match.to_json() if self.match else None
        return {"query": self.query.to_json(), "known": self.known.to_json(), "match": match}


def compare(query: ReadFile, known: ReadFile) -> Comparison:
    """Search the first file for the second; equal bytes are an `exact` match, whatever they show."""
    if query.sha256 == known.sha256:
        return Comparison(query, known, _itself(query.read))
    return Comparison(query, known, next(iter(find_matches(query.read, [known.read])), None))


def _itself(read: Fingerprinted) -> Match:
    """Give the match of a file with one of the same bytes: all of it, from beginning to end."""
    seen = read.info.kind is not MediaKind.AUDIO
    shown = Modality.BOTH if read.info.has_audio else Modality.VISUAL
    whole = Span(0, read.info.duration_ms)
    return Match(
        number=0,
        relation=Relation.EXACT,
        grade=Grade.CERTAIN,
        confidence=1.0,
        coverage_query=1.0,
        coverage_known=1.0,
        segments=(Segment(whole, whole, shown if seen else Modality.AUDIO, 1.0, 1.0, ()),),
        evidence=_beside_themselves(read) if seen else (),
    )


def _beside_themselves(read: Fingerprinted) -> tuple[Evidence, ...]:
    """Give some kept pictures, each as a pair with itself."""
    places = np.linspace(0, len(read.pictures) - 1, min(SHOWN, len(read.pictures)))
    pairs = []
    for place in places.astype(int).tolist():
        time_ms, sight = read.pictures.timestamps_ms[place], see_kept(read.pictures.jpegs[place])
        both = (sight.pixels, sight.pixels)
        pairs.append(Evidence(time_ms, time_ms, 1.0, len(sight.points), AS_IT_IS, pictures=both))
    return tuple(pairs)
