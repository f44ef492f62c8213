"""`POST /v1/lookups`: a hash or a file, answered from what the desk has, and forgotten."""

import asyncio
import re
import time
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import ValidationError
from starlette.requests import ClientDisconnect

from app.access import Actor
from app.api.asked_files import UNLIMITED_BYTES, ask_about_form
from app.api.dependencies import PartsDep, Reader
from app.api.problems import documented
from app.bootstrap import Parts
from app.door.arriving_file import too_large
from app.schemas.lookups import HashQuestion, LookupAnswer, LookupWaiting
from app.services import lookups

router = APIRouter(prefix="/v1/lookups", tags=["lookups"])

WAIT_S, MAX_WAIT_S = 30, 60
_QUESTION_MAX_BYTES = 4096
_FIRST_LOOK_S, _LAST_LOOK_S = 0.05, 0.5
_WAITING: dict[int | str, dict[str, Any]] = {
    202: {"model": LookupWaiting, "description": "Not answered yet; ask at `links.self`."}
}

_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": HashQuestion.model_json_schema()},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            },
        },
    }
}

Prefer = Annotated[
    str | None, Header(description="`wait=10`: answer after 10 s in any case; 30 unless given.")
]


@router.post(
    "",
    response_model=LookupAnswer,
    responses={**_WAITING, **documented(401, 403, 413, 415, 422, 429, 507)},
    openapi_extra=_BODY,
    max_body_size=UNLIMITED_BYTES,
)
async def look_up(
    request: Request, parts: PartsDep, actor: Reader, prefer: Prefer = None
) -> Response:
    """Look up a hash, or a file of up to ten minutes; nothing is stored but who asked, in the audit chain."""
    if request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        try:
            lookup_id = await ask_about_form(request, parts, actor)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is there to read it
    else:
        question = await _question(request)
        [(kind, digits)] = question.model_dump(exclude_none=True).items()
        asked = {"kind": kind, "hash": digits}
        lookup_id = await run_in_threadpool(ask, parts, asked, digits, actor)
    return await answered(request, parts, lookup_id, actor, prefer)


@router.get(
    "/{lookup_id}",
    response_model=LookupAnswer,
    responses={**_WAITING, **documented(401, 403, 404, 422)},
)
async def read_lookup(
    lookup_id: str, request: Request, parts: PartsDep, actor: Reader, prefer: Prefer = None
) -> Response:
    """Read an answer that took longer; it is read once, by who asked, within ten minutes."""
    return await answered(request, parts, lookup_id, actor, prefer)


async def answered(
    request: Request, parts: Parts, lookup_id: str, actor: Actor, prefer: str | None
) -> Response:
    """The answer once it is there, or where to ask for it later."""
    answer = await waited(request, parts, lookup_id, actor, wait_s_of(prefer))
    if answer is not None:
        return JSONResponse(answer)
    links = {"self": f"/v1/lookups/{lookup_id}"}
    waiting = LookupWaiting(id=lookup_id, state="waiting", links=links)
    return JSONResponse(waiting.model_dump(), 202, {"Location": links["self"]})


async def waited(
    request: Request, parts: Parts, lookup_id: str, actor: Actor, wait_s: int
) -> dict[str, Any] | None:
    """The answer, or None after `wait_s`; no thread or transaction is held meanwhile."""
    until = time.monotonic() + wait_s
    pause_s = _FIRST_LOOK_S
    while True:
        answer = await run_in_threadpool(lookups.collect, parts.database, lookup_id, actor)
        left_s = until - time.monotonic()
        if answer is not None or left_s <= 0 or await request.is_disconnected():
            return answer
        await asyncio.sleep(min(pause_s, left_s))
        pause_s = min(pause_s * 1.5, _LAST_LOOK_S)


def wait_s_of(prefer: str | None) -> int:
    """For how long a request wants to wait."""
    asked = re.search(r"\bwait\s*=\s*(\d{1,4})\b", prefer or "")
    return min(int(asked[1]), MAX_WAIT_S) if asked else WAIT_S


def ask(parts: Parts, question: dict[str, Any], asked: str, actor: Actor) -> str:
    """Put a question to the workers; gives its id."""
    with parts.database.write() as session:
        return lookups.ask(session, parts.jobs, question, asked, actor)


async def _question(request: Request) -> HashQuestion:
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _QUESTION_MAX_BYTES:
            raise too_large(_QUESTION_MAX_BYTES)
    try:
        return HashQuestion.model_validate_json(body)
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_url=False)) from error
