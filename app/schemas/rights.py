"""The rights to an item's footage on the wire."""

from datetime import datetime

from pydantic import BaseModel

from app.schemas.fields import Person, Strict, Text
from app.schemas.record_enums import RightsState


class NewRights(Strict):
    """What the desk may do from now on, and on which terms."""

    state: RightsState
    terms: Text | None = None


class RightsItem(BaseModel):
    """What the desk may do; `by` and `at` are null while nobody has said anything."""

    state: RightsState
    terms: str | None
    by: Person | None
    at: datetime | None
