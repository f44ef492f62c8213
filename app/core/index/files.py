"""The files of one index: a manifest that names full parts, and the journals of what came after.

    manifest.json      what the other files are, with their checksums; replaced by rename
    00000001.items     a full part's items: their frames' ids, hashes and sound
    00000001.frames    its frame index
    00000002.journal   changes since

A file that the manifest names is never written again. A journal whose number is lower than the
manifest's first is contained in its parts.
"""

import json
import os
import zlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from app.core.errors import BadEncoding, UnusableIndex
from app.core.fingerprints.arrays import pack_arrays, unpack_arrays
from app.core.index.items import KnownItems
from app.core.index.journal import Stamp

FORMAT = 1
"""Raised when the files' form or what is searched of a fingerprint changes."""
MANIFEST = "manifest.json"
ITEMS, FRAMES, JOURNAL = ".items", ".frames", ".journal"
MAGIC = b"PDis"


@dataclass(frozen=True, slots=True)
class PartFiles:
    """A full part's name, its files' checksums, and which of its items have left it."""

    name: str
    items_crc: int
    frames_crc: int
    gone: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the files hold: of which algorithm, kind of frame index and database."""

    algorithm: str
    engine: str
    stamp: Stamp
    first_journal: int
    parts: tuple[PartFiles, ...]


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Put a manifest in the place of the one before."""
    content = asdict(manifest)
    written = {"format": FORMAT, "crc": _crc(content), "content": content}
    _write(folder / MANIFEST, json.dumps(written).encode())
    _sync_folder(folder)


def read_manifest(folder: Path) -> Manifest:
    """Read what `write_manifest` wrote; UnusableIndex on anything else."""
    try:
        written = json.loads((folder / MANIFEST).read_bytes())
        content = written["content"]
        if written["format"] != FORMAT or written["crc"] != _crc(content):
            raise UnusableIndex("the manifest is damaged or of another version")
        parts = tuple(
            PartFiles(**{**part, "gone": tuple(part["gone"])}) for part in content["parts"]
        )
        return Manifest(**{**content, "stamp": Stamp(**content["stamp"]), "parts": parts})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnusableIndex("there is no readable manifest") from error


def write_part(folder: Path, name: str, items: KnownItems, frames: bytes) -> PartFiles:
    """Write a full part's files; they count once a manifest names them."""
    packed = pack_arrays(MAGIC, FORMAT, {}, items.arrays())
    _write(folder / (name + ITEMS), packed)
    _write(folder / (name + FRAMES), frames)
    return PartFiles(name, zlib.crc32(packed), zlib.crc32(frames), ())


def read_part(folder: Path, part: PartFiles) -> tuple[KnownItems, bytes]:
    """Read a full part's items and its frame index; UnusableIndex when one is damaged."""
    packed = _read(folder / (part.name + ITEMS), part.items_crc)
    frames = _read(folder / (part.name + FRAMES), part.frames_crc)
    try:
        return KnownItems.of_arrays(unpack_arrays(MAGIC, FORMAT, packed)[1]), frames
    except BadEncoding as error:
        raise UnusableIndex(f"{part.name}{ITEMS}: {error}") from error


def journal_path(folder: Path, number: int) -> Path:
    """Where a journal stands."""
    return folder / f"{number:08}{JOURNAL}"


def journals_from(folder: Path, first: int) -> list[int]:
    """The numbers of the journals that are there, from the first that counts."""
    found = (path.name.removesuffix(JOURNAL) for path in folder.glob(f"*{JOURNAL}"))
    return sorted(int(name) for name in found if name.isdecimal() and int(name) >= first)


def tidy(folder: Path, parts: Iterable[str], first_journal: int) -> None:
    """Remove what counts no more: files of parts that are not named, and older journals."""
    kept = {name + ending for name in parts for ending in (ITEMS, FRAMES)} | {MANIFEST}
    kept |= {journal_path(folder, each).name for each in journals_from(folder, first_journal)}
    for path in folder.iterdir():
        if path.name not in kept:
            path.unlink()


def _crc(content: object) -> int:
    return zlib.crc32(json.dumps(content, sort_keys=True).encode())


def _write(path: Path, data: bytes) -> None:
    """Write beside, force onto the disk, rename."""
    beside = path.with_name(path.name + ".new")
    with beside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read(path: Path, crc: int) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnusableIndex(f"{path.name} cannot be read") from error
    if zlib.crc32(data) != crc:
        raise UnusableIndex(f"{path.name} is damaged")
    return data
