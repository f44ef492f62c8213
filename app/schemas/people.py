"""People who sign in, as they are added; and who a request is made by."""

from typing import Annotated

from pydantic import BaseModel, StringConstraints

from app.access import Actor, Role, Scope
from app.schemas.fields import Strict

Login = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, to_lower=True, max_length=100, pattern=r"^[\w][\w.@+-]*$"
    ),
]
# What mentions and histories name somebody by: on one line, without control characters.
PersonName = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$"
    ),
]


class NewPerson(Strict):
    """Somebody to add."""

    login: Login
    name: PersonName
    role: Role


class PersonChange(Strict):
    """What somebody is called and may do from now on; without `login` they sign in as before."""

    name: PersonName
    role: Role
    login: Login | None = None


class MeAnswer(BaseModel):
    """Who makes this request, and what they may do."""

    id: str
    name: str
    role: Role
    scopes: list[Scope]

    @classmethod
    def of(cls, actor: Actor) -> "MeAnswer":
        """The answer about an actor."""
        return cls(id=actor.id, name=actor.name, role=actor.role, scopes=sorted(actor.scopes))
