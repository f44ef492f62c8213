"""Asks a reader in a confined child about one file."""

import importlib.util
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import IO, Any

from app.core.decoding.child import confined
from app.core.errors import Corrupt, TooLarge
from app.core.media import DecodeLimits
from app.core.provenance.naming import printable

_SCRIPT = str(Path(__file__).with_name("child.py"))
_ROOT = str(Path(__file__).resolve().parents[3])
_LIBRARIES = ("c2pa", "pymediainfo", "PIL", "pillow_heif", "cryptography")
_ANSWER_BYTES = 128 * 1024**2
_PIECE_BYTES = 64 * 1024
_ERROR_CHARACTERS = 200


def ask(
    reader: str, path: Path, options: Mapping[str, Any], limits: DecodeLimits
) -> dict[str, Any]:
    """What the module `reader` of this package reads of a file.

    Raises a named Unreadable when the reader fails, crashes, or uses up its time or memory.
    """
    handle = os.memfd_create("options")
    try:
        os.write(handle, json.dumps(options).encode())
        os.lseek(handle, 0, os.SEEK_SET)
        command = [sys.executable, "-I", "-S", _SCRIPT, _folders(), reader, str(handle)]
        with confined(command, path, limits, pass_fds=(handle,)) as child:
            answer = _answer(child.stdout)
            ended = child.finish()
    finally:
        os.close(handle)
    if ended.code:
        raise Corrupt(_printable(ended.log))
    read: dict[str, Any] = _storable(json.loads(answer))
    return read


def _answer(stdout: IO[bytes]) -> bytes:
    """All that a reader writes, taken piece by piece: most answers are a few kilobytes."""
    pieces, left = [], _ANSWER_BYTES
    while piece := stdout.read(min(_PIECE_BYTES, left)):
        pieces.append(piece)
        left -= len(piece)
    if not left:
        raise TooLarge("The file says more about itself than is read here.")
    return b"".join(pieces)


def shortened(limits: DecodeLimits, seconds: int) -> DecodeLimits:
    """Limits with less time: a reader that takes longer is under attack."""
    return replace(limits, cpu_s=min(limits.cpu_s, seconds), wall_s=min(limits.wall_s, seconds))


def _printable(log: str) -> str:
    return printable(log)[:_ERROR_CHARACTERS] or "It failed."


def _storable(value: Any) -> Any:
    """A JSON value without the characters that a database or a screen cannot take."""
    if isinstance(value, str):
        return value if value.isprintable() else printable(value)
    if isinstance(value, list):
        return [_storable(each) for each in value]
    if isinstance(value, dict):
        return {_storable(name): _storable(each) for name, each in value.items()}
    return value


@cache
def _folders() -> str:
    """Where the readers and their libraries are imported from."""
    found = [_ROOT]
    for name in _LIBRARIES:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.origin is not None:
            found.append(str(Path(spec.origin).parents[1]))
    return os.pathsep.join(dict.fromkeys(found))
