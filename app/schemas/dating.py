"""Dates by which something existed, with what shows it; also the shape that the tables hold."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class EvidenceKind(StrEnum):
    """What shows that something existed at a date."""

    RECEIPT = "receipt"
    ARCHIVE_LINK = "archive_link"
    RFC3161 = "rfc3161"
    C2PA_TIME = "c2pa_time"
    METADATA = "metadata"


class Strength(StrEnum):
    """How hard it would be to make such evidence up."""

    STRONG = "strong"
    MEDIUM = "medium"
    WEAK = "weak"


class Evidenced(BaseModel):
    """A date by which something existed, and what shows it."""

    model_config = ConfigDict(frozen=True)

    at: datetime
    kind: EvidenceKind
    strength: Strength
    origin: str = Field(description="Where it stands: a receipt's id, or a place in the file.")
