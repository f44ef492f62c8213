"""Who is signed in: what a page is given, or the way to the sign-in page."""

from collections.abc import Callable
from typing import Annotated

from fastapi import BackgroundTasks, Depends, Request

from app.access import Actor, Scope
from app.door import callers
from app.door.callers import Caller
from app.door.requests import PartsDep
from app.errors import Forbidden


class SignInNeeded(Exception):
    """Nobody is signed in; the answer leads to the sign-in page."""


def _caller(request: Request, parts: PartsDep, afterwards: BackgroundTasks) -> Caller:
    found = callers.by_cookie(request, parts, afterwards)
    if found is None:
        raise SignInNeeded
    request.state.actor = found.actor
    return found


SignedInCaller = Annotated[Caller, Depends(_caller)]


def _actor(caller: SignedInCaller) -> Actor:
    return caller.actor


SignedIn = Annotated[Actor, Depends(_actor)]


def having(scope: Scope) -> Callable[[Actor], Actor]:
    """A dependency that gives whoever is signed in, if they have `scope`."""

    def check(actor: SignedIn) -> Actor:
        if scope not in actor.scopes:
            raise Forbidden("Your role does not do this.", scope=scope.value)
        return actor

    return check


Viewer = Annotated[Actor, Depends(having(Scope.MEDIA_READ))]
Uploader = Annotated[Actor, Depends(having(Scope.MEDIA_WRITE))]
Curator = Annotated[Actor, Depends(having(Scope.KNOWN_WRITE))]
Recorder = Annotated[Actor, Depends(having(Scope.RECORD_WRITE))]
Editor = Annotated[Actor, Depends(having(Scope.RECORD_APPROVE))]
Importer = Annotated[Actor, Depends(having(Scope.IMPORTS_WRITE))]
WebhookAdmin = Annotated[Actor, Depends(having(Scope.WEBHOOKS_ADMIN))]
Auditor = Annotated[Actor, Depends(having(Scope.AUDIT_READ))]
AccessAdmin = Annotated[Actor, Depends(having(Scope.KEYS_ADMIN))]
PrivacyAdmin = Annotated[Actor, Depends(having(Scope.PRIVACY_ADMIN))]
TrustAdmin = Annotated[Actor, Depends(having(Scope.TRUST_ADMIN))]
