"""Fact checks of others on the wire."""

from datetime import datetime

from pydantic import BaseModel, Field


class FactCheckAnswer(BaseModel):
    """What somebody published about a claim or a file; it never sets a status here."""

    id: str
    kind: str = Field(description="`ClaimReview` or `MediaReview`.")
    url: str | None
    claim: str | None
    verdict: str | None = Field(description="In the words of whoever published it.")
    author: str | None
    author_url: str | None
    published_at: str | None
    appearances: list[str] = Field(description="Where what it reviews was seen.")
    media_ids: list[str] = Field(description="Items that came with it.")
    imported_at: datetime
    updated_at: datetime
    links: dict[str, str]
