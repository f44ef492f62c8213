"""Where imports may read: inside the folders that the settings allow, whatever links and dots say."""

import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from app.errors import Unprocessable
from app.services.imports.listing import Unimportable

_OUTSIDE = "It leads out of the folder that imports may read."


@dataclass(frozen=True, slots=True)
class Place:
    """A path to import, and the folder that nothing of it may leave; both without links."""

    root: Path
    path: Path

    @property
    def folder(self) -> Path:
        """What the paths of its items are seen from."""
        return self.path if self.path.is_dir() else self.path.parent


def place_of(path: str, folders: Iterable[Path]) -> Place:
    """The place of a path in one of the allowed folders; a clear refusal if it is in none."""
    roots = [folder.resolve() for folder in folders]
    if not roots:
        detail = (
            "This desk allows no folder to import from: name some in PROVENANCE_IMPORT_FOLDERS."
        )
        raise Unprocessable(detail)
    if "://" in path:
        raise Unprocessable("An import reads files on the desk's own machine, no addresses.")
    try:
        found = Path(path).resolve()
        inside = [root for root in roots if found.is_relative_to(root)]
        exists = bool(inside) and found.exists()
    except (OSError, ValueError, RuntimeError) as error:
        raise Unprocessable("This path cannot be read.", path=path) from error
    if not Path(path).is_absolute() or not inside:
        detail = "Imports may only read inside the folders of PROVENANCE_IMPORT_FOLDERS: give a whole path."
        raise Unprocessable(detail, path=path)
    if not exists:
        raise Unprocessable("There is no such file or folder.", path=path)
    return Place(max(inside, key=lambda root: len(root.parts)), found)


def open_inside(root: Path, path: Path) -> BinaryIO:
    """Open a regular file in a folder; refused if it turns out to be anywhere else, or anything else.

    Where it was opened is asked of the kernel, so that nobody can exchange a link meanwhile.
    """
    try:
        real = path.resolve(strict=True)
        if not real.is_relative_to(root):
            raise Unimportable("outside", _OUTSIDE)
        handle = os.open(real, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError, RuntimeError) as error:
        missing = isinstance(error, FileNotFoundError)
        said = error.strerror if isinstance(error, OSError) else "no usable path"
        code, why = ("missing", "There is no such file.") if missing else ("unreadable", said)
        raise Unimportable(code, why or "It cannot be read.") from error
    try:
        _check(root, handle)
    except Unimportable:
        os.close(handle)
        raise
    return os.fdopen(handle, "rb", buffering=0)


def _check(root: Path, handle: int) -> None:
    if not Path(f"/proc/self/fd/{handle}").readlink().is_relative_to(root):
        raise Unimportable("outside", _OUTSIDE)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        raise Unimportable("no_file", "It is no regular file.")


def read_inside(root: Path, path: Path, most_bytes: int) -> bytes:
    """The bytes of a file in a folder; refused if there are more than `most_bytes`."""
    with open_inside(root, path) as file:
        if os.fstat(file.fileno()).st_size > most_bytes:
            raise Unimportable("too_large", f"It has more than {most_bytes} bytes: split it.")
        pieces = iter(lambda: file.read(1 << 20), b"")
        return b"".join(pieces)
