"""`Idempotency-Key` on writes: sent twice, done once, answered the same.

Every JSON write takes `write: KeyedWrite` instead of a session and returns what it gives:

    @router.post("/v1/things", status_code=201, response_model=ThingAnswer)
    def make_thing(body: NewThing, actor: Curator, write: KeyedWrite) -> Response:
        def work(session: Session) -> Answer:
            thing = services.things.make(session, body.name, actor)
            return Answer(ThingAnswer.of(thing), status_code=201)

        return write(actor, work)

`work` runs in one write transaction, which also keeps the answer, and the answer leaves after the
commit. The same key with the same request gives the kept answer with `Idempotency-Replayed: true`
and does not run `work`; with another body, path, query or `If-Match` it is refused (422
`key_reused`). Two at once: the second waits for the first. A refusal (any error raised in `work`)
undoes everything and is not kept, so that the request may be sent again. Without the header, `work`
just runs. For an answer that holds a secret, `kept` is what a repetition gets instead.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Header, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel
from sqlalchemy.orm import Session

from app import db
from app.access import Actor
from app.api.dependencies import PartsDep
from app.services import idempotency

REPLAYED = "Idempotency-Replayed"

IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=255,
        description="Sent again, the same request gives the same answer and changes nothing.",
    ),
]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a write answers; without `body` it is an empty 204."""

    body: BaseModel | None = None
    status_code: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    kept: BaseModel | None = None

    def response(self) -> Response:
        """The answer on the wire."""
        if self.body is None:
            return Response(status_code=204, headers=self.headers)
        return JSONResponse(self.body.model_dump(mode="json"), self.status_code, self.headers)


def replay(kept: db.idempotency.KeptAnswer) -> Response:
    """A kept answer on the wire."""
    headers = {**kept.headers, REPLAYED: "true"}
    if kept.status_code == 204:
        return Response(status_code=204, headers=headers)
    return JSONResponse(kept.body, kept.status_code, headers)


def keep(session: Session, request: idempotency.KeyedRequest, answer: Answer) -> None:
    """Keep `answer` in the transaction that did the work."""
    body = answer.kept or answer.body
    idempotency.keep(
        session,
        request,
        answer.status_code if answer.body is not None else 204,
        answer.headers,
        body.model_dump(mode="json") if body else {},
    )


class KeyedWriter:
    """Runs a request's work in one write transaction, at most once per `Idempotency-Key`."""

    def __init__(self, database: db.Database, key: str | None, route: str, digest: str) -> None:
        self._database = database
        self._key = key
        self._route = route
        self._digest = digest

    def __call__(self, actor: Actor, work: Callable[[Session], Answer]) -> Response:
        """The answer of `work`, committed; or the one kept from the first time."""
        if self._key is None:
            with self._database.write() as session:
                answer = work(session)
            return answer.response()
        request = self._request(self._key, actor)
        with self._database.write() as session:
            kept = idempotency.recall(session, request)
            if kept is None:
                answer = work(session)
                keep(session, request, answer)
        return replay(kept) if kept else answer.response()

    def kept(self, actor: Actor) -> Response | None:
        """The answer kept from the first time, for what does most of its work before `work`."""
        if self._key is None:
            return None
        with self._database.write() as session:
            kept = idempotency.recall(session, self._request(self._key, actor))
        return replay(kept) if kept else None

    def _request(self, key: str, actor: Actor) -> idempotency.KeyedRequest:
        return idempotency.KeyedRequest(key, actor.id, self._route, self._digest)


def route_of(request: Request) -> str:
    """The route's name for keys: the method and the path's template."""
    return f"{request.method} {request.scope['route'].path}"


async def _write_of(
    request: Request, parts: PartsDep, idempotency_key: IdempotencyKey = None
) -> Callable[[str | bytes], KeyedWriter]:
    condition = request.headers.get("if-match", "")
    target = f"{request.url.path}?{request.url.query}"

    def of(body: str | bytes) -> KeyedWriter:
        digest = idempotency.digest(target, condition, body)
        return KeyedWriter(parts.database, idempotency_key, route_of(request), digest)

    return of


StreamedWrite = Annotated[Callable[[str | bytes], KeyedWriter], Depends(_write_of)]
"""For a route that receives its body by itself: gives the `KeyedWrite` by the body's hash."""


async def _keyed_writer(request: Request, write_of: StreamedWrite) -> KeyedWriter:
    return write_of(await request.body())


KeyedWrite = Annotated[KeyedWriter, Depends(_keyed_writer)]
