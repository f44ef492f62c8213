"""Known material: collections and their members, and imports with their progress and errors."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app import db
from app.access import Actor, Scope
from app.bootstrap import Parts
from app.db.media_lists import MediaFilter
from app.desk.forms import Form, FormDep
from app.desk.refusals import Refusal, attempt
from app.desk.signed_in import Curator, Importer, Viewer
from app.desk.templating import render
from app.door.requests import PartsDep
from app.schemas.collections import NewCollection
from app.schemas.enums import CollectionKind
from app.schemas.import_enums import OVER, ImportKind
from app.schemas.imports import ImportAnswer, NewImport
from app.schemas.page import Page
from app.services import collections, imports, media_views

router = APIRouter(prefix="/known")

HERE = "/desk/known"
MOST_COLLECTIONS = 200
IMPORTS_SHOWN = 20
ROWS = 50
PROBLEMS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Begin:
    """The cursors behind which the two lists of the page begin."""

    collections: str | None = None
    imports: str | None = None


def _begin(
    after: Annotated[str | None, Query(max_length=1000)] = None,
    imports_after: Annotated[str | None, Query(max_length=1000)] = None,
) -> Begin:
    return Begin(after, imports_after)


FROM_THE_FIRST = Begin()


@router.get("")
def show_known(
    request: Request,
    parts: PartsDep,
    actor: Viewer,
    begin: Annotated[Begin, Depends(_begin)],
) -> Response:
    """The collections, and the last imports for whoever may order them."""
    return _page(request, parts, actor, begin=begin)


@router.post("/collections")
def make_collection(request: Request, parts: PartsDep, actor: Curator, form: FormDep) -> Response:
    """Make a collection."""

    def work(session: Session) -> None:
        wanted = NewCollection.model_validate(form.body("which"))
        collections.create(session, wanted.slug, wanted.title, wanted.kind, actor)

    return _attempt(request, parts, actor, form, work)


@router.get("/collections/{slug}")
def show_collection(
    request: Request,
    slug: str,
    parts: PartsDep,
    _actor: Viewer,
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
) -> Response:
    """What is in a collection, newest first."""
    with parts.database.read() as session:
        collection = collections.get(session, slug)
        found = db.media_lists.page(session, MediaFilter(collection=slug), ROWS, cursor)
        count = db.collections.members(session, [collection.id]).get(collection.id, 0)
        shown = media_views.show_all(session, found.items)
    values: dict[str, Any] = {
        "collection": collection,
        "count": count,
        "found": shown,
        "next": found.next,
    }
    return render(request, "collection.html", **values)


@router.post("/imports")
def order_import(request: Request, parts: PartsDep, actor: Importer, form: FormDep) -> Response:
    """Order an import from one of the folders that the settings allow."""

    def work(session: Session) -> None:
        wanted = NewImport.model_validate(form.body("which"))
        place = imports.place_of(wanted.path, parts.settings.import_roots)
        imports.order(session, wanted, place, actor)

    return _attempt(request, parts, actor, form, work)


@router.get("/imports/{import_id}")
def show_import(
    request: Request,
    import_id: str,
    parts: PartsDep,
    _actor: Importer,
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
) -> Response:
    """One import, how far it is, and what failed or was left out."""
    with parts.database.read() as session:
        shown = imports.show(session, imports.get(session, import_id))
        problems = imports.problems(session, import_id, PROBLEMS_SHOWN, cursor)
    values: dict[str, Any] = {
        "each": shown,
        "problems": problems.items,
        "next": problems.next,
        "address": f"{request.url.path}?{urlencode({'cursor': cursor})}"
        if cursor
        else request.url.path,
        "is_over": shown.state in OVER,
    }
    return render(request, "import.html", **values)


@router.post("/imports/{import_id}/cancel")
def cancel_import(
    request: Request, import_id: str, parts: PartsDep, actor: Importer, form: FormDep
) -> Response:
    """End an import; what is entered stays."""

    def work(session: Session) -> None:
        imports.cancel(session, import_id, actor)

    return _attempt(request, parts, actor, form, work)


def _attempt(
    request: Request, parts: Parts, actor: Actor, form: Form, work: Callable[[Session], None]
) -> Response:
    def refused(refusal: Refusal) -> Response:
        return _page(request, parts, actor, refusal, form)

    return attempt(parts.database, work, HERE, refused)


def _page(
    request: Request,
    parts: Parts,
    actor: Actor,
    refusal: Refusal | None = None,
    form: Form | None = None,
    *,
    begin: Begin = FROM_THE_FIRST,
) -> Response:
    with parts.database.read() as session:
        found = db.collections.page(session, MOST_COLLECTIONS, begin.collections)
        choices = collections.choices(session)
        counts = db.collections.members(session, [each.id for each in found.items])
        orders: Page[ImportAnswer] = Page(items=[], next=None)
        if Scope.IMPORTS_WRITE in actor.scopes:
            orders = imports.listed(session, IMPORTS_SHOWN, begin.imports)
    values: dict[str, Any] = {
        "collections": found.items,
        "choices": choices,
        "next": found.next,
        "counts": counts,
        "orders": orders.items,
        "next_orders": orders.next,
        "kinds": list(CollectionKind),
        "import_kinds": list(ImportKind),
        "roots": [str(each) for each in parts.settings.import_roots],
        "refusal": refusal,
        "typed": dict(form.values) if form else {},
    }
    status = refusal.status if refusal else 200
    return render(request, "known.html", status=status, **values)
