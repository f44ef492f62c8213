"""Hash lists on the wire."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from app.schemas.fields import FilledLine, Line, Strict, Text
from app.schemas.hash_enums import Opinion

SLUG = r"^[a-z0-9][a-z0-9_-]{0,62}$"


class NewHashList(Strict):
    """A list of others' hashes to make; its hashes are sent afterwards."""

    slug: str = Field(pattern=SLUG, examples=["trusted-flaggers"])
    title: FilledLine
    source_name: Line | None = Field(None, description="Who keeps it.")
    opinion: Opinion = Field(Opinion.SEEN, description="What being on it says, to its keeper.")
    description: Text | None = None


class HashListItem(BaseModel):
    """One hash list."""

    model_config = ConfigDict(from_attributes=True)

    slug: str
    title: str
    source_name: str | None
    opinion: Opinion
    description: str | None
    partner_id: str | None = Field(description="The partner whose bundles fill it.")
    hashes: int
    created_at: datetime
    created_by: str


class FaultyLine(BaseModel):
    """A line that was left out, and why."""

    line: int
    error: str


class ImportedHashes(BaseModel):
    """What came of sending a list's text; sent again, it adds nothing."""

    slug: str
    lines: int = Field(description="Lines read, empty ones and comments included.")
    added: int
    already: int = Field(description="Hashes that the list had, or that came twice.")
    faulty_n: int
    faulty: list[FaultyLine] = Field(description="The first 1,000 of them.")
