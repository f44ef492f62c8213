"""What stands against an act, as it is shown in place: a sentence, and each point of it."""

from collections.abc import Callable
from dataclasses import dataclass

from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import ValidationError
from sqlalchemy.orm import Session

from app.db import Database
from app.desk import ways
from app.desk.words import catalogue, requirement
from app.door.statuses import STATUS_OF
from app.errors import ServiceError


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something was not done; `status` is the answer's."""

    detail: str
    points: tuple[str, ...]
    status: int

    @classmethod
    def of(cls, error: ServiceError | ValidationError | RequestValidationError) -> "Refusal":
        """What a service, or the shape that it takes, has against it."""
        if isinstance(error, ValidationError | RequestValidationError):
            found = tuple(
                f"{'.'.join(map(str, each['loc'])) or 'form'}: {each['msg']}"
                for each in error.errors()
            )
            return cls(catalogue()["frame"]["incomplete"], found, 422)
        points = [requirement(each) for each in error.extra.get("missing", ())]
        restricted = error.extra.get("restricted", {})
        points += [f"{where}: {', '.join(terms)}" for where, terms in restricted.items()]
        said = catalogue()["frame"]["missing"] if "missing" in error.extra else error.detail
        return cls(said, tuple(points), STATUS_OF[type(error)])


def tried[T](database: Database, work: Callable[[Session], T]) -> T | Refusal:
    """What `work` gives in one transaction, or what stands against it."""
    try:
        with database.write() as session:
            return work(session)
    except (ServiceError, ValidationError) as error:
        return Refusal.of(error)


def attempt(
    database: Database,
    work: Callable[[Session], object],
    onward: str,
    refused: Callable[[Refusal], Response],
) -> Response:
    """Do `work` in one transaction and go `onward`; what stands against it is shown by `refused`."""
    done = tried(database, work)
    return refused(done) if isinstance(done, Refusal) else ways.see(onward)
