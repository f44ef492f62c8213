"""Parts of a file that a request asks for by `Range`, as RFC 9110 reads that header.

A header that is invalid, or of another unit than bytes, asks for the whole file.
"""

import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request
from fastapi.responses import FileResponse, Response
from starlette.types import Receive, Scope, Send

from app.api.pictures import INERT
from app.api.problems import problem

MOST = 100
"""Whoever asks for more parts at once gets the whole file."""

_RANGE = re.compile(r"([0-9]{0,99})-([0-9]{0,99})")

type Ranges = list[tuple[int, int]]
"""The first and the last byte of each part."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a file a request asks for."""

    is_head: bool
    byte_range: str | None
    if_range: str | None

    def ranges(self, size_bytes: int, *validators: str) -> Ranges | None:
        """The parts that are there, none if no part is; None asks for the whole file.

        `validators` are what `If-Range` may name, or the caller has parts of another file.
        """
        if self.is_head or self.if_range not in (None, *validators):
            return None
        unit, _, members = (self.byte_range or "").partition("=")
        named = [each.strip() for each in members.split(",") if each.strip()]
        if unit.strip().lower() != "bytes" or not 0 < len(named) <= MOST:
            return None
        read = [_read(each, size_bytes) for each in named]
        if None in read:
            return None
        return [each for each in read if each is not None and each[0] <= each[1]]


class PartialFile(FileResponse):
    """A file, or the parts of it that `ranges` says, whatever the request says."""

    ranges: Ranges | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send them."""
        headers = [each for each in scope["headers"] if each[0] not in {b"range", b"if-range"}]
        if self.ranges:
            named = ",".join(f"{first}-{last}" for first, last in self.ranges)
            headers.append((b"range", f"bytes={named}".encode()))
        await super().__call__({**scope, "headers": headers}, receive, send)


def not_satisfiable(size_bytes: int) -> Response:
    """Give the refusal of parts of which the file has none."""
    detail = f"This file has {size_bytes} bytes, and none of those that were asked for."
    refusal = problem(416, "range_not_satisfiable", "Range not satisfiable", detail)
    refusal.headers.update({**INERT, "Content-Range": f"bytes */{size_bytes}"})
    return refusal


def _read(member: str, size_bytes: int) -> tuple[int, int] | None:
    """One part, which begins behind its end if it is not there; None if it is invalid."""
    match = _RANGE.fullmatch(member)
    if match is None or member == "-":
        return None
    first, last = match.groups()
    end = size_bytes - 1
    if not first:
        return max(size_bytes - int(last), 0), end
    if last and int(last) < int(first):
        return None
    return int(first), min(int(last), end) if last else end


def _asked(
    request: Request,
    byte_range: Annotated[str | None, Header(alias="Range")] = None,
    if_range: Annotated[str | None, Header(description="The `ETag` of the parts so far.")] = None,
) -> Asked:
    return Asked(request.method == "HEAD", byte_range, if_range)


AskedParts = Annotated[Asked, Depends(_asked)]
