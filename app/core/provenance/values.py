"""What is read of a file's provenance, as values."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

READER = "4"
"""Raise it when the same file would be read otherwise: every item is then read again."""


class CredentialState(StrEnum):
    """What a file's Content Credentials (C2PA) are worth to this desk."""

    NONE = "none"
    REMOTE_ONLY = "remote_only"
    UNSUPPORTED = "unsupported"
    INVALID = "invalid"
    VALID_UNTRUSTED = "valid_untrusted"
    VALID_MIXED = "valid_mixed"
    TRUSTED = "trusted"
    ERROR = "error"


class TrustListKind(StrEnum):
    """Whom a trust list speaks for; each list has its own pass, so that the answer names it."""

    C2PA = "c2pa"
    ITL_LEGACY = "itl_legacy"
    NEWS = "news"
    LOCAL = "local"
    TSA = "tsa"


class ValueKind(StrEnum):
    """What a piece of metadata is about."""

    TIME = "time"
    PLACE = "place"
    DEVICE = "device"
    SOFTWARE = "software"
    HISTORY = "history"
    IDENTIFIER = "identifier"
    SOURCE_TYPE = "source_type"
    AUTHOR = "author"
    TRACE = "trace"


class Hint(StrEnum):
    """What the metadata suggests; a hint concludes nothing and fills in no finding."""

    NOT_CAMERA_ORIGINAL = "not_camera_original"
    TIMES_WIPED = "times_wiped"
    THUMBNAIL_DIFFERS = "thumbnail_differs"
    EDITING_HISTORY = "editing_history"
    HAS_PLACE = "has_place"
    AI_DISCLOSED = "ai_disclosed"


@dataclass(frozen=True, slots=True)
class TrustList:
    """Certificates (PEM) that signers may descend from, under the name that the desk gave them."""

    name: str
    kind: TrustListKind
    sha256: str
    pem: str


@dataclass(frozen=True, slots=True)
class Picture:
    """An embedded picture, decoded and shrunk: uint8 RGB bytes, row by row."""

    origin: str
    width: int
    height: int
    rgb: bytes


@dataclass(frozen=True, slots=True)
class Credentials:
    """A file's Content Credentials as they were found.

    `lists` are the names of those that the active manifest's signer descends from. `report` holds
    manifests, codes and SDK version as JSON; `store` the manifest store's own bytes (JUMBF) and
    `manifest_json` the SDK's whole reading of it, both None where there is none to keep.
    `ai_disclosed` is None where nothing could be read.
    """

    state: CredentialState
    detail: str | None = None
    lists: tuple[str, ...] = ()
    ai_disclosed: bool | None = None
    report: dict[str, Any] = field(default_factory=dict)
    store: bytes | None = None
    manifest_json: bytes | None = None
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class Value:
    """One thing that a file says, where in the file it stands, and what read it.

    `at` is the value of a time in ISO 8601: with an offset where the file gives one or its format
    defines one, without where it does not say which clock it means.
    """

    kind: ValueKind
    name: str
    value: str
    origin: str
    reader: str
    at: str | None = None

    @property
    def is_sensitive(self) -> bool:
        """Whether it may tell where somebody was."""
        return self.kind == ValueKind.PLACE  # also of a value that a table held


@dataclass(frozen=True, slots=True)
class Shape:
    """How an ISO file is built: the tree of its boxes, and the SHA-256 of that text."""

    tree: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the readers found; `failures` names those that could not read the file, and why."""

    values: tuple[Value, ...] = ()
    shape: Shape | None = None
    pictures: tuple[Picture, ...] = ()
    failures: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EmbeddedPicture:
    """A picture inside the file against the file's own frames: bits of 256 that differ (PDQ).

    None where the picture or the frames have too little in them to be compared.
    """

    origin: str
    width: int
    height: int
    distance: int | None
    differs: bool


@dataclass(frozen=True, slots=True)
class Provenance:
    """Everything that was read of one file."""

    reader: str
    credentials: Credentials
    metadata: Metadata
    pictures: tuple[EmbeddedPicture, ...]
    hints: tuple[Hint, ...]
