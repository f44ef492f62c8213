"""Settings of the desk: whose signatures it trusts, how long it keeps what, and what is held."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, File, Query, Request, UploadFile
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app import services
from app.bootstrap import Parts
from app.core.provenance.values import TrustListKind
from app.desk.forms import Form, FormDep
from app.desk.refusals import Refusal, attempt
from app.desk.signed_in import Auditor, TrustAdmin
from app.desk.templating import render
from app.desk.words import catalogue
from app.door.requests import PartsDep
from app.errors import Unprocessable
from app.schemas.trust_lists import NewTrustList
from app.services import trust_lists
from app.services.settings_page import Due

router = APIRouter(prefix="/settings")

HERE = "/desk/settings"
ROWS = 50
AHEAD_DAYS = 14


@router.get("")
def show_settings(
    request: Request,
    parts: PartsDep,
    _actor: Auditor,
    within: Annotated[int, Query(ge=0, le=3650)] = AHEAD_DAYS,
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
) -> Response:
    """Everything of it; `within` so many days is what is called due."""
    return _page(request, parts, Due(parts.retention, within, ROWS, cursor))


@router.post("/trust-lists")
def import_list(
    request: Request,
    parts: PartsDep,
    actor: TrustAdmin,
    form: FormDep,
    file: Annotated[UploadFile, File()],
) -> Response:
    """Import a trust list from a file; what is signed is then read again."""

    def work(session: Session) -> None:
        wanted = NewTrustList.model_validate({**form.body("which"), "pem": _text(file)})
        trust_lists.add(session, parts.jobs, wanted, actor)

    return _attempt(request, parts, work, form)


@router.post("/trust-lists/{list_id}/remove")
def remove_list(
    request: Request, list_id: str, parts: PartsDep, actor: TrustAdmin, form: FormDep
) -> Response:
    """Take a trust list out of force; what is signed is then read again."""

    def work(session: Session) -> None:
        trust_lists.remove(session, parts.jobs, list_id, actor)

    return _attempt(request, parts, work, form)


def _text(file: UploadFile) -> str:
    try:
        return file.file.read().decode()
    except UnicodeDecodeError as error:
        raise Unprocessable(catalogue()["settings"]["no_pem"]) from error


def _attempt(
    request: Request, parts: Parts, work: Callable[[Session], None], form: Form
) -> Response:
    def refused(refusal: Refusal) -> Response:
        everything = Due(parts.retention, AHEAD_DAYS, ROWS, None)
        return _page(request, parts, everything, refusal=refusal, form=form)

    return attempt(parts.database, work, HERE, refused)


def _page(
    request: Request,
    parts: Parts,
    asked: Due,
    *,
    refusal: Refusal | None = None,
    form: Form | None = None,
) -> Response:
    with parts.database.read() as session:
        page = services.settings_page.read(session, asked)
    values: dict[str, Any] = {
        "page": page,
        "within": asked.within_days,
        "kinds": list(TrustListKind),
        "refusal": refusal,
        "typed": dict(form.values) if form else {},
    }
    return render(request, "settings.html", status=refusal.status if refusal else 200, **values)
