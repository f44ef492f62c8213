"""The protocol of heavy work: what a bench is asked, and what it gives back.

Two classes keep it: `services.bench.LocalBench` does the work where it is called, which is in a
child process or a test; `workers.children.Children` has child processes do it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from app.core.media import MediaInfo
from app.core.provenance.values import Provenance, TrustList
from app.db.rechecks import LogSpan
from app.schemas.enums import Shelf

if TYPE_CHECKING:  # whoever hands matches on need not load what finds them
    from app.core.matches import Match


class BenchUnavailable(Exception):
    """No heavy work can be done now, for any item: see `services.hindrances`."""


@dataclass(frozen=True, slots=True)
class Made:
    """What came of fingerprinting an item; the caller stores it.

    The fingerprint stands in the file `encoded`, because it can be large. `sound_unknown` says that
    the item has a sound of which nothing could be made out.
    """

    info: MediaInfo
    algorithm: str
    frames: int
    voting_frames: int
    has_sound: bool
    encoded: Path
    sound_unknown: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """One match of an item: with which other item, and on which shelf that was found."""

    known_media_id: str
    match: "Match"
    against: Shelf = Shelf.KNOWN


@dataclass(frozen=True, slots=True)
class Found:
    """What came of searching for an item: its matches, and what was searched.

    That was `known_items` known items, up to entry `as_of_seq` of the log; `not_comparable` more have
    fingerprints of another algorithm only. An upload was searched among so many `uploads`, too; None
    if it was not. `is_whole` is false if only what became known within a span was searched.
    """

    hits: tuple[Hit, ...]
    algorithm: str
    known_items: int
    not_comparable: int
    as_of_seq: int
    uploads: int | None = None
    uploads_not_comparable: int = 0
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of searching for a file that is not kept.

    `times_ms` and `pdq` are its frames' times and hashes, to be compared with hash lists.
    """

    found: Found
    times_ms: bytes
    pdq: bytes


class Bench(Protocol):
    """Where the heavy work is done; nothing that happens there takes this process with it."""

    @property
    def algorithm(self) -> str:
        """What fingerprints made here are made by."""

    def preview(self, media_id: str, sha256: str) -> Found:
        """Look at the key frames of an item's file, and search all known material for them."""

    def fingerprint(self, media_id: str, sha256: str, on_progress: Callable[[float], None]) -> Made:
        """Read the item's file; its pictures are kept on the way."""

    def read_provenance(
        self, media_id: str, sha256: str, lists: tuple[TrustList, ...]
    ) -> Provenance:
        """Read what the item's file says of its origin; its manifest store is kept on the way."""

    def match(self, media_id: str) -> Found:
        """Search all known material for what the fingerprinted item shares with it.

        An upload is searched for among the other uploads, too, as far as it is not linked with them.
        """

    def recheck(self, media_id: str, span: LogSpan) -> Found:
        """Search what became known within a span of the log, and everything if that finds something."""

    def look_up(self, name: str) -> Looked:
        """Search all known material and all uploads for what a passing file shares with them."""
