"""Refusals as RFC 9457 problem documents; the only place where an error gets a status code."""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from app import errors

STATUS_OF: dict[type[errors.ServiceError], int] = {
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.IllegalTransition: 409,
    errors.StillRunning: 409,
    errors.Conflict: 409,
    errors.VersionMismatch: 412,
    errors.PayloadTooLarge: 413,
    errors.UnsupportedMedia: 415,
    errors.MissingRequirements: 422,
    errors.KeyReused: 422,
    errors.Unprocessable: 422,
    errors.StorageFull: 507,
}


class ProblemResponse(JSONResponse):
    """A problem document."""

    media_type = "application/problem+json"


def problem(status: int, name: str, title: str, detail: str, **extra: Any) -> ProblemResponse:
    """An answer whose `type` is stable and whose `detail` says what to do."""
    body = {"type": f"/problems/{name}", "title": title, "status": status, "detail": detail, **extra}
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return ProblemResponse(jsonable_encoder(body), status_code=status, headers=headers)


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


def _http(_request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, HTTPException)
    return problem(error.status_code, "http", "Request refused", str(error.detail))


def _unexpected(_request: Request, _error: Exception) -> ProblemResponse:
    detail = "Something failed on our side; nothing was changed. The log has the cause."
    return problem(500, "internal", "Internal error", detail)


def install(app: FastAPI) -> None:
    """Answer every error of `app` with a problem document."""
    app.add_exception_handler(errors.ServiceError, _refusal)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)
