"""What every way to bring a file over HTTP shares: a body in blocks, who sends it, what is said of it.

The body's pieces are gathered on the event loop and handed in blocks of about a megabyte to a
thread, which works on one block while the next one arrives.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.requests import ClientDisconnect

from app.schemas.media import UploadFields
from app.services import media

BLOCK_BYTES = 1024 * 1024
BLOCK_S = 1.0
_REPEATABLE = ("collection", "sensitivity", "tags")


async def in_blocks(stream: AsyncIterator[bytes], feed: Callable[[bytes], None]) -> None:
    """Feed a body as it arrives; what arrived of one that is cut off is fed, too."""
    loop = asyncio.get_running_loop()
    working: asyncio.Future[None] | None = None
    pieces: list[bytes] = []
    gathered, since_s = 0, loop.time()
    try:
        async for piece in stream:
            pieces.append(piece)
            gathered += len(piece)
            if gathered >= BLOCK_BYTES or loop.time() - since_s >= BLOCK_S:
                await _end(working)
                working = loop.run_in_executor(None, feed, b"".join(pieces))
                pieces, gathered, since_s = [], 0, loop.time()
    except (ClientDisconnect, asyncio.CancelledError):
        await _end(working)
        await _end(loop.run_in_executor(None, feed, b"".join(pieces)))
        raise
    await _end(working)
    await _end(loop.run_in_executor(None, feed, b"".join(pieces)))


async def _end(working: asyncio.Future[None] | None) -> None:
    """Wait for a block; being cancelled meanwhile leaves its thread at work."""
    if working:
        await asyncio.wait([working])
        working.result()


def address_of(request: Request) -> str | None:
    """From where a request comes."""
    return request.client.host if request.client else None


def claim_of(filename: str, fields: Mapping[str, list[str]]) -> media.Claim:
    """What the bringer says of a file, or a refusal that names each field that is wrong."""
    given: dict[str, Any] = {
        name: values if name in _REPEATABLE or len(values) > 1 else values[0]
        for name, values in fields.items()
    }
    try:
        said = UploadFields.model_validate(given)
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_url=False)) from error
    return media.Claim(
        filename=filename,
        collections=tuple(said.collection),
        sensitivity=tuple(said.sensitivity),
        tags=tuple(said.tags),
        **said.model_dump(exclude={"collection", "sensitivity", "tags"}),
    )
