"""The session's cookie: given at sign-in, read by both doors, taken back at sign-out."""

import ipaddress

from fastapi import Request
from fastapi.responses import Response

from app.db.desk_sessions import LONGEST
from app.errors import Forbidden

_PLAIN, _SECURE = "desk", "__Host-desk"


def read(request: Request, name: str = "") -> str | None:
    """The secret that the browser sent, if it sent one."""
    return request.cookies.get(_name(request, name))


def give(
    request: Request,
    response: Response,
    secret: str,
    *,
    name: str = "",
    max_age_s: int = int(LONGEST.total_seconds()),
) -> None:
    """Have the browser keep a secret, for this host only and out of scripts' reach."""
    require_safe_way(request)
    response.set_cookie(
        _name(request, name),
        secret,
        max_age=max_age_s,
        path="/",
        secure=_is_https(request),
        httponly=True,
        samesite="lax",
    )


def take_back(request: Request, response: Response, name: str = "") -> None:
    """Have the browser forget the secret."""
    response.delete_cookie(
        _name(request, name), path="/", secure=_is_https(request), httponly=True, samesite="lax"
    )


def require_safe_way(request: Request) -> None:
    """Refuse to take passwords over a network in plain text."""
    if not (_is_https(request) or _is_loopback(request.url.hostname or "")):
        raise Forbidden(
            "Sign in over https, or on the desk's own machine: on this way anybody could listen."
        )


def _name(request: Request, suffix: str) -> str:
    own = _SECURE if _is_https(request) else _PLAIN
    return f"{own}-{suffix}" if suffix else own


def _is_https(request: Request) -> bool:
    return request.url.scheme == "https"


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
