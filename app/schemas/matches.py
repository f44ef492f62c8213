"""Matches on the wire; `Segment` and `Evidence` are also the shapes that the tables hold."""

from datetime import datetime
from typing import Annotated

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    StringConstraints,
    model_serializer,
)

from app.core.media import MediaKind
from app.core.policy import Grade, Note, Relation
from app.schemas.dating import Evidenced
from app.schemas.enums import MatchFound, ReviewDecision, Shelf, VerificationStatus
from app.schemas.page import Page
from app.schemas.privacy_enums import SensitivityFlag
from app.schemas.searches import Searched

Share = Annotated[float, Field(ge=0, le=1)]


class Span(BaseModel):
    """From when to when, in milliseconds of presentation time."""

    model_config = ConfigDict(from_attributes=True)

    start_ms: int
    end_ms: int


class Transform(BaseModel):
    """One thing that was done to the known footage to make the query."""

    model_config = ConfigDict(from_attributes=True, extra="allow")

    kind: str
    box: tuple[float, float, float, float] | None = Field(
        None, description="Left, top, width and height, as shares of the picture."
    )
    degrees: float | None = Field(None, description="Of `rotation`.")
    factor: float | None = Field(None, description="Of `speed` and `stretch`.")

    @model_serializer(mode="wrap")
    def _without_absent_fields(self, standard: SerializerFunctionWrapHandler) -> dict[str, object]:
        shown: dict[str, object] = standard(self)
        return {name: value for name, value in shown.items() if value is not None}


class Segment(BaseModel):
    """Which seconds of the query match which seconds of the known item."""

    model_config = ConfigDict(from_attributes=True)

    query: Span
    known: Span
    modality: str = Field(description="`visual`, `audio` or `both`.")
    speed: float = Field(description="Known seconds that play in one second of the query.")
    score: float
    transforms: list[Transform]


class Evidence(BaseModel):
    """Two moments that show the same, and how sure that is."""

    model_config = ConfigDict(from_attributes=True)

    query_ms: int
    known_ms: int
    similarity: float
    inliers: int | None = Field(None, description="Local features that agree on one geometry.")
    placement: tuple[float, float, float, float, float, float] | None = Field(
        None,
        description="Row-major 2×3: takes shares (0 to 1) of the query picture, mirrored first when "
        "`mirrored`, to shares of the known picture.",
    )
    mirrored: bool = False


class EvidenceItem(Evidence):
    """Evidence, with links to both stills, as they are and drawn."""

    links: dict[str, str]


class Coverage(BaseModel):
    """How much of each side is in the other; neither decides alone."""

    query: Share
    known: Share


class SideItem(BaseModel):
    """One end of a match."""

    title: str
    kind: MediaKind
    duration_ms: int | None = None
    collections: list[str]
    source_name: str | None
    earliest_evidenced_at: datetime | None = Field(description="By when it existed at the latest.")
    earliest_evidence: Evidenced | None = Field(None, description="What shows that, how strongly.")
    verification_status: VerificationStatus
    sensitivity: list[SensitivityFlag] = Field(
        default=[], description="The flags of either side hide the pictures of both."
    )


class Review(BaseModel):
    """What a person said of the match; a rejected pair stays silent for ever."""

    decision: ReviewDecision | None
    by: str | None = None
    at: datetime | None = None


class Engine(BaseModel):
    """What found the match."""

    algorithm: str
    version: str


class MatchItem(BaseModel):
    """A query item and another one, the known one, that share footage or sound."""

    id: str
    query_media_id: str
    known_media_id: str
    against: Shelf = Field(
        description="What the other item is now: `known` material, or an `upload` in no collection."
    )
    relation: Relation
    grade: Grade
    confidence: float
    coverage: Coverage
    segments: list[Segment]
    evidence: list[EvidenceItem]
    notes: list[Note] = Field(
        description="`common_material`: only a lead because what is shared is in common material, "
        "is shared by many unlike known items, or was rejected for other uploads."
    )
    query: SideItem
    known: SideItem
    review: Review
    found: MatchFound
    preliminary: bool = Field(
        default=False,
        description="From a first look: the full answer will confirm, change or withdraw it.",
    )
    invalidated_at: datetime | None = Field(
        None, description="When the known item was purged; the match stays for the record."
    )
    found_at: datetime
    engine: Engine
    links: dict[str, str]

    @property
    def stands(self) -> bool:
        """Whether nobody rejected it, and its known item is still there."""
        is_rejected = self.review.decision is ReviewDecision.REJECTED
        return not is_rejected and self.invalidated_at is None


class Explained(BaseModel):
    """How much of an item is known material, by all its matches that are sure and not rejected."""

    share: Share
    spans: list[Span] = Field(description="In order, none overlapping; of a still `0` to `0`.")


class MatchPage(Page[MatchItem]):
    """Some matches, against what was searched, and how much all matches explain together."""

    searched: Searched | None = Field(description="Null before the first search.")
    explained: Explained | None = Field(
        description="Null before the first search. Of the item as a query, over all pages."
    )


class ReviewRequest(BaseModel):
    """What a person says of a match."""

    model_config = ConfigDict(extra="forbid")

    decision: ReviewDecision
    note: (
        Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
        | None
    ) = None
