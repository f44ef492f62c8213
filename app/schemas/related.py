"""What other records say of the same footage, on the wire: shown beside a verdict, never taken over."""

from pydantic import BaseModel, Field

from app.core.media import MediaKind
from app.core.policy import Grade, Relation
from app.schemas.enums import VerificationStatus
from app.schemas.matches import Span


class RelatedSegment(BaseModel):
    """Which stretch of this item shows which stretch of the other one."""

    own: Span
    other: Span


class Through(BaseModel):
    """The item that both match, where they do not match each other."""

    media_id: str
    match_id: str = Field(description="Of that item and the other one.")
    relation: Relation


class RelatedVerdict(BaseModel):
    """What the desk said of another item that shares footage or sound with this one."""

    media_id: str
    title: str
    kind: MediaKind
    status: VerificationStatus
    match_id: str = Field(description="Of this item: with the other one, or with `through`.")
    relation: Relation = Field(description="Of that match, as it is stored.")
    grade: Grade
    transforms: list[str] = Field(description="What was done to the footage on the way.")
    segments: list[RelatedSegment]
    through: Through | None = None
    links: dict[str, str]
