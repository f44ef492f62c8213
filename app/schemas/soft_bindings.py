"""The C2PA Soft Binding Resolution API on the wire, with the names that its specification gives."""

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class Algorithm(BaseModel):
    """One algorithm that can be asked by."""

    alg: str


class SupportedAlgorithms(BaseModel):
    """What can be asked by; the desk reads no watermarks."""

    watermarks: list[Algorithm] = []
    fingerprints: list[Algorithm]


class BindingQuery(BaseModel):
    """One soft binding."""

    alg: str
    value: str = Field(description="Base64 of the algorithm's bytes.")


class ResolvedManifest(BaseModel):
    """A manifest that the content may have had."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)

    manifest_id: str = Field(description="To be read at `manifests/{manifestId}`.")
    similarity_score: int = Field(ge=0, le=100, description="100 is the strongest match.")


class ResolvedManifests(BaseModel):
    """What a soft binding or a content resolves to, the strongest match first."""

    matches: list[ResolvedManifest]
