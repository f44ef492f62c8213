"""A request's parts, its transaction, and where it comes from."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from app.bootstrap import Parts
from app.services.desk_sessions import Browser


def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


PartsDep = Annotated[Parts, Depends(_parts)]


def _reading(parts: PartsDep) -> Iterator[Session]:
    with parts.database.read() as session:
        yield session


def _writing(parts: PartsDep) -> Iterator[Session]:
    with parts.database.write() as session:
        yield session


# `scope="function"` commits before the answer leaves: a failed commit must never be a 202.
Reading = Annotated[Session, Depends(_reading, scope="function")]
Writing = Annotated[Session, Depends(_writing, scope="function")]


def _browser(request: Request) -> Browser:
    address = request.client.host if request.client else None
    return Browser(address=address, user_agent=request.headers.get("user-agent", ""))


BrowserDep = Annotated[Browser, Depends(_browser)]
