"""Refusals as RFC 9457 problem documents."""

import json
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionInTime
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Match

from app import errors
from app.door import failing_database
from app.door.statuses import STATUS_OF
from app.schemas.problem import Problem

log = structlog.get_logger(__name__)

_HEADERS_OF = {
    401: {"WWW-Authenticate": "Bearer"},
    # The rest of the body is not waited for.
    413: {"Connection": "close"},
    # Nor here: it may be the body of a client that is gone.
    423: {"Connection": "close", "Retry-After": "1"},
    429: {"Retry-After": "60"},
    503: {"Retry-After": "5"},
}


_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
_HTTP_NAMES = {413: "payload_too_large"}  # the phrase is not the name that uploads have


class ProblemResponse(JSONResponse):
    """A problem document."""

    media_type = "application/problem+json"

    def render(self, content: Any) -> bytes:
        """The document; half a character in what was sent stays the escape that it came as."""
        text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return text.encode(errors="backslashreplace")


def problem(status: int, name: str, title: str, detail: str, **extra: Any) -> ProblemResponse:
    """Give an answer whose `type` is stable and whose `detail` says what to do."""
    own = {"type": f"/problems/{name}", "title": title, "status": status, "detail": detail}
    body = jsonable_encoder({**extra, **own})
    return ProblemResponse(body, status_code=status, headers=_HEADERS_OF.get(status))


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Give the `responses` of a route that can refuse with these statuses."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {ProblemResponse.media_type: {"schema": schema}},
        }
        for status in statuses
    }


def _snake(name: str) -> str:
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name).lstrip("_")


def _words(name: str) -> str:
    return _snake(name).replace("_", " ").capitalize()


def _refusal(_request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, errors.ServiceError)
    name = type(error).__name__
    status = STATUS_OF[type(error)]
    return problem(status, _snake(name), _words(name), error.detail, **error.extra)


def _invalid(_request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, RequestValidationError)
    found = [{"loc": list(each["loc"]), "msg": each["msg"]} for each in error.errors()]
    detail = "The request has missing or malformed fields; `errors` names each."
    return problem(422, "invalid_request", "Invalid request", detail, errors=found)


def _http(request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, HTTPException)
    phrase = HTTPStatus(error.status_code).phrase
    name = _HTTP_NAMES.get(error.status_code, phrase.lower().replace(" ", "_"))
    allowed = ", ".join(_allowed(request)) if error.status_code == 405 else ""
    detail = {
        404: "There is no such address; /docs describes those that there are.",
        405: f"This address takes {allowed}.",
    }.get(error.status_code, str(error.detail))
    answer = problem(error.status_code, name, phrase.capitalize(), detail)
    answer.headers.update(error.headers or {})
    if allowed:
        answer.headers["Allow"] = allowed
    return answer


def _allowed(request: Request) -> list[str]:
    """What the path takes; the router names the methods of the first of its routes alone."""
    asked = [(method, {**request.scope, "method": method}) for method in _METHODS]
    routes = request.app.routes
    return [
        method
        for method, scope in asked
        if any(route.matches(scope)[0] is Match.FULL for route in routes)
    ]


def _busy(_request: Request, error: Exception) -> ProblemResponse:
    log.error("database.failed", error=str(error))
    return problem(503, "busy", "Busy", f"{failing_database.why(error)} Send the request again.")


def _unstorable(_request: Request, _error: Exception) -> ProblemResponse:
    # PostgreSQL's text holds no NUL, no text half a character, and numbers end somewhere.
    detail = "The request holds a character or a number that cannot be stored."
    return problem(422, "unprocessable", "Unprocessable", detail)


def _overtaken(_request: Request, error: Exception) -> ProblemResponse:
    log.warning("request.overtaken", error=str(error))
    detail = "What this refers to was changed or removed at this moment. Read again, then decide."
    return problem(409, "conflict", "Conflict", detail)


def _unexpected(_request: Request, _error: Exception) -> ProblemResponse:
    detail = "Something failed on our side; nothing was changed. The log has the cause."
    return problem(500, "internal", "Internal error", detail)


def _cut_off(_request: Request, _error: Exception) -> Response:
    return Response(status_code=400)  # nobody is there to read it


def install(app: FastAPI) -> None:
    """Answer every error of `app` with a problem document, and describe the document in OpenAPI."""
    app.add_exception_handler(errors.ServiceError, _refusal)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(OperationalError, _busy)
    app.add_exception_handler(NoConnectionInTime, _busy)
    app.add_exception_handler(DataError, _unstorable)
    app.add_exception_handler(UnicodeEncodeError, _unstorable)
    app.add_exception_handler(IntegrityError, _overtaken)
    app.add_exception_handler(ClientDisconnect, _cut_off)
    app.add_exception_handler(Exception, _unexpected)

    def openapi() -> dict[str, Any]:
        document = FastAPI.openapi(app)
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas["Problem"] = Problem.model_json_schema()
        for operations in document["paths"].values():
            for operation in operations.values():
                _describe_refusals(operation)
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        return document

    app.openapi = openapi  # type: ignore[method-assign]


def _describe_refusals(operation: dict[str, Any]) -> None:
    """Describe what is refused anywhere, and what is malformed as it is answered here."""
    responses = operation["responses"]
    anywhere = [401, 403, 503] if operation.get("security") else []
    if "requestBody" in operation:
        anywhere += [400, 413]  # bytes that are no text are no JSON either
    for status, described in documented(*anywhere).items():
        responses.setdefault(str(status), described)
    if "422" in responses:
        responses["422"] = documented(422)[422]
