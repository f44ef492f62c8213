"""What a request is given: parts, a transaction, the actor behind its key or its cookie."""

from collections.abc import Callable
from typing import Annotated

from fastapi import BackgroundTasks, Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.access import Actor, Scope
from app.door import callers, requests
from app.door.callers import Caller
from app.errors import Forbidden, Unauthenticated

PartsDep = requests.PartsDep
Reading = requests.Reading
Writing = requests.Writing


_KEY = HTTPBearer(
    scheme_name="key",
    description="An API key. Without one, the cookie of who is signed in at the desk is taken.",
    auto_error=False,
)
GivenKey = Annotated[HTTPAuthorizationCredentials | None, Security(_KEY)]


def _caller(
    request: Request, parts: PartsDep, afterwards: BackgroundTasks, key: GivenKey
) -> Caller:
    if key is not None:
        return callers.by_key(key.credentials, parts, afterwards)
    if "authorization" not in request.headers:
        found = callers.by_cookie(request, parts, afterwards)
        if found is not None:
            return found
    raise Unauthenticated("Send your API key as 'Authorization: Bearer KEY'.")


CurrentCaller = Annotated[Caller, Depends(_caller)]


def _actor(caller: CurrentCaller) -> Actor:
    return caller.actor


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
