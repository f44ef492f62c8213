"""What a reader of an import gives: one line or file, with what is said about it or why it cannot."""

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.schemas.import_enums import ImportItemState

_UNSTORABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class Unimportable(Exception):
    """A line, a file or a whole import that cannot be read; `code` says why to machines.

    `detail` says it to people, as every database can keep it: it may quote what was read.
    """

    def __init__(self, code: str, detail: str) -> None:
        self.code, self.detail = code, _UNSTORABLE.sub("\ufffd", detail)
        super().__init__(self.detail)


@dataclass(frozen=True, slots=True)
class Listed:
    """One line or file; `path` is seen from the import's folder, and empty where there is no file.

    What stays out has a `fault` and the state in which it is left.
    """

    path: str
    line: int | None = None
    said: dict[str, Any] = field(default_factory=dict)
    fault: Unimportable | None = None
    state: ImportItemState = ImportItemState.FAILED

    def columns(self, import_id: str) -> dict[str, Any]:
        """The row of this item."""
        fault = self.fault
        return {
            "import_id": import_id,
            "line": self.line,
            "path": self.path,
            "said": None if fault else self.said,
            "state": self.state if fault else ImportItemState.LISTED,
            "code": fault.code if fault else None,
            "error": fault.detail if fault else None,
        }


def storable(text: str) -> bool:
    """Whether every database can keep a text: no NUL, and no half of a character."""
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False


def _no_file(path: str) -> bool:
    """Whether it is a link, a pipe or the like; what cannot be looked at fails where it is opened."""
    try:
        return not stat.S_ISREG(os.lstat(path).st_mode)
    except OSError:
        return False


def files_below(folder: Path) -> Iterator[Listed]:
    """Every regular file below a folder in order of its path, but for hidden ones and links."""
    unread: list[OSError] = []
    for current, folders, names in os.walk(folder, onerror=unread.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            whole = os.path.join(current, name)  # noqa: PTH118
            if name.startswith(".") or _no_file(whole):
                continue
            path = os.path.relpath(whole, folder)
            if storable(path):
                yield Listed(path)
            else:
                fault = Unimportable("bad_name", "Its name is not UTF-8: rename it.")
                yield Listed(path.encode(errors="backslashreplace").decode(), fault=fault)
    for error in unread:
        path = os.path.relpath(error.filename, folder)
        fault = Unimportable("unreadable", f"The folder cannot be read: {error.strerror}.")
        yield Listed(path.encode(errors="backslashreplace").decode(), fault=fault)
