"""Trust lists on the wire."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.core.provenance.values import TrustListKind
from app.schemas.fields import Day


class NewTrustList(BaseModel):
    """A trust list to import: certificates of authorities, in PEM."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    name: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    kind: TrustListKind
    dated: Day | None = Field(None, description="The date that its publisher gives it.")
    # As its publisher gives it, so that the hash is that of the file.
    pem: Annotated[str, StringConstraints(strip_whitespace=False)]


class TrustListItem(BaseModel):
    """An imported trust list; a removed one stays listed, because readings name it."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    kind: TrustListKind
    dated: date | None
    sha256: str = Field(description="Of the imported text.")
    authorities: list[str] = Field(description="Whose certificates are in it.")
    imported_at: datetime
    imported_by: str
    removed_at: datetime | None
    removed_by: str | None
