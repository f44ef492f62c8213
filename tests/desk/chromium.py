"""Debian's Chromium, driven as a person would: a browser a test session, a fresh profile a person."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from app import services
from app.access import Role, at_the_machine
from app.bootstrap import Parts
from app.db import Database
from app.schemas.people import NewPerson
from app.services.desk_sessions import Browser as Seen
from scripts.chromium import FLAGS, PROGRAM
from tests.needed import missing
from tests.serving import served

PATIENCE_MS = 30_000


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser; without it a skip, in CI a failure."""
    if not PROGRAM.exists():
        missing("Chromium is not installed (Debian: apt install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PROGRAM, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Person:
    """Somebody at a browser of their own, and everything that went wrong in it."""

    context: BrowserContext
    page: Page
    wrong: list[str] = field(default_factory=list)

    def watch(self) -> "Person":
        """Note what a page complains of: scripts, styles and files that the policy refuses, too."""
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on(
            "console",
            lambda said: self.wrong.append(said.text) if said.type == "error" else None,
        )
        return self


@dataclass
class Desk:
    """A served desk, and the people who sit at it."""

    browser: Browser
    database: Database
    address: str
    people: list[Person] = field(default_factory=list)

    def sit_down(self, role: Role, **options: Any) -> Person:
        """Somebody of this role, signed in; `options` are those of the browser's context."""
        wanted = NewPerson(
            login=f"{role.value}{len(self.people)}", name=f"A {role.value}", role=role
        )
        with self.database.write() as session:
            person = services.people.add(session, at_the_machine("tests"), wanted)
            seen = Seen("127.0.0.1", "a test")
            secret = services.desk_sessions.open_for(session, person, seen, "password")
        context = self.browser.new_context(base_url=self.address, **options)
        context.add_cookies([{"name": "desk", "value": secret, "url": self.address}])
        self.people.append(Person(context, context.new_page()).watch())
        return self.people[-1]

    def close(self) -> None:
        """Let everybody go: a server waits for streams that are still read."""
        for person in self.people:
            person.context.close()


@contextmanager
def desk_at(browser: Browser, parts: Parts) -> Iterator[Desk]:
    """A desk over `parts`, served on the loopback address."""
    expect.set_options(timeout=PATIENCE_MS)
    with served(parts) as port:
        desk = Desk(browser, parts.database, f"http://127.0.0.1:{port}")
        try:
            yield desk
        finally:
            desk.close()
