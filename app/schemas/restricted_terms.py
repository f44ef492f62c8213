"""Restricted terms on the wire: what must not leave the house with an item."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Term = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]


class RestrictedTerms(BaseModel):
    """Names, numbers of cards and the like; each form that occurs is a term of its own."""

    model_config = ConfigDict(extra="forbid")

    terms: list[Term] = Field(max_length=500)
