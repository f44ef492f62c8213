"""A write to one record: taken for this change alone, its version checked, its new tag answered."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from fastapi.responses import Response
from pydantic import BaseModel
from sqlalchemy.orm import Session

from app import services
from app.access import Actor
from app.api.conditional import IfMatch, Precondition, etag
from app.api.idempotency import Answer, KeyedWrite, KeyedWriter
from app.db.verifications import Verification


@dataclass(frozen=True, slots=True)
class RecordWriter:
    """Runs a change of the record that the path names; `If-Match` is optional, 412 on a race."""

    media_id: str
    if_match: Precondition
    write: KeyedWriter

    def __call__(
        self,
        actor: Actor,
        work: Callable[[Session, Verification], BaseModel],
        status_code: int = 201,
    ) -> Response:
        """The answer of `work`, committed."""

        def change(session: Session) -> Answer:
            record = services.verifications.take(session, self.media_id)
            self.if_match.check(record.version)
            body = work(session, record)
            return Answer(body, status_code=status_code, headers={"ETag": etag(record.version)})

        return self.write(actor, change)


def _record_writer(media_id: str, if_match: IfMatch, write: KeyedWrite) -> RecordWriter:
    return RecordWriter(media_id, if_match, write)


RecordWrite = Annotated[RecordWriter, Depends(_record_writer)]
