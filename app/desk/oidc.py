"""To the identity provider and back."""

import secrets
from typing import Annotated
from urllib.parse import quote, unquote

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from app import services
from app.bootstrap import Parts
from app.desk import ways
from app.door import cookies
from app.door.requests import BrowserDep, PartsDep
from app.errors import NotFound, Unauthenticated
from app.services.oidc import IdentityProvider, Return

router = APIRouter(prefix="/oidc")

COOKIE = "oidc"
CALLBACK = "/desk/oidc/callback"
WITHIN_S = 600


@router.get("/start")
def start(
    request: Request, parts: PartsDep, wanted: Annotated[str, Query(alias="next")] = ""
) -> Response:
    """Send the browser to the provider, with a secret by which its return is known."""
    cookies.require_safe_way(request)
    provider = _provider(parts)
    secret = secrets.token_urlsafe(32)
    answer = ways.see(provider.address(secret, _own_address(request)))
    value = f"{secret}.{quote(ways.own_path(wanted), safe='')}"
    cookies.give(request, answer, value, name=COOKIE, max_age_s=WITHIN_S)
    return answer


@router.get("/callback")
def come_back(
    request: Request, parts: PartsDep, browser: BrowserDep, state: str = "", code: str = ""
) -> Response:
    """Open a session for whom the provider vouches, and go where it was wanted."""
    secret, _, wanted = (cookies.read(request, COOKIE) or "").partition(".")
    if not secret or not code:
        raise Unauthenticated("The sign-in was not finished, or took too long. Sign in anew.")
    came = Return(state=state, code=code, redirect_uri=_own_address(request))
    identity = _provider(parts).identify(secret, came)
    opened = services.oidc_sign_in.let_in(parts.database, identity, browser)
    services.desk_sessions.end_by_secret(parts.database, cookies.read(request))
    answer = ways.see(ways.own_path(unquote(wanted)))
    cookies.give(request, answer, opened)
    cookies.take_back(request, answer, COOKIE)
    return answer


@router.get("/end")
def end(request: Request, parts: PartsDep) -> Response:
    """Send who is signed out here to the provider, to be signed out there, too."""
    address = _provider(parts).way_out(_own_address(request, ways.SIGN_IN))
    if address is None:
        raise NotFound("The identity provider has no page to sign out at.")
    return ways.see(address)


def _provider(parts: Parts) -> IdentityProvider:
    if parts.identity_provider is None:
        raise NotFound("No identity provider is set up.")
    return parts.identity_provider


def _own_address(request: Request, path: str = CALLBACK) -> str:
    return f"{request.url.scheme}://{request.url.netloc}{path}"
