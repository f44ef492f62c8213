"""Retention on the wire: why an item is kept, how long, and what is due."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from app.schemas.holds import Reason
from app.schemas.page import Page
from app.schemas.privacy_enums import RetentionClass


class RetentionAnswer(BaseModel):
    """Why one item is kept, and until when."""

    media_id: str
    retention_class: RetentionClass
    by_hand: bool = Field(description="Whether somebody set the class; else it follows from state.")
    since: datetime = Field(description="Its last arrival, change of status or class set by hand.")
    due_at: datetime | None = Field(description="Null: it is kept.")
    held: bool
    purged_automatically: bool = Field(description="Whether the desk purges it when it is due.")


class RetentionChange(BaseModel):
    """The class to put an item in; null lets it follow from the item's state again."""

    model_config = ConfigDict(extra="forbid")

    retention_class: RetentionClass | None
    reason: Reason


class ClassRule(BaseModel):
    """How long one class is kept."""

    retention_class: RetentionClass
    days: int | None = Field(description="Null: for ever.")
    purged_automatically: bool


class RetentionPage(Page[RetentionAnswer]):
    """What is due, and the rules that it is due by."""

    classes: list[ClassRule]
