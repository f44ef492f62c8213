"""Whether pages hear single keys: who dictates or brushes a keyboard can do without (WCAG 2.1.4).

Kept in a cookie of one person's and one browser's own, which outlives signing out.
"""

from fastapi import Request
from fastapi.responses import Response

from app.access import Actor
from app.door import cookies

KEPT_S = 400 * 24 * 3600  # the longest that browsers keep a cookie
_OFF = "off"


def are_heard(request: Request, actor: Actor | None) -> bool:
    """Whether the pages hear single keys of whoever is signed in."""
    return actor is None or cookies.read(request, _name(actor)) != _OFF


def switch(request: Request, response: Response, actor: Actor, *, on: bool) -> None:
    """Have the pages hear single keys of this person in this browser, or hear them no more."""
    if on:
        cookies.take_back(request, response, _name(actor))
    else:
        cookies.give(request, response, _OFF, name=_name(actor), max_age_s=KEPT_S)


def _name(actor: Actor) -> str:
    return f"keys-{actor.id}"
