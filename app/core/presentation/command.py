"""The comparison of two files as a command: prints, writes the contact sheet, gives an exit code."""

import json
import sys
from enum import IntEnum
from pathlib import Path

from app.core.errors import Unreadable
from app.core.matching.two_files import ReadFile, compare
from app.core.presentation.report import contact_sheet, words
from app.core.wording import printable

DEFAULT_SHEET = Path("sheet.jpg")


class Exit(IntEnum):
    """What the exit code says."""

    FOUND = 0
    NOTHING = 1
    FAILED = 2


def run(query: Path, known: Path, sheet: Path, *, as_json: bool) -> Exit:
    """Compare two files, print what the first shares with the second, and draw it to `sheet`.

    A sheet that would replace one of the two is refused before anything is done.
    """
    sides = []
    for path in (query, known):
        try:
            if sheet.exists() and sheet.samefile(path):
                return _failed(sheet, FileExistsError("the contact sheet would replace it"))
            sides.append(ReadFile.of(path))
        except (Unreadable, OSError) as error:
            return _failed(path, error)
    comparison = compare(*sides)
    written, failed = None, None
    if comparison.match:
        try:
            sheet.write_bytes(contact_sheet(comparison, comparison.match))
            written = str(sheet)
        except OSError as error:
            failed = error
    # What took minutes to find is told, whatever becomes of its picture.
    if as_json:
        _say(json.dumps({**comparison.to_json(), "sheet": written}, ensure_ascii=False, indent=2))
    else:
        _say(*words(comparison), *(["", f"Contact sheet: {written}"] if written else []))
    if failed:
        return _failed(sheet, failed)
    return Exit.FOUND if comparison.found else Exit.NOTHING


def _failed(path: Path, error: Exception) -> Exit:
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    sys.stderr.write(f"{path}: {reason}\n")
    return Exit.FAILED


def _say(*lines: str) -> None:
    sys.stdout.write(printable("\n".join(lines)) + "\n")
