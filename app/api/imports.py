"""Imports of known material: ordered, followed, cancelled."""

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.api.dependencies import ImporterActor, PartsDep, Reading
from app.api.idempotency import Answer, KeyedWrite
from app.api.pages import DEFAULT_LIMIT, Cursor, Limit
from app.api.problems import documented
from app.schemas.imports import ImportAnswer, ImportProblem, NewImport
from app.schemas.page import Page
from app.services import imports

router = APIRouter(prefix="/v1/imports", tags=["imports"])


@router.post(
    "", status_code=202, response_model=ImportAnswer, responses=documented(401, 403, 409, 422)
)
def order_import(
    body: NewImport, parts: PartsDep, actor: ImporterActor, write: KeyedWrite
) -> Response:
    """Import a folder, a manifest, an auto-archiver's output or a feed of fact checks."""
    place = imports.place_of(body.path, parts.settings.import_roots)

    def work(session: Session) -> Answer:
        answer = imports.show(session, imports.order(session, body, place, actor))
        return Answer(answer, status_code=202, headers={"Location": answer.links["self"]})

    return write(actor, work)


@router.get("", responses=documented(401, 403, 422))
def list_imports(
    session: Reading, _actor: ImporterActor, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Page[ImportAnswer]:
    """List all imports, newest first."""
    return imports.listed(session, limit, cursor)


@router.get("/{import_id}", responses=documented(401, 403, 404))
def read_import(import_id: str, session: Reading, _actor: ImporterActor) -> ImportAnswer:
    """Read one import and how far it is."""
    return imports.show(session, imports.get(session, import_id))


@router.get("/{import_id}/errors", responses=documented(401, 403, 404, 422))
def list_import_errors(
    import_id: str,
    session: Reading,
    _actor: ImporterActor,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[ImportProblem]:
    """List the lines and files that failed or were left out, in their order."""
    return imports.problems(session, import_id, limit, cursor)


@router.post(
    "/{import_id}/cancel", response_model=ImportAnswer, responses=documented(401, 403, 404, 409)
)
def cancel_import(import_id: str, actor: ImporterActor, write: KeyedWrite) -> Response:
    """End an import, or the watch over a folder; what is entered stays."""

    def work(session: Session) -> Answer:
        return Answer(imports.show(session, imports.cancel(session, import_id, actor)))

    return write(actor, work)
