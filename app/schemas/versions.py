"""The versions of one footage on the wire: an item, and each that it is proven to share footage with."""

from pydantic import BaseModel, Field

from app.core.policy import Grade, Relation
from app.schemas.enums import ReviewDecision, Shelf
from app.schemas.matches import Coverage
from app.schemas.media import MediaAnswer, ReceiptAnswer


class VersionMatch(BaseModel):
    """What proves that the item that was asked about and another one share footage."""

    id: str
    relation: Relation = Field(description="How the query of the two relates to the other one.")
    is_query: bool = Field(description="Whether the item that was asked about is the query.")
    grade: Grade
    confidence: float
    coverage: Coverage
    decision: ReviewDecision | None = Field(description="What a person said of it.")
    links: dict[str, str]


class Version(BaseModel):
    """One item of the group, and how it came."""

    media: MediaAnswer
    shelf: Shelf = Field(description="Whether it is known material or an upload.")
    receipts: list[ReceiptAnswer] = Field(
        description="Its first 20 arrivals; `media.receipts` counts all."
    )
    match: VersionMatch | None = Field(description="Null for the item that was asked about.")


class VersionList(BaseModel):
    """An item first, then its versions, surest first; whatever is named is an item's id.

    Only what is proven of the item itself: a version of a version need not be one.
    """

    items: list[Version]
    earliest_received: str
    longest: str | None = Field(description="Null when all are stills.")
    largest: str | None = Field(description="The most pixels; null where none has a picture.")
    complete: bool = Field(description="False: it has more, less sure ones.")
