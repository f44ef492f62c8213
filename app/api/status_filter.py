"""The parameter `status` of lists: a status, or `!` and one for all others."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query

from app.errors import Unprocessable
from app.schemas.enums import VerificationStatus


@dataclass(frozen=True, slots=True)
class StatusFilter:
    """The status that a record must be `at`, or the one that it must `not_be_at`; None asks for nothing."""

    at: VerificationStatus | None = None
    not_be_at: VerificationStatus | None = None


def _read(
    status: Annotated[
        str | None,
        Query(description="A status of the record; `!void` lists all that are not void."),
    ] = None,
) -> StatusFilter:
    if not status:
        return StatusFilter()
    name = status.removeprefix("!")
    try:
        found = VerificationStatus(name)
    except ValueError as error:
        allowed = [each.value for each in VerificationStatus]
        detail = f"There is no status '{name}'; there are: {', '.join(allowed)}."
        raise Unprocessable(detail, allowed=allowed) from error
    return StatusFilter(not_be_at=found) if status.startswith("!") else StatusFilter(at=found)


AskedStatus = Annotated[StatusFilter, Depends(_read)]
