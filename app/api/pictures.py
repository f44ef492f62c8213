"""What every answer with a picture or a file has in common: inert, and blurred where it takes care."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Query
from fastapi.responses import Response

from app.access import Actor
from app.bootstrap import Parts
from app.services import viewing
from app.services.viewing import View

# Whatever an upload claims to be, a browser neither renders nor runs it here.
INERT = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}
SENSITIVE = "X-Sensitive"

Blurred = Annotated[
    bool,
    Query(
        description="`false`: a sensitive picture as it is; needs the scope `media:sensitive`, and "
        "each view is put into the audit chain."
    ),
]

PICTURE: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {"image/jpeg": {}},
        "headers": {
            SENSITIVE: {
                "description": "Of a sensitive picture, its flags: it is blurred unless asked for.",
                "schema": {"type": "string"},
            }
        },
    }
}


def headers_of(view: View) -> dict[str, str]:
    """The headers of a picture seen in this way; a clear sensitive one is kept by nobody."""
    if not view.flags:
        return INERT
    kept = "no-store" if view.clear else "private, no-cache"
    return {**INERT, SENSITIVE: ",".join(sorted(view.flags)), "Cache-Control": kept}


def show(parts: Parts, actor: Actor, view: View, what: str, draw: Callable[[], bytes]) -> Response:
    """Give a picture, once the chain says who sees it; `what` is what it says of the picture."""
    jpeg = draw()
    viewing.note(parts.database, actor, view, what)
    return Response(jpeg, media_type="image/jpeg", headers=headers_of(view))
