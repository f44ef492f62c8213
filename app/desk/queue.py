"""The queue page: what needs a person, most urgent first, and the views that a person saved."""

from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app import db, services
from app.access import Actor
from app.db.collections import Collection
from app.db.paging import Paged
from app.db.queue import QueueFilter
from app.desk import ways
from app.desk.queue_views import PAGE_ROWS, ShownRow, ViewLink, address, query_of, shown
from app.desk.signed_in import Viewer
from app.desk.templating import render
from app.desk.words import catalogue
from app.door.requests import PartsDep
from app.schemas.enums import VerificationStatus
from app.schemas.queue import Need
from app.services import desk_views, viewing
from app.services.queue import Queue

router = APIRouter()

_MOST_PAGES = 10_000


@dataclass(frozen=True, slots=True)
class Asked:
    """The queue that an address names."""

    wanted: QueueFilter
    owner: str
    page: int

    def link(self, page: int) -> str:
        """The address of another page of this queue."""
        return address(self.wanted, self.owner, page)


@dataclass(frozen=True, slots=True)
class QueueView:
    """What the template is given."""

    asked: QueueFilter
    query: str
    owner: str
    rows: list[ShownRow]
    total: int
    page: int
    pages: int
    previous: str | None
    following: str | None
    views: list[ViewLink]
    owners: list[str]
    collections: Paged[Collection]
    last_seq: int


def _asked(
    *,
    actor: Viewer,
    view: Annotated[str, Query(max_length=10)] = "",
    need: Annotated[str, Query(max_length=40)] = "",
    status: Annotated[str, Query(max_length=40)] = "",
    owner: Annotated[str, Query(max_length=200)] = "",
    collection: Annotated[str, Query(max_length=63)] = "",
    q: Annotated[str, Query(max_length=200)] = "",
    page: Annotated[int, Query(ge=1, le=_MOST_PAGES)] = 1,
) -> Asked:
    """The filters of an address; what it names that does not exist asks for nothing."""
    mine = (actor.id, actor.name)
    wanted = QueueFilter(
        everything=view == "all",
        status=VerificationStatus(status) if status in set(VerificationStatus) else None,
        needs=(Need(need),) if need in set(Need) else (),
        owners=mine if owner == "me" else (owner,) if owner else (),
        nobodys=owner == "nobody",
        collection=collection or None,
        words=q.strip() or None,
    )
    return Asked(wanted, owner, page)


@router.get("/")
def show_queue(
    request: Request, parts: PartsDep, actor: Viewer, asked: Annotated[Asked, Depends(_asked)]
) -> Response:
    """The queue as a page; behind its last one, the last one."""
    with parts.database.read() as session:
        found = _read(session, asked)
        if found.total and asked.page > _pages(found):
            asked = replace(asked, page=_pages(found))
            if ways.is_page(request):
                return ways.see(asked.link(asked.page))
            found = _read(session, asked)
        view = _view(session, asked, found, actor)
    codes: dict[str, Any] = {"needs": list(Need), "statuses": list(VerificationStatus)}
    return render(request, "queue.html", view=view, **codes)


@router.post("/views")
def save_view(
    parts: PartsDep,
    actor: Viewer,
    name: Annotated[str, Form(max_length=60)],
    query: Annotated[str, Form(max_length=1000)],
) -> Response:
    """Keep these filters under a name, for this person alone."""
    with parts.database.write() as session:
        kept = desk_views.save(session, actor, name, query).query
    return ways.see(f"/desk/?{kept}")


@router.post("/views/{view_id}/forget")
def forget_view(view_id: str, parts: PartsDep, actor: Viewer) -> Response:
    """Remove one of this person's views."""
    with parts.database.write() as session:
        desk_views.forget(session, actor, view_id)
    return ways.see("/desk/")


def _read(session: Session, asked: Asked) -> Queue:
    return services.queue.read(session, asked.wanted, PAGE_ROWS, (asked.page - 1) * PAGE_ROWS)


def _pages(found: Queue) -> int:
    return max(1, -(-found.total // PAGE_ROWS))


def _view(session: Session, asked: Asked, found: Queue, actor: Actor) -> QueueView:
    pages = _pages(found)
    query = query_of(asked.wanted, asked.owner)
    may_see_blurred = viewing.may_see_blurred(actor)
    return QueueView(
        asked=asked.wanted,
        query=query,
        owner=asked.owner,
        rows=[shown(row, may_see_blurred=may_see_blurred) for row in found.rows],
        total=found.total,
        page=asked.page,
        pages=pages,
        previous=asked.link(asked.page - 1) if asked.page > 1 else None,
        following=asked.link(asked.page + 1) if asked.page < pages else None,
        views=_links(session, actor, query),
        owners=sorted({*db.queue.owners(session), asked.owner} - {"", "me", "nobody"}),
        collections=services.collections.choices(session),
        last_seq=db.events.last_seq(session),
    )


def _links(session: Session, actor: Actor, query: str) -> list[ViewLink]:
    texts = catalogue()["queue"]
    fixed = [("needs", ""), ("me", "owner=me"), ("everything", "view=all")]
    named = {"me": "mine"}
    links = [
        ViewLink(texts[named.get(name, name)], f"/desk/?{own}" if own else "/desk/", own == query)
        for name, own in fixed
    ]
    return links + [
        ViewLink(each.name, f"/desk/?{each.query}", each.query == query, each.id)
        for each in desk_views.listed(session, actor)
    ]
