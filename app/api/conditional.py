"""Entity tags: `ETag` out, `If-Match` and `If-None-Match` in (RFC 9110 §13).

A record's tag is its version, so that two people cannot overwrite each other:

    def transition(media_id: str, body: …, actor: Recorder, if_match: IfMatch, write: KeyedWrite):
        def work(session: Session) -> Answer:
            record = …
            if_match.check(record.version)      # 412 unless the caller saw this version
            …
            return Answer(body, headers={"ETag": etag(record.version)})

    def read(…, if_none_match: IfNoneMatch) -> Response:
        return if_none_match.answer(body, etag(record.version, body))   # 304 if the caller has it
"""

import hashlib
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Header
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from app.errors import VersionMismatch


def etag(version: int, shown: BaseModel | None = None) -> str:
    """The strong tag of a record's version, and of what is `shown`, which may change without it."""
    if shown is None:
        return f'"{version}"'
    return f'"{version}.{_digest(shown)[:16]}"'


def content_etag(body: BaseModel) -> str:
    """The strong tag of an answer that has no version of its own."""
    return f'"{_digest(body)[:32]}"'


def _digest(body: BaseModel) -> str:
    return hashlib.sha256(body.model_dump_json().encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Precondition:
    """The tags that a request named; none named means no condition."""

    tags: tuple[str, ...]

    @property
    def given(self) -> bool:
        """Whether the request made a condition."""
        return bool(self.tags)

    def holds(self, tag: str) -> bool:
        """Whether `tag` is among those named; `*` names every tag."""
        return "*" in self.tags or tag in self.tags

    def check(self, version: int) -> None:
        """Refuse with the current version unless the condition holds or none was made.

        What was shown beside the version is no part of what a change overwrites.
        """
        # A proxy that compresses answers weakens their tags; the version in them is the same.
        seen = {tag.removeprefix("W/").strip('"').partition(".")[0] for tag in self.tags}
        if self.given and not seen & {"*", str(version)}:
            detail = "Someone else changed this first: read it again, then decide."
            raise VersionMismatch(detail, version=version)

    def answer(self, body: BaseModel, tag: str) -> Response:
        """`body` with its tag, or 304 without a body if the caller already has it."""
        if self.given and self.holds(tag):
            return Response(status_code=304, headers={"ETag": tag})
        return JSONResponse(body.model_dump(mode="json"), headers={"ETag": tag})


def _tags(header: str | None) -> tuple[str, ...]:
    return tuple(tag.strip() for tag in (header or "").split(",") if tag.strip())


def _if_match(
    if_match: Annotated[str | None, Header(description="The `ETag` that the caller saw.")] = None,
) -> Precondition:
    return Precondition(_tags(if_match))


def _if_none_match(
    if_none_match: Annotated[str | None, Header(description="The `ETag` the caller has.")] = None,
) -> Precondition:
    # Caches on the way may have weakened the tag; for a read that makes no difference.
    return Precondition(tuple(tag.removeprefix("W/") for tag in _tags(if_none_match)))


UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "The caller has it."}}
"""The `responses` of a route that answers `Precondition.answer`."""

IfMatch = Annotated[Precondition, Depends(_if_match)]
IfNoneMatch = Annotated[Precondition, Depends(_if_none_match)]
