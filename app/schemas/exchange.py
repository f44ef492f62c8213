"""Partners and bundles on the wire."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.schemas.enums import VerificationStatus
from app.schemas.fields import FilledLine, Strict
from app.schemas.hash_enums import Opinion, PartnerScope
from app.schemas.hash_lists import SLUG
from app.schemas.lookups import Digits32, Digits64
from app.schemas.privacy_enums import SensitivityFlag

HASHES_A_QUERY = 100


class NewPartner(Strict):
    """Another desk to exchange with."""

    name: FilledLine
    public_key: str = Field(
        max_length=2000, description="The Ed25519 key that its bundles are signed by, in PEM."
    )
    scopes: Annotated[list[PartnerScope], Field(min_length=1)]
    api_key_id: str | None = Field(
        None, max_length=64, description="The key of the role `partner` that it asks with."
    )


class PartnerItem(BaseModel):
    """A partner; a removed one stays listed."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    public_key: str
    signing_key_id: str
    api_key_id: str | None
    scopes: list[PartnerScope]
    created_at: datetime
    created_by: str
    removed_at: datetime | None
    removed_by: str | None


class SigningIdentity(BaseModel):
    """By what a partner knows this desk's bundles."""

    signing_key_id: str
    public_key: str


class ExportFormat(StrEnum):
    """What a bundle is written as; only `bundle` is signed and can revoke."""

    BUNDLE = "bundle"
    CSV = "csv"
    TEXT = "text"


class Wanted(Strict):
    """Which items: of any of these statuses and, where given, collections and tags."""

    status: Annotated[list[VerificationStatus], Field(min_length=1)]
    collections: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


class NewExport(Strict):
    """A bundle to make. Flagged items are left out unless `exclude_flags` says otherwise."""

    feed: str = Field("exchange", pattern=SLUG, description="Names the series it belongs to.")
    filter: Wanted
    exclude_flags: tuple[SensitivityFlag, ...] = tuple(SensitivityFlag)
    allow_pow: bool = Field(
        default=False, description="Let items with the flag `pow` out; takes an editor."
    )
    expires_days: int = Field(30, ge=1, le=366)
    format: ExportFormat = ExportFormat.BUNDLE


class ImportedBundle(BaseModel):
    """What came of a partner's bundle."""

    partner: str
    feed: str
    seq: int
    list: str = Field(description="The hash list that it went into.")
    added: int = Field(description="Hashes.")
    already: int
    revoked: int = Field(description="Entries that the partner took back.")
    signals_withdrawn: int


class NewQuery(Strict):
    """Hashes that a partner asks about; nothing of them is kept."""

    pdq: Annotated[tuple[Digits64, ...], Field(max_length=HASHES_A_QUERY)] = ()
    sha256: Annotated[tuple[Digits64, ...], Field(max_length=HASHES_A_QUERY)] = ()
    md5: Annotated[tuple[Digits32, ...], Field(max_length=HASHES_A_QUERY)] = ()

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not (self.pdq or self.sha256 or self.md5):
            raise ValueError("ask about one hash at least")
        return self


class Bucket(StrEnum):
    """How many, no more exactly than this."""

    NONE = "none"
    ONE = "one"
    FEW = "few"
    MANY = "many"


class QueryAnswer(BaseModel):
    """How much there is like it, and what people concluded of it."""

    asked: int
    found: Bucket
    opinions: dict[Opinion, Bucket]
    ids: list[str] | None = Field(description="Null unless this partner may be told.")
