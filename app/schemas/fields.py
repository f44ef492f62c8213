"""What many bodies are made of: lines, texts, links, moments, and who wrote them."""

from datetime import date, datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, PlainSerializer, StringConstraints

TEXT_MAX = 20_000
LINK_MAX = 2_000

Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
FilledLine = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
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


Moment = Annotated[AwareDatetime | date, PlainSerializer(_iso, return_type=str)]
"""A day, or an instant with its zone, as exactly as it is known; kept as ISO 8601 text."""


class Strict(BaseModel):
    """A body in which an unknown field is refused, not dropped."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Person(BaseModel):
    """Whose key it was."""

    id: str
    name: str


class ActingPerson(Person):
    """Whose key it was, and its role at that time."""

    role: str
