"""People of a test desk, and the browsers that they sit at."""

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from app import services
from app.access import Role, at_the_machine
from app.db import Database
from app.schemas.people import NewPerson

PASSWORD = "three plain words"
ADDRESS = "https://desk.test"
OWN = {"Sec-Fetch-Site": "same-origin"}


def add_person(database: Database, role: Role, login: str | None = None) -> str:
    """Somebody with the password `PASSWORD`; gives their id."""
    maker = at_the_machine("tests")
    wanted = NewPerson(login=login or role.value, name=f"A {role.value}", role=role)
    with database.write() as session:
        person = services.people.add(session, maker, wanted)
        secret = services.people.make_link(session, maker, person.id)
    services.people.set_by_link(database, secret, PASSWORD)
    return person.id


def open_browser(
    application: FastAPI, address: str = ADDRESS, client: str = "testclient"
) -> TestClient:
    """A browser in which nobody is signed in, on one of the desk's pages; `client` is where it is."""
    return TestClient(
        application,
        base_url=address,
        client=(client, 50000),
        headers=OWN,
        follow_redirects=False,
        raise_server_exceptions=False,
    )


def sign_in(browser: TestClient, login: str, password: str = PASSWORD, **fields: str) -> Response:
    """Send the form of the sign-in page."""
    return browser.post("/desk/sign-in", data={"login": login, "password": password, **fields})


def open_session(browser: TestClient, database: Database, role: Role) -> None:
    """Let a new person of a role be signed in, without what typing a password costs."""
    wanted = NewPerson(login=role.value, name=f"A {role.value}", role=role)
    with database.write() as session:
        person = services.people.add(session, at_the_machine("tests"), wanted)
        seen = services.desk_sessions.Browser(address="127.0.0.1", user_agent="a test")
        secret = services.desk_sessions.open_for(session, person, seen, "password")
    browser.cookies.set("__Host-desk", secret, domain="desk.test")
