from collections.abc import Callable

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.access import Role
from app.db import Database
from tests.desk.people import open_browser, open_session


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
