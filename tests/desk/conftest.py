from collections.abc import Callable

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.access import Role
from app.db import Database
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
