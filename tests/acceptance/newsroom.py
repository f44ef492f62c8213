"""A newsroom around a desk of real processes: its people, each with a key of their own."""

import itertools
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import sqlalchemy as sa

from app.access import Role
from tests.workers.desk import Desk

PATIENCE_S = 240.0

_numbers = itertools.count()


@dataclass
class Person:
    """Somebody with a key: every write carries an `Idempotency-Key`, every answer is checked."""

    name: str
    client: httpx2.Client
    versions: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, status: int = 200, **options: Any) -> Any:
        """Read something; gives the answer's JSON."""
        return self._checked(self.client.get(path, **options), status).json()

    def fetch(self, path: str, status: int = 200, **options: Any) -> httpx2.Response:
        """Read something that is no JSON."""
        return self._checked(self.client.get(path, **options), status)

    def post(
        self, path: str, body: Any, status: int = 200, *, if_match: str = "*", key: str = ""
    ) -> Any:
        """Write something; gives the answer's JSON."""
        return self._sent("POST", path, body, status, if_match=if_match, key=key)

    def put(self, path: str, body: Any, status: int = 200) -> Any:
        """Put something in its place."""
        return self._sent("PUT", path, body, status)

    def delete(self, path: str, status: int = 204, body: Any = None) -> Any:
        """Remove something."""
        return self._sent("DELETE", path, body, status)

    def send(self, clip: Path, status: int = 202, **fields: Any) -> Any:
        """Upload a file; gives the item as it is answered."""
        files = {"file": (clip.name, clip.read_bytes())}
        return self._checked(self.client.post("/v1/media", files=files, data=fields), status).json()

    def ready(self, media_id: str) -> Any:
        """Wait for an item's end; gives it when it is `ready`."""
        until = time.monotonic() + PATIENCE_S
        while True:
            item = self.get(f"/v1/media/{media_id}", headers={"Prefer": "wait=20"})
            if item["state"] == "ready":
                return item
            assert item["state"] != "failed", item
            assert time.monotonic() < until, item

    def _sent(
        self, method: str, path: str, body: Any, status: int, *, if_match: str = "*", key: str = ""
    ) -> Any:
        key = key or f"{self.name}-{next(_numbers)}"
        headers = {"Idempotency-Key": key, "If-Match": if_match}
        answer = self.client.request(method, path, json=body, headers=headers)
        self._checked(answer, status)
        return answer.json() if answer.content else None

    def _checked(self, answer: httpx2.Response, status: int) -> httpx2.Response:
        assert answer.status_code == status, (
            f"{self.name}: {answer.request.method} {answer.request.url.path} gave "
            f"{answer.status_code}, not {status}: {answer.text[:2000]}"
        )
        return answer


@dataclass
class Newsroom:
    """The people of the story."""

    database_url: str
    environment: dict[str, str]
    admin: Person
    producer: Person
    verifier: Person
    editor: Person
    second_editor: Person
    auditor: Person
    viewer: Person

    def events(self, kind: str, media_id: str | None = None) -> list[dict[str, Any]]:
        """The `data` of every event of a kind so far, oldest first."""
        wanted = {"after": 0, "limit": 200, "type": kind}
        page = self.admin.get(
            "/v1/events", params=wanted | ({"media_id": media_id} if media_id else {})
        )
        return [event["data"] for event in page["items"]]

    def last_event(self) -> int:
        """The number of the newest event."""
        after, more = 0, True
        while more:
            page = self.admin.get("/v1/events", params={"after": after, "limit": 200})
            after, more = int(page["next_after"]), page["next"] is not None
        return after


@dataclass
class Calls:
    """A port that somebody might call; how often anybody did."""

    url: str
    connections: int = 0


@contextmanager
def listening() -> Iterator[Calls]:
    """Listen on a loopback port, and count who connects."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        calls = Calls(f"http://127.0.0.1:{server.getsockname()[1]}/manifest")

        def count() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                calls.connections += 1
                connection.close()

        threading.Thread(target=count, daemon=True).start()
        try:
            yield calls
        finally:
            server.shutdown(socket.SHUT_RDWR)


@contextmanager
def altered_row(url: str, statement: str, undo: str) -> Iterator[None]:
    """Change rows by hand, as somebody with the database's password could; undone at the end."""
    engine = sa.create_engine(url)
    try:
        with engine.begin() as connection:
            connection.execute(sa.text(statement))
        yield
        with engine.begin() as connection:
            connection.execute(sa.text(undo))
    finally:
        engine.dispose()


@contextmanager
def newsroom(desk: Desk, database_url: str) -> Iterator[Newsroom]:
    """A desk that is ready, and its people."""
    desk.wait_until_ready()
    clients = []
    first = desk.client()

    def join(name: str, role: Role) -> Person:
        made = first.post("/v1/keys", json={"name": name, "role": role.value})
        assert made.status_code == 201, made.text
        client = desk.client()
        client.headers["Authorization"] = f"Bearer {made.json()['token']}"
        clients.append(client)
        return Person(name, client)

    try:
        yield Newsroom(
            database_url=database_url,
            environment=desk.environment,
            admin=join("admin", Role.ADMIN),
            producer=join("producer", Role.PRODUCER),
            verifier=join("verifier-1", Role.VERIFIER),
            editor=join("editor-1", Role.EDITOR),
            second_editor=join("editor-2", Role.EDITOR),
            auditor=join("auditor", Role.AUDITOR),
            viewer=join("viewer", Role.VIEWER),
        )
    finally:
        for client in (first, *clients):
            client.close()
