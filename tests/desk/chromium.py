"""Debian's Chromium, driven as a person would: a browser a test session, a fresh profile a person."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from app import services
from app.access import Role, at_the_machine
from app.db import Database
from app.schemas.people import NewPerson
from app.services.desk_sessions import Browser as Seen

PROGRAM = Path("/usr/bin/chromium")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
PATIENCE_MS = 30_000


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser; without it a skip, in CI a failure."""
    if not PROGRAM.exists():
        reason = "Chromium is not installed (Debian: apt install chromium)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
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


def at_desk(
    browser: Browser, database: Database, address: str, role: Role, **options: Any
) -> Person:
    """Somebody of this role, signed in; `options` are those of the browser's context."""
    wanted = NewPerson(login=role.value, name=f"A {role.value}", role=role)
    with database.write() as session:
        person = services.people.add(session, at_the_machine("tests"), wanted)
        secret = services.desk_sessions.open_for(session, person, Seen("127.0.0.1", "a test"), "x")
    context = browser.new_context(base_url=address, **options)
    context.add_cookies([{"name": "desk", "value": secret, "url": address}])
    return Person(context, context.new_page()).watch()
