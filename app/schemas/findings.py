"""Findings on the wire: one body a pillar, because each pillar finds out something else.

Every field of a `value` may be left out: what is unknown stays unknown.
"""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field, model_validator

from app.schemas.enums import SourceKind
from app.schemas.fields import (
    FilledLine,
    Instant,
    Line,
    Link,
    Moment,
    Person,
    Strict,
    Text,
    TimeRange,
)
from app.schemas.finding_enums import (
    DateBasis,
    EditedBySource,
    FindingVerdict,
    Interest,
    Originality,
    Pillar,
    ProofKind,
)

_SETTLED = (FindingVerdict.CONFIRMED, FindingVerdict.PROBABLE)


class Proof(Strict):
    """One thing that a finding rests on: a match, a note or a link are checked to be one."""

    kind: ProofKind
    ref: Line | None = Field(None, description="Its id, link or place.")
    time_ranges: list[TimeRange] = Field(default=[], max_length=50)
    archive_url: Link | None = None
    archived_at: Instant | None = None


class EarliestKnown(Strict):
    """The earliest place where the footage is known to have been."""

    url: Link | None = None
    at: Moment | None = None
    media_id: Line | None = None


class ProvenanceValue(Strict):
    """Whether this is the original, and what is known of it."""

    is_original: Originality = Originality.UNKNOWN
    copy_of: Line | None = Field(None, description="The original: an item's id, or what it is.")
    earliest_known: EarliestKnown | None = None
    generation: Annotated[int, Field(ge=0, le=100)] | None = Field(
        None, description="How many times it was re-encoded since the original: 0 is the original."
    )


class SourceValue(Strict):
    """Who filmed it, who released it, and how the desk stands to them."""

    filmed_by: Line | None = None
    released_by: Line | None = None
    channel: Line | None = None
    relation: SourceKind = SourceKind.UNKNOWN
    contacted: bool | None = None
    permission: Line | None = None


class DateValue(Strict):
    """When it was filmed: from when to when, and on what that rests."""

    start: Moment | None = Field(None, alias="from")
    end: Moment | None = Field(None, alias="to")
    basis: DateBasis | None = None


class LocationValue(Strict):
    """Where it was filmed."""

    text: Line | None = None
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    lon: Annotated[float, Field(ge=-180, le=180)] | None = None
    precision_m: Annotated[float, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _both_or_neither(self) -> Self:
        if (self.lat is None) is not (self.lon is None):
            raise ValueError("`lat` and `lon` belong together")
        return self


class MotivationValue(Strict):
    """Why it was released, and whether it was edited for that."""

    text: Text | None = None
    interest: Interest = Interest.UNKNOWN
    edited_by_source: EditedBySource = EditedBySource.UNKNOWN


class _NewFinding(Strict):
    verdict: FindingVerdict
    said_by_source: Text | None = Field(None, description="What the source says of it.")
    method: list[FilledLine] = Field(default=[], max_length=50, description="How you found out.")
    evidence: list[Proof] = Field(default=[], max_length=50)
    limits: Text | None = Field(None, description="What this does not show.")


class NewProvenanceFinding(_NewFinding):
    """What the desk found out about the file's origin."""

    pillar: Literal[Pillar.PROVENANCE]
    value: ProvenanceValue = ProvenanceValue()


class NewSourceFinding(_NewFinding):
    """What the desk found out about who filmed and released it."""

    pillar: Literal[Pillar.SOURCE]
    value: SourceValue = SourceValue()


class NewDateFinding(_NewFinding):
    """What the desk found out about when it was filmed; metadata alone settles nothing."""

    pillar: Literal[Pillar.DATE]
    value: DateValue = DateValue()

    @model_validator(mode="after")
    def _metadata_only_suggests(self) -> Self:
        if self.value.basis is DateBasis.METADATA and self.verdict in _SETTLED:
            raise ValueError("metadata only suggests a date: `unclear` until something else shows")
        return self


class NewLocationFinding(_NewFinding):
    """What the desk found out about where it was filmed."""

    pillar: Literal[Pillar.LOCATION]
    value: LocationValue = LocationValue()


class NewMotivationFinding(_NewFinding):
    """What the desk found out about why it was released."""

    pillar: Literal[Pillar.MOTIVATION]
    value: MotivationValue = MotivationValue()


NewFinding = Annotated[
    NewProvenanceFinding
    | NewSourceFinding
    | NewDateFinding
    | NewLocationFinding
    | NewMotivationFinding,
    Field(discriminator="pillar"),
]


class FindingItem(BaseModel):
    """A finding; nobody can change it."""

    id: str
    media_id: str
    pillar: Pillar
    verdict: FindingVerdict
    value: dict[str, Any] = Field(description="As recorded, in its pillar's shape.")
    said_by_source: str | None
    method: list[str]
    evidence: list[dict[str, Any]]
    limits: str | None
    by: Person
    at: datetime
    supersedes_id: str | None
    superseded_by: str | None = Field(description="The newer finding; null while this is current.")
