"""Subscriptions: what people want to be told of whenever something matches it."""

from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app import db
from app.access import Actor
from app.bootstrap import Parts
from app.core.policy import Grade
from app.desk import ways
from app.desk.forms import Form, FormDep
from app.desk.refusals import Refusal, attempt
from app.desk.signed_in import Recorder, Viewer
from app.desk.templating import render
from app.desk.words import catalogue
from app.door.requests import PartsDep
from app.errors import Unprocessable
from app.schemas.media import as_words
from app.schemas.subscriptions import NewSubscription
from app.services import collections, subscriptions

router = APIRouter(prefix="/subscriptions")

HERE = "/desk/subscriptions"
ROWS = 50
_OF_PAGE = ("back",)


@router.get("")
def show_subscriptions(
    request: Request,
    parts: PartsDep,
    actor: Viewer,
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
) -> Response:
    """Everybody's subscriptions, newest first."""
    return _page(request, parts, actor, cursor=cursor)


@router.post("")
def subscribe(request: Request, parts: PartsDep, actor: Recorder, form: FormDep) -> Response:
    """Subscribe to an item, a collection or tags."""

    def work(session: Session) -> None:
        subscriptions.create(session, NewSubscription.model_validate(_wanted(form)), actor)

    return _attempt(request, parts, actor, form, work)


@router.post("/{subscription_id}/remove")
def remove(
    request: Request, subscription_id: str, parts: PartsDep, actor: Recorder, form: FormDep
) -> Response:
    """Drop a subscription of one's own; an admin anybody's."""

    def work(session: Session) -> None:
        subscriptions.remove(session, subscription_id, actor)

    return _attempt(request, parts, actor, form, work)


def _wanted(form: Form) -> dict[str, Any]:
    """The form as a body: an item may be named by its page's address, tags stand in one line."""
    body = form.body(*_OF_PAGE)
    if "media_id" in body:
        body["media_id"] = _path(body["media_id"]).rstrip("/").rpartition("/")[2]
    if "tags" in body:
        body["tags"] = as_words([body["tags"]])
    return body


def _path(address: str) -> str:
    try:
        return urlsplit(address).path
    except ValueError as error:
        raise Unprocessable(catalogue()["subscriptions"]["no_address"]) from error


def _attempt(
    request: Request, parts: Parts, actor: Actor, form: Form, work: Callable[[Session], None]
) -> Response:
    def refused(refusal: Refusal) -> Response:
        return _page(request, parts, actor, refusal, form)

    onward = ways.own_path(form.one("back")) if form.one("back") else HERE
    return attempt(parts.database, work, onward, refused)


def _page(
    request: Request,
    parts: Parts,
    actor: Actor,
    refusal: Refusal | None = None,
    form: Form | None = None,
    *,
    cursor: str | None = None,
) -> Response:
    with parts.database.read() as session:
        found = subscriptions.listed(session, None, ROWS, cursor)
        about = {each.media_id for each in found.items if each.media_id}
        items = db.media.by_ids(session, sorted(about))
        values: dict[str, Any] = {
            "found": found,
            "titles": {each.id: each.title or each.filename for each in items.values()},
            "collections": collections.choices(session),
            "grades": [Grade.PROBABLE, Grade.CERTAIN, Grade.LEAD],
            "refusal": refusal,
            "typed": dict(form.values) if form else {},
        }
    return render(
        request, "subscriptions.html", status=refusal.status if refusal else 200, **values
    )
