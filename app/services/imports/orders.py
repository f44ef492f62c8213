"""An import as people see it: ordered, shown, cancelled."""

from sqlalchemy.orm import Session

from app import db
from app.access import Actor, Scope
from app.db.import_items import ImportItem
from app.db.imports import Import
from app.errors import Conflict, Forbidden, NotFound, Unprocessable
from app.schemas.audit import AuditAction
from app.schemas.enums import CollectionKind
from app.schemas.import_enums import OVER, ImportItemState, ImportKind, ImportState
from app.schemas.imports import ImportAnswer, ImportFault, ImportOptions, ImportProblem, NewImport
from app.schemas.page import Page
from app.services import audit, collections
from app.services.imports import looking_back
from app.services.imports.places import Place

SHOWN_ERRORS = 20
ERASED = "What was said here went with its item, which was purged."
_WAITING = (ImportItemState.LISTED, ImportItemState.ENTERED)
_READ = OVER | {ImportState.WATCHING}
"""The states in which nothing more is on its way from an import."""


def order(session: Session, wanted: NewImport, place: Place, actor: Actor) -> Import:
    """Order an import; a worker takes it up within a second or two."""
    if Scope.KNOWN_WRITE not in actor.scopes:
        detail = f"What is imported becomes known material; that needs '{Scope.KNOWN_WRITE}'."
        raise Forbidden(detail, scope=Scope.KNOWN_WRITE.value)
    _check(session, wanted, place)
    db.in_commit_order(session)
    made = Import(
        kind=wanted.kind,
        root=str(place.root),
        path=str(place.path),
        collection=wanted.collection,
        options=wanted.options.model_dump(),
        ordered_by=actor.id,
        ordered_by_name=actor.name,
        ordered_by_role=actor.role,
    )
    session.add(made)
    session.flush()
    audit.written(session, actor, AuditAction.IMPORT_ORDERED, made)
    return made


def _check(session: Session, wanted: NewImport, place: Place) -> None:
    wants_folder = wanted.kind in {ImportKind.FOLDER, ImportKind.AUTO_ARCHIVER}
    if wants_folder != place.path.is_dir():
        what = "a folder" if wants_folder else "a file"
        raise Unprocessable(f"An import of kind '{wanted.kind}' reads {what}.", path=wanted.path)
    if wanted.collection is None:
        return
    (into,) = collections.named(session, [wanted.collection])
    if wanted.kind is ImportKind.FACT_CHECKS and into.kind is not CollectionKind.DEBUNKED:
        detail = "What comes with fact checks goes into a collection of the kind 'debunked'."
        raise Unprocessable(detail, collection=wanted.collection)


def get(session: Session, import_id: str) -> Import:
    """The import with this id."""
    found = db.imports.find(session, import_id)
    if found is None:
        raise NotFound("There is no such import.")
    return found


def cancel(session: Session, import_id: str, actor: Actor) -> Import:
    """End an import; what is entered stays. It is no error if it was cancelled before."""
    db.in_commit_order(session)
    found = db.imports.lock(session, import_id)
    if found is None:
        raise NotFound("There is no such import.")
    if found.state is ImportState.CANCELLED:
        return found
    if found.state in OVER:
        raise Conflict(f"This import is {found.state}; only one that goes on is cancelled.")
    found.state, found.cancelled_by = ImportState.CANCELLED, actor.id
    found.finished_at = db.now()
    session.flush()
    audit.written(session, actor, AuditAction.IMPORT_CANCELLED, found)
    return found


def listed(session: Session, limit: int, cursor: str | None) -> Page[ImportAnswer]:
    """One page of all imports, newest first."""
    page = db.imports.page(session, limit, cursor)
    counts = db.imports.counts(session, [each.id for each in page.items])
    items = [_answer(session, each, counts[each.id]) for each in page.items]
    return Page(items=items, next=page.next)


def show(session: Session, found: Import) -> ImportAnswer:
    """One import as it is answered."""
    return _answer(session, found, db.imports.counts(session, [found.id])[found.id])


def problems(
    session: Session, import_id: str, limit: int, cursor: str | None
) -> Page[ImportProblem]:
    """One page of the lines and files that failed or were left out."""
    get(session, import_id)
    page = db.import_items.left_out(session, import_id, limit, cursor)
    return Page(items=[_problem(each) for each in page.items], next=page.next)


def _answer(session: Session, found: Import, counts: dict[ImportItemState, int]) -> ImportAnswer:
    total = sum(counts.values())
    waiting = sum(counts.get(state, 0) for state in _WAITING)
    unlisted = found.state in {ImportState.WAITING, ImportState.LISTING}
    first = db.import_items.left_out(session, found.id, SHOWN_ERRORS, None).items
    own = f"/v1/imports/{found.id}"
    retro = looking_back.retro_matches(session, found.id) if found.state in _READ else None
    return ImportAnswer(
        id=found.id,
        kind=found.kind,
        path=found.path,
        collection=found.collection,
        options=ImportOptions.model_validate(found.options),
        state=found.state,
        added=counts.get(ImportItemState.ADDED, 0),
        duplicates=counts.get(ImportItemState.DUPLICATE, 0),
        failed=counts.get(ImportItemState.FAILED, 0),
        skipped=counts.get(ImportItemState.SKIPPED, 0),
        total=total,
        progress=0.0 if unlisted else round((total - waiting) / total, 4) if total else 1.0,
        retro_matches=retro,
        fault=ImportFault.model_validate(found.fault) if found.fault else None,
        errors=[_problem(each) for each in first],
        ordered_by=found.ordered_by,
        ordered_at=found.ordered_at,
        started_at=found.started_at,
        finished_at=found.finished_at,
        links={"self": own, "errors": f"{own}/errors", "cancel": f"{own}/cancel"},
    )


def _problem(item: ImportItem) -> ImportProblem:
    return ImportProblem(
        line=item.line,
        path=item.path,
        state=item.state,
        code=item.code or "",
        error=item.error or ERASED,
        media_id=item.media_id,
    )
