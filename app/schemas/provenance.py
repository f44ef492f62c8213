"""What a file says of its own origin, on the wire; the manifests are also what the tables hold."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from app.core.policy import Grade, Relation
from app.core.provenance.values import CredentialState, TrustListKind, ValueKind
from app.schemas.dating import Evidenced


class Signer(BaseModel):
    """Who signed, by the certificate."""

    organisation: str | None
    name: str | None
    serial: str | None
    algorithm: str | None


class SigningTime(BaseModel):
    """When it was signed, and who says so."""

    at: str | None
    state: str = Field(
        description="`none`: the signer's own word · `validated`: a time stamp authority's · "
        "`trusted`: one's that is on an imported list · `invalid`: its stamp does not fit."
    )


class Action(BaseModel):
    """One thing that was done to the content, as its signer claims."""

    action: str | None
    when: str | None
    software: str | None
    digital_source_type: str | None
    description: str | None


class Ingredient(BaseModel):
    """Something that the content was made from; `manifest` is the label of its own, if it has one."""

    title: str | None
    format: str | None
    relationship: str | None
    manifest: str | None


class Codes(BaseModel):
    """The codes of the C2PA specification that validation gave."""

    success: list[str] = []
    informational: list[str] = []
    failure: list[str] = []


class Manifest(BaseModel):
    """One manifest of the store: the active one first, then those of ingredients."""

    label: str
    title: str | None
    format: str | None
    claim_generator: str | None
    signer: Signer
    time: SigningTime
    trusted_by: list[str] = Field(description="The trust lists that its signer descends from.")
    codes: Codes
    actions: list[Action]
    ingredients: list[Ingredient]
    assertions: list[str]


class UsedList(BaseModel):
    """A trust list that the reading was made under."""

    name: str
    kind: TrustListKind
    sha256: str


class KeptStore(BaseModel):
    """The manifest store's own bytes, which are kept."""

    size_bytes: int
    sha256: str


class CredentialsAnswer(BaseModel):
    """A file's Content Credentials (C2PA), and what they are worth to this desk."""

    state: CredentialState
    text: str = Field(description="What to tell a person.")
    detail: str | None = Field(description="What the reader said, or where remote ones are kept.")
    lists: list[str] = Field(description="The trust lists that the signer descends from.")
    ai_disclosed: bool | None = Field(
        description="Whether any manifest names a synthetic source. `false` is no evidence of a "
        "camera; null: nothing could be read."
    )
    active: str | None = None
    manifests: list[Manifest] = []
    identities: str = Field(
        "checked", description="`not_checked`: only a server could have confirmed them."
    )
    trust_lists: list[UsedList] = []
    sdk: str | None = None
    store: KeptStore | None = None


class ContainerAnswer(BaseModel):
    """How the file was written."""

    encoder: str | None = Field(description="What a program that wrote it anew calls itself.")
    sei: str | None = Field(description="What a video encoder left in the stream itself.")
    times: str = Field(description="`present`, `wiped`, or `unknown`: the container has no such.")
    box_tree: str | None
    box_tree_hash: str | None
    same_shape_items: int | None = Field(description="Other items that are built alike.")


class MetadataItem(BaseModel):
    """One value, where it stands, and what read it. A hint, never a finding."""

    kind: ValueKind
    name: str
    value: str | None = Field(description="Null where it is `withheld`.")
    origin: str
    reader: str
    at: str | None
    sensitive: bool
    withheld: bool = Field(default=False, description="Needs the scope `media:sensitive`.")


class InnerPicture(BaseModel):
    """A picture inside the file against its own frames: bits of 256 that differ."""

    origin: str
    width: int
    height: int
    distance: int | None
    differs: bool


class SimilarCredentials(BaseModel):
    """Credentials of known material that this file matches. They are not bound to this file."""

    known_media_id: str
    match_id: str
    grade: Grade
    relation: Relation
    state: CredentialState
    lists: list[str]
    signer: Signer | None
    text: str


class ProvenanceAnswer(BaseModel):
    """Everything that was read of one item's file."""

    media_id: str
    read_at: datetime
    reader: str
    c2pa: CredentialsAnswer
    container: ContainerAnswer
    metadata: list[MetadataItem]
    pictures: list[InnerPicture]
    failures: dict[str, Any] = Field(description="Readers that could not read the file, and why.")
    hints: list[str]
    evidenced: list[Evidenced] = Field(
        description="The dates that the file itself gives evidence of."
    )
    credentials_by_similarity: list[SimilarCredentials]
    links: dict[str, str]
