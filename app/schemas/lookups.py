"""Lookups on the wire: what is asked, and an answer in the shape of matches and signals."""

from typing import Annotated, Self

from pydantic import BaseModel, Field, StringConstraints, model_validator

from app.core.exchange.listed_hashes import HashKind
from app.core.policy import Grade, Note, Relation
from app.schemas.fields import Strict
from app.schemas.hash_enums import Opinion
from app.schemas.matches import Coverage, Engine, Evidence, Segment, SideItem

Digits64 = Annotated[str, StringConstraints(to_lower=True, pattern="^[0-9a-fA-F]{64}$")]
Digits32 = Annotated[str, StringConstraints(to_lower=True, pattern="^[0-9a-fA-F]{32}$")]
Digits16 = Annotated[str, StringConstraints(to_lower=True, pattern="^[0-9a-fA-F]{16}$")]


class HashQuestion(Strict):
    """One hash, in hexadecimal digits."""

    sha256: Digits64 | None = None
    md5: Digits32 | None = None
    pdq: Digits64 | None = None
    phash: Digits16 | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if len(self.model_dump(exclude_none=True)) != 1:
            raise ValueError("ask for exactly one of `sha256`, `md5`, `pdq` and `phash`")
        return self


class LookupMatch(BaseModel):
    """An item that what was asked for is like: a match, without what only a stored one has."""

    against: str = Field(description="`known` material, or an earlier `upload`.")
    known_media_id: str
    relation: Relation
    grade: Grade = Field(
        description="Of hashes of pictures always `lead`: one frame proves little."
    )
    confidence: float
    coverage: Coverage | None = Field(None, description="Null where one hash was asked for.")
    segments: list[Segment] = []
    evidence: list[Evidence] = []
    notes: list[Note] = []
    known: SideItem
    engine: Engine
    links: dict[str, str]


class LookupSignal(BaseModel):
    """A listed hash that what was asked for is like; the opinion is its keeper's."""

    list: str
    source_name: str | None
    opinion: Opinion
    kind: HashKind
    entry: str
    label: str | None
    distance: int | None
    query_share: float | None
    listed_share: float | None
    query_ms: int | None


class LookupSearched(BaseModel):
    """Against what it was looked up: nothing found is nothing in *this*."""

    known_items: int | None = Field(None, description="Known items that a file was matched with.")
    uploads: int | None = Field(None, description="Uploads that a file was matched with.")
    hashed_items: int = Field(description="Items, known and uploaded, whose hashes were compared.")
    listed_until: int = Field(description="The number of the newest listed hash.")


class LookupAnswer(BaseModel):
    """What was found; nothing of it is kept."""

    items: list[LookupMatch]
    signals: list[LookupSignal] = Field(
        description="Of the pictures of one list the 20 nearest that it is like."
    )
    searched: LookupSearched
    complete: bool = Field(
        default=True, description="False: more items are like a hash; the 50 nearest are given."
    )


class LookupWaiting(BaseModel):
    """Not answered yet: ask again at `links.self`, within ten minutes."""

    id: str
    state: str
    links: dict[str, str]
