"""What a request is given: parts, a transaction, the actor behind its key."""

from collections.abc import Callable, Iterator
from typing import Annotated

from fastapi import BackgroundTasks, Depends, Request
from sqlalchemy.orm import Session

from app import services
from app.access import Actor, Scope
from app.bootstrap import Parts
from app.errors import Forbidden, Unauthenticated


def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


PartsDep = Annotated[Parts, Depends(_parts)]


def _reading(parts: PartsDep) -> Iterator[Session]:
    with parts.database.read() as session:
        yield session


def _writing(parts: PartsDep) -> Iterator[Session]:
    with parts.database.write() as session:
        yield session


# `scope="function"` commits before the answer leaves: a failed commit must never be a 202.
Reading = Annotated[Session, Depends(_reading, scope="function")]
Writing = Annotated[Session, Depends(_writing, scope="function")]


def _actor(request: Request, parts: PartsDep, afterwards: BackgroundTasks) -> Actor:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("Send your API key as 'Authorization: Bearer KEY'.")
    holder = services.keys.identify(parts.database, token)
    if holder.use_is_stale:
        afterwards.add_task(services.keys.note_use, parts.database, holder.actor.id)
    return holder.actor


CurrentActor = Annotated[Actor, Depends(_actor)]


def requires(scope: Scope) -> Callable[[Actor], Actor]:
    """A dependency that gives the actor, if the key has `scope`."""

    def check(actor: CurrentActor) -> Actor:
        if scope not in actor.scopes:
            raise Forbidden(f"This needs the scope '{scope.value}'.", scope=scope.value)
        return actor

    return check


Reader = Annotated[Actor, Depends(requires(Scope.MEDIA_READ))]
Uploader = Annotated[Actor, Depends(requires(Scope.MEDIA_WRITE))]
Curator = Annotated[Actor, Depends(requires(Scope.KNOWN_WRITE))]
Recorder = Annotated[Actor, Depends(requires(Scope.RECORD_WRITE))]
PrivacyAdmin = Annotated[Actor, Depends(requires(Scope.PRIVACY_ADMIN))]
Editor = Annotated[Actor, Depends(requires(Scope.RECORD_APPROVE))]
WebhookAdmin = Annotated[Actor, Depends(requires(Scope.WEBHOOKS_ADMIN))]
Auditor = Annotated[Actor, Depends(requires(Scope.AUDIT_READ))]
KeyAdmin = Annotated[Actor, Depends(requires(Scope.KEYS_ADMIN))]
ImporterActor = Annotated[Actor, Depends(requires(Scope.IMPORTS_WRITE))]
TrustAdmin = Annotated[Actor, Depends(requires(Scope.TRUST_ADMIN))]
Asking = Annotated[Actor, Depends(requires(Scope.EXCHANGE_QUERY))]
