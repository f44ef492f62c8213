from collections.abc import Callable, Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import Browser

from app.access import Role
from app.bootstrap import Parts
from app.db import Database
from tests.desk.chromium import Desk, chromium, desk_at
from tests.desk.people import add_person, open_browser, open_session, sign_in


@pytest.fixture
def browser(application: FastAPI) -> TestClient:
    """A browser in which nobody is signed in."""
    return open_browser(application)


@pytest.fixture
def browser_of(application: FastAPI, database: Database) -> Callable[[Role], TestClient]:
    """A browser in which a new person of a role is signed in, under the role's name."""

    def make(role: Role) -> TestClient:
        made = open_browser(application)
        open_session(made, database, role)
        return made

    return make


@pytest.fixture
def browser_by_password(application: FastAPI, database: Database) -> Callable[[Role], TestClient]:
    """The same where the person has the password `PASSWORD` and typed it, which takes longer."""

    def make(role: Role) -> TestClient:
        add_person(database, role)
        made = open_browser(application)
        assert sign_in(made, role.value).status_code == 303
        return made

    return make


@pytest.fixture(scope="module")
def program() -> Iterator[Browser]:
    """Chromium itself."""
    with chromium() as started:
        yield started


@pytest.fixture
def desk(program: Browser, parts: Parts) -> Iterator[Desk]:
    """A served desk, at which people sit down with browsers of their own."""
    with desk_at(program, parts) as served:
        yield served
