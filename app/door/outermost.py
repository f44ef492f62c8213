"""What every answer passes, that of a failure that nobody expected, too."""

from collections.abc import Callable

from fastapi import FastAPI
from starlette.types import ASGIApp


def surround(app: FastAPI, around: Callable[[ASGIApp], ASGIApp]) -> None:
    """Put `around` outside of all else; `add_middleware` puts it inside of what answers failures."""
    build = app.build_middleware_stack
    app.build_middleware_stack = lambda: around(build())  # type: ignore[method-assign]
