"""Imports of known material on the wire, and the line of a manifest."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from app.schemas.fields import Instant, Strict
from app.schemas.import_enums import ImportItemState, ImportKind, ImportState
from app.schemas.media import Line, UploadFields, as_words

Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
PATH_MAX = 4000
RESCAN_S = 30.0


class ImportOptions(Strict):
    """How an import is done."""

    watch: bool = Field(default=False, description="Go on with what comes into the folder later.")
    every_s: Annotated[float, Field(ge=1, le=86_400)] = Field(
        RESCAN_S, description="Pause between two looks into a watched folder."
    )


class NewImport(Strict):
    """Known material to import from a folder that the desk's settings allow."""

    kind: ImportKind
    path: Annotated[str, Field(min_length=1, max_length=PATH_MAX)] = Field(
        description="A folder or file on the desk's own machine; never an address."
    )
    collection: Slug | None = Field(
        None, description="Where everything goes; only `fact_checks` without media need none."
    )
    options: ImportOptions = ImportOptions()

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.collection is None and self.kind is not ImportKind.FACT_CHECKS:
            raise ValueError("`collection` is missing: what is imported becomes known in one")
        if self.options.watch and self.kind is not ImportKind.FOLDER:
            raise ValueError("only a `folder` is watched")
        return self


class ManifestLine(UploadFields):
    """One line of a manifest: a file, and what is said about it."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    path: Annotated[str, Field(min_length=1, max_length=PATH_MAX)] = Field(
        description="The file, as seen from the manifest's folder."
    )
    sha256: Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$")] | None = None
    collections: Annotated[list[Line], BeforeValidator(as_words)] = Field(
        default=[], description="Further collections that it goes into."
    )
    published_at: Instant | None = Field(None, description="When its source showed it.")


class ImportProblem(BaseModel):
    """A line or file that failed or was left out, and why."""

    line: int | None
    path: str
    state: ImportItemState
    code: str
    error: str
    media_id: str | None


class ImportFault(BaseModel):
    """Why an import could not be done at all."""

    code: str
    error: str


class ImportAnswer(BaseModel):
    """One import and how far it is."""

    id: str
    kind: ImportKind
    path: str
    collection: str | None
    options: ImportOptions
    state: ImportState
    added: int = Field(description="New in the collection, or a new fact check.")
    duplicates: int = Field(description="Were there already, or came twice.")
    failed: int
    skipped: int = Field(description="Left out: no media, or imported before and unchanged.")
    total: int
    progress: float
    retro_matches: int | None = Field(
        description="Matches of earlier items with what came; null until earlier uploads "
        "were searched for it."
    )
    fault: ImportFault | None
    errors: list[ImportProblem] = Field(description="The first of them; `links.errors` has all.")
    ordered_by: str
    ordered_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    links: dict[str, str]
