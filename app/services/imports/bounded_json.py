"""JSON of which it is known before it is read that it will not fill the memory."""

import json
from typing import Any

from app.services.imports.listing import Unimportable

MOST_BYTES = 32 * 1024**2
MOST_CONTAINERS = 1_000_000
"""Objects and lists take up to fifty times their text in memory, all else up to fifteen."""


def parsed(data: bytes) -> Any:
    """The value of a text of at most `MOST_BYTES`.

    Raises `Unimportable` for too many objects and lists, `ValueError` or `RecursionError` for what
    is no JSON.
    """
    if data.count(b"{") + data.count(b"[") > MOST_CONTAINERS:
        detail = f"It has more than {MOST_CONTAINERS} objects and lists: split it."
        raise Unimportable("too_large", detail)
    return json.loads(data.decode("utf-8-sig"))
