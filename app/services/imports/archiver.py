"""The output folder of Bellingcat's auto-archiver: media files with what its records say of them."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath

from app.schemas.import_enums import ImportItemState
from app.services.imports.archived import Archived, of_csv, of_html, of_json
from app.services.imports.bounded_json import MOST_BYTES
from app.services.imports.listing import Listed, Unimportable, files_below
from app.services.imports.places import Place, open_inside, read_inside

STATIC_NAME_CHARS = 24
"""Of a file's hash, as its name, where the archiver is set to name files so."""

type _Reader = Callable[[bytes], list[Archived]]
_READERS: dict[str, tuple[_Reader, int]] = {
    ".json": (of_json, MOST_BYTES),
    ".csv": (of_csv, 32 * 1024**2),
    ".html": (of_html, 2 * 1024**2),
}
"""What reads the records, and the most bytes that it does not fill the memory with."""

_ALGORITHMS = {"SHA-256": hashlib.sha256, "SHA3-512": hashlib.sha3_512}
_UNKNOWN = Unimportable("unknown_layout", "It is none of the records that auto-archiver writes.")
_UNNAMED = Unimportable("no_record", "No record of auto-archiver names it; import it as a folder.")
_DERIVED = Unimportable("derived", "The archiver made it: a screenshot, or a thumbnail.")


def read(place: Place) -> Iterator[Listed]:
    """Every media file that a record names; what is left out says why, and what has no record, too."""
    records: list[Archived] = []
    others: list[Listed] = []
    for each in files_below(place.path):
        reader = _READERS.get(PurePosixPath(each.path).suffix.lower())
        if each.fault or reader is None:
            others.append(each)
            continue
        read_record, most_bytes = reader
        try:
            found = read_record(read_inside(place.root, place.path / each.path, most_bytes))
        except Unimportable as fault:
            yield Listed(each.path, fault=fault)
            continue
        records += found
        if not found:
            yield Listed(each.path, fault=_UNKNOWN, state=ImportItemState.SKIPPED)
    known = _Records(records)
    for each in others:
        yield each if each.fault else _listed(place, each.path, known)


def _listed(place: Place, path: str, known: "_Records") -> Listed:
    try:
        record = known.of_name(path) or known.of_content(place.root, place.path / path)
    except Unimportable as fault:
        return Listed(path, fault=fault)
    if record is None:
        return Listed(path, fault=_UNNAMED, state=ImportItemState.SKIPPED)
    if record.derived:
        return Listed(path, fault=_DERIVED, state=ImportItemState.SKIPPED)
    return Listed(path, said=record.said)


class _Records:
    """Records to look up by a file's name or content."""

    def __init__(self, records: Iterable[Archived]) -> None:
        self._by_name: dict[str, list[tuple[tuple[str, ...], Archived]]] = {}
        self._by_hash: dict[tuple[str, str], Archived] = {}
        self._by_start: dict[str, Archived] = {}
        for record in records:
            for name in record.names:
                parts = _parts(name)
                if parts:
                    self._by_name.setdefault(parts[-1], []).append((parts, record))
            if record.hash:
                self._by_hash.setdefault(record.hash, record)
                self._by_start.setdefault(record.hash[1][:STATIC_NAME_CHARS], record)

    def of_name(self, path: str) -> Archived | None:
        """The record of the file whose key ends as this path does, or whose hash it is named by."""
        mine = _parts(path)
        for parts, record in self._by_name.get(mine[-1], ()):
            shorter = min(len(parts), len(mine))
            if parts[-shorter:] == mine[-shorter:]:
                return record
        return self._by_start.get(PurePosixPath(path).stem.lower())

    def of_content(self, root: Path, path: Path) -> Archived | None:
        """The record of the file with this content; files are only read if a record has a hash."""
        algorithms = {algorithm: _ALGORITHMS[algorithm]() for algorithm, _ in self._by_hash}
        if not algorithms:
            return None
        with open_inside(root, path) as file:
            while block := file.read(1 << 20):
                for hasher in algorithms.values():
                    hasher.update(block)
        found = (self._by_hash.get((name, each.hexdigest())) for name, each in algorithms.items())
        return next((record for record in found if record), None)


def _parts(name: str) -> tuple[str, ...]:
    """The parts of a path or an address, without what only says where its folder is."""
    path = name.partition("://")[2] if "://" in name else name
    return tuple(part for part in path.split("/") if part not in {"", ".", ".."})
