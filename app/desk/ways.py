"""Where a visitor goes next: back to the page that was wanted, never off the desk."""

from urllib.parse import quote, unquote, urlsplit

from fastapi import Request
from fastapi.responses import RedirectResponse

HOME = "/desk/"
SIGN_IN = "/desk/sign-in"
PERSONAL_LINK = "/desk/set-password/"
_NEXT_MAX = 2000


def own_path(wanted: str | None) -> str:
    """The page that was wanted, if it is one of the desk's; else the first page."""
    if not wanted or len(wanted) > _NEXT_MAX or not wanted.isprintable() or "\\" in wanted:
        return HOME
    path = unquote(wanted.partition("?")[0].partition("#")[0])
    return wanted if wanted.startswith(HOME) and ".." not in path.split("/") else HOME


def sign_in_for(request: Request) -> str:
    """The address of the sign-in page that leads back to where the request came from."""
    if is_page(request):
        wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    else:
        wanted = _asking_page(request)
    wanted = own_path(wanted)
    return SIGN_IN if wanted == HOME else f"{SIGN_IN}?next={quote(wanted, safe='')}"


def _asking_page(request: Request) -> str:
    """Which page a script asks from, if that can be read."""
    try:
        current = urlsplit(request.headers.get("hx-current-url", ""))
    except ValueError:
        return HOME
    return current.path + (f"?{current.query}" if current.query else "")


def is_page(request: Request) -> bool:
    """Whether the answer will be shown as a page, not taken by a script or put into one."""
    return request.method == "GET" and not is_by_script(request)


def is_by_script(request: Request) -> bool:
    """Whether a script of a page made the request."""
    return "hx-request" in request.headers or request.headers.get("sec-fetch-dest") == "empty"


def see(address: str) -> RedirectResponse:
    """Send the browser to a page, after a form or in place of another page."""
    return RedirectResponse(address, 303)
