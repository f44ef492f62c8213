"""What many bodies are made of: lines, texts, links, moments, stretches, and who wrote them."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    model_validator,
)

LINE_MAX = 500
TEXT_MAX = 20_000
LINK_MAX = 2_000

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
"""Control characters but tabs and ends of lines: no text needs them, and NUL not every database keeps."""

FILENAME_MAX = 255
_MISLEADING = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def printable_name(name: str) -> str:
    """A file's name as it is kept, without what could mislead a terminal, a header or a reader."""
    return _MISLEADING.sub("", name)[:FILENAME_MAX]


Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=LINE_MAX)]
FilledLine = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LINE_MAX)
]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=TEXT_MAX)]
FilledText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=TEXT_MAX)
]
Link = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=LINK_MAX, pattern=r"^https?://[^\s/]+\S*$"),
]


def _iso(moment: datetime | date) -> str:
    return moment.isoformat()


def _in_the_calendar[T: (datetime, date)](moment: T) -> T:
    if isinstance(moment, datetime):
        try:
            moment.astimezone(UTC)
        except OverflowError as error:
            raise ValueError("in UTC it lies outside the years 1 to 9999") from error
    return moment


_NUMBER = re.compile(r"\s*[-+]?[\d._]+\s*")


def _no_number(given: object) -> object:
    # Numbers would be seconds since 1970, but whoever writes `2024` means a year.
    if isinstance(given, int | float) or (isinstance(given, str) and _NUMBER.fullmatch(given)):
        raise ValueError("a number is no date: write a day as 2026-11-30, an instant with its zone")
    return given


Instant = Annotated[AwareDatetime, BeforeValidator(_no_number), AfterValidator(_in_the_calendar)]
"""An instant with its zone that can be told in UTC, as which it is stored."""
Day = Annotated[date, BeforeValidator(_no_number)]
"""A day."""
Moment = Annotated[
    AwareDatetime | date,
    BeforeValidator(_no_number),
    AfterValidator(_in_the_calendar),
    PlainSerializer(_iso, return_type=str),
]
"""A day, or an instant with its zone, as exactly as it is known; kept as ISO 8601 text."""


class Strict(BaseModel):
    """A body in which an unknown field is refused, not dropped."""

    # JSON has neither infinity nor NaN, and Python reads `1e999` as one.
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class TimeRange(Strict):
    """From when to when in the item, in milliseconds of presentation time."""

    start_ms: Annotated[int, Field(ge=0)]
    end_ms: Annotated[int, Field(ge=0)]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end_ms < self.start_ms:
            raise ValueError("`end_ms` lies before `start_ms`")
        return self


class Person(BaseModel):
    """Whose key it was."""

    id: str
    name: str


class ActingPerson(Person):
    """Whose key it was, and its role at that time."""

    role: str
