"""Views of the queue that people save: theirs alone, and no part of any record."""

from urllib.parse import parse_qsl, urlencode

from sqlalchemy.orm import Session

from app import db
from app.access import Actor
from app.db.desk_views import DeskView
from app.errors import NotFound, Unprocessable

MOST = 30


def listed(session: Session, actor: Actor) -> list[DeskView]:
    """The views of one person."""
    return db.desk_views.of_person(session, actor.id)


def save(session: Session, actor: Actor, name: str, query: str) -> DeskView:
    """Keep filters under a name; the same name again takes the place of what it meant before."""
    title = name.strip()
    if not title:
        raise Unprocessable("A view needs a name.")
    kept = listed(session, actor)
    same = next((each for each in kept if each.name == title), None)
    if same is None and len(kept) >= MOST:
        raise Unprocessable(f"There is room for {MOST} views: forget one first.")
    view = same or DeskView(person_id=actor.id, name=title)
    view.query = urlencode(parse_qsl(query))
    session.add(view)
    session.flush()
    return view


def forget(session: Session, actor: Actor, view_id: str) -> None:
    """Remove one of a person's views; those of others are not there for them."""
    view = db.desk_views.find(session, view_id)
    if view is None or view.person_id != actor.id:
        raise NotFound("There is no such view.")
    session.delete(view)
