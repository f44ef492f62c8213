"""Pages from templates that escape everything."""

from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.access import Actor, Scope
from app.desk import filters, single_keys, static

FOLDER = Path(__file__).with_name("templates")


def render(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page; besides `values` it knows `actor` (nobody before sign-in) and the `path` it is at."""
    actor: Actor | None = getattr(request.state, "actor", None)
    known = {
        "actor": actor,
        "path": request.url.path,
        "single_keys": single_keys.are_heard(request, actor),
    }
    return HTMLResponse(environment().get_template(template).render(**known, **values), status)


@cache
def environment() -> Environment:
    """What all templates share."""
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(static=static.address, Scope=Scope)
    filters.install(made)
    return made
