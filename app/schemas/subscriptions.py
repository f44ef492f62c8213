"""Subscriptions by subject on the wire."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field, StringConstraints, model_validator

from app.core.policy import Grade
from app.schemas.fields import FilledLine, Person, Strict

Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]


class NewSubscription(Strict):
    """One subject, and from which grade of match on it is told."""

    name: FilledLine
    media_id: str | None = Field(None, description="Whatever matches this item.")
    collection: str | None = Field(
        None, description="Whatever matches an item of this one: a slug."
    )
    tags: list[Tag] | None = Field(
        None, min_length=1, max_length=20, description="Whatever matches an item with all of these."
    )
    min_grade: Grade = Grade.PROBABLE

    @model_validator(mode="after")
    def _has_one_subject(self) -> Self:
        if sum(each is not None for each in (self.media_id, self.collection, self.tags)) != 1:
            raise ValueError("name one subject: `media_id`, `collection` or `tags`")
        return self


class SubscriptionChange(Strict):
    """What to change; what is left out stays. Another subject is another subscription."""

    name: FilledLine | None = None
    min_grade: Grade | None = None
    active: bool | None = None


class SubscriptionAnswer(BaseModel):
    """A subscription: its matches are told as `subscription.matched`, once a pair."""

    id: str
    name: str
    owner: Person
    media_id: str | None
    collection: str | None
    tags: list[str] | None
    min_grade: Grade
    active: bool = Field(description="False also once the item of it was purged.")
    created_at: datetime
    links: dict[str, str]
