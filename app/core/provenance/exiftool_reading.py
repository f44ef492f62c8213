"""What ExifTool says of a file, where the machine has it: it normalises more than all others.

Run as a program of its own, confined, on standard input; without it nothing is missing but its
values. https://exiftool.org
"""

import json
import shutil
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from app.core.decoding.child import confined
from app.core.errors import Corrupt
from app.core.media import DecodeLimits
from app.core.provenance import naming

READER = "exiftool"
_ANSWER_BYTES = 16 * 1024**2
# Its own guesses, and what it says of the stream that it is given.
_NOT_IN_THE_FILE = {"SourceFile", "ExifTool", "System", "File", "Composite"}


@cache
def program() -> str | None:
    """Path of ExifTool, where the machine has it."""
    return shutil.which("exiftool")


def read(path: Path, limits: DecodeLimits) -> list[dict[str, Any]]:
    """The values of a file, none without the program; raises a named Unreadable if it fails."""
    found = program()
    if found is None:
        return []
    command = [found, "-config", "", "-j", "-G1", "-struct", "-api", "QuickTimeUTC=0", "-"]
    with confined(command, path, limits) as child:
        answer = child.stdout.read(_ANSWER_BYTES)
        child.finish()
    try:
        [said] = json.loads(answer)
    except ValueError as error:
        raise Corrupt("ExifTool cannot read this file.") from error
    return list(_values(said))


def _values(said: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for key, value in said.items():
        group, _, name = key.partition(":")
        if group in _NOT_IN_THE_FILE:
            continue
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        if not text.startswith("(Binary data"):
            yield from naming.named(name or group, text, group, READER)
