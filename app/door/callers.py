"""Who a request is made by: the holder of a key, or somebody signed in whose cookie came along."""

from dataclasses import dataclass

from fastapi import BackgroundTasks, Request
from sqlalchemy.orm import Session

from app import db
from app.access import Actor
from app.bootstrap import Parts
from app.door import cookies, origin
from app.services import desk_sessions, keys


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, and in which of their browsers if by a cookie."""

    actor: Actor
    session_id: str | None = None

    def is_valid(self, session: Session) -> bool:
        """Whether what let them in before would do so still."""
        if self.session_id is not None:
            return db.desk_sessions.is_good(session, self.session_id)
        return keys.is_valid(session, self.actor.id)


def by_cookie(request: Request, parts: Parts, afterwards: BackgroundTasks) -> Caller | None:
    """Who is signed in, if anybody; refused when another site's page sent the cookie along."""
    secret = cookies.read(request)
    found = desk_sessions.identify(parts.database, secret) if secret else None
    if found is None:
        return None
    origin.require_own(request)
    if found.use_is_stale:
        afterwards.add_task(desk_sessions.note_use, parts.database, found.session_id)
    return Caller(found.actor, found.session_id)


def by_key(token: str, parts: Parts, afterwards: BackgroundTasks) -> Caller:
    """The holder of a key."""
    holder = keys.identify(parts.database, token)
    if holder.use_is_stale:
        afterwards.add_task(keys.note_use, parts.database, holder.actor.id)
    return Caller(holder.actor)
