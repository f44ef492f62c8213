"""Whether the desk's own page sent a request: what a cookie may do depends on it.

Browsers say where a request comes from in `Sec-Fetch-Site`, which no page can forge; older ones,
and those on plain http, in `Origin`. So no token is needed against forged requests.
"""

from urllib.parse import urlsplit

from fastapi import Request

from app.errors import CrossOrigin

_OWN = {"same-origin", "none"}
_SAFE = {"GET", "HEAD", "OPTIONS"}


def require_own(request: Request) -> None:
    """Refuse what another site's page sent: changes always, reading unless somebody follows a link."""
    if not (_may_read(request) if request.method in _SAFE else _may_change(request)):
        raise CrossOrigin("A page of another site sent this; the desk takes it from its own only.")


def _may_read(request: Request) -> bool:
    site = request.headers.get("sec-fetch-site")
    is_visit = request.headers.get("sec-fetch-mode") == "navigate"
    return site is None or site in _OWN or is_visit


def _may_change(request: Request) -> bool:
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in _OWN
    origin = request.headers.get("origin")
    return origin is not None and _is_own_origin(origin, request)


def _is_own_origin(origin: str, request: Request) -> bool:
    # Schemes are not compared: a proxy may have taken the TLS off.
    try:
        found, own = urlsplit(origin), urlsplit(f"//{request.headers['host']}")
        same_port = found.port == own.port
    except (KeyError, ValueError):
        return False
    return found.hostname is not None and found.hostname == own.hostname and same_port
