"""Refusals as pages that say what happened and what to do."""

import re
from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionInTime
from starlette.exceptions import HTTPException

from app.desk import ways
from app.desk.forms import read_form
from app.desk.said import NOTHING_SAID, Said
from app.desk.signed_in import SignInNeeded
from app.desk.templating import render
from app.desk.words import catalogue
from app.door import failing_database
from app.door.statuses import STATUS_OF
from app.errors import Gone, ServiceError
from app.schemas.purging import TombstoneAnswer
from app.services.purging import BY_LAW

log = structlog.get_logger(__name__)


# A part of a page that a refusal replaced would be gone, with what was typed into it.
BESIDE = {"HX-Retarget": "#said", "HX-Reswap": "innerHTML", "HX-Reselect": ".refused"}
"""Where htmx puts the sentence."""


_PAGE_OF_FORM = re.compile(r"/desk/(?:matches/[^/]+|media/[^/]+(?:/(?:record|care)(?=/))?)")


def page(request: Request, status: int, detail: str) -> Response:
    """A page about a refusal; scripts get the sentence alone."""
    if ways.is_by_script(request):
        return _line(request, status, detail)
    title = HTTPStatus(status).phrase
    return render(request, "problem.html", status=status, title=title, detail=detail)


def _line(request: Request, status: int, detail: str, sign_in: str = "") -> Response:
    answer = render(request, "problem_line.html", status=status, detail=detail, sign_in=sign_in)
    answer.headers.update(BESIDE)
    return answer


async def _sign_in_needed(request: Request, _error: Exception) -> Response:
    """The way to the sign-in, by which nothing is lost that somebody typed."""
    address = ways.sign_in_for(request)
    if ways.is_by_script(request):
        if request.method == "GET":
            return Response(status_code=401, headers={"HX-Redirect": address})
        return _line(request, 401, catalogue()["frame"]["signed_out"], address)
    written = await _written(request)
    if not written:
        return ways.see(address)
    return render(request, "signed_out.html", status=401, written=written, sign_in=address)


async def _written(request: Request) -> list[str]:
    """What a form says in somebody's own words; of one that may bring a file nothing is read."""
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return []
    return Said(form=await read_form(request)).written


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, ServiceError)
    return page(request, STATUS_OF[type(error)], error.detail)


def gone(request: Request, error: Exception, said: Said = NOTHING_SAID) -> Response:
    """What is left of a purged item, with why the last act on that was refused."""
    assert isinstance(error, Gone)
    left = error.extra.get("tombstone")
    if left is None or ways.is_by_script(request):
        return _refused(request, error)
    shown = TombstoneAnswer.model_validate(left)
    by_law = [each.value for each in BY_LAW]
    status = said.refusal.status if said.refusal else STATUS_OF[Gone]
    return render(request, "tombstone.html", status=status, left=shown, by_law=by_law, said=said)


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = "; ".join(f"{each['loc'][-1]}: {each['msg']}" for each in error.errors())
    return page(request, 422, f"The form was not filled in as it has to be: {found}.")


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED and ways.is_page(request):
        # What a form was sent to stands in the address bar; who goes there again means its page.
        where = _PAGE_OF_FORM.match(request.url.path)
        if where:
            return ways.see(where[0])
    answer = page(request, error.status_code, str(error.detail))
    answer.headers.update(error.headers or {})
    return answer


def _busy(request: Request, error: Exception) -> Response:
    log.error("database.failed", error=str(error))
    return page(request, 503, f"{failing_database.why(error)} Try again.")


def _unstorable(request: Request, _error: Exception) -> Response:
    return page(request, 422, "The form holds a character or a number that cannot be stored.")


def _overtaken(request: Request, error: Exception) -> Response:
    log.warning("request.overtaken", error=str(error))
    return page(request, 409, "This was changed at this moment by somebody else. Look again.")


def _unexpected(request: Request, _error: Exception) -> Response:
    return page(request, 500, "Something failed on our side; nothing was changed.")


def install(app: FastAPI) -> None:
    """Answer every error of the pages with a page."""
    app.add_exception_handler(SignInNeeded, _sign_in_needed)
    app.add_exception_handler(ServiceError, _refused)
    app.add_exception_handler(Gone, gone)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(OperationalError, _busy)
    app.add_exception_handler(NoConnectionInTime, _busy)
    app.add_exception_handler(DataError, _unstorable)
    app.add_exception_handler(IntegrityError, _overtaken)
    app.add_exception_handler(Exception, _unexpected)
