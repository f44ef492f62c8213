"""The closed vocabularies of the record: claims, corroborations, rights, attention, changes.

Where `unknown` is a member it says that nobody knows, which is a finding too.
"""

from enum import StrEnum


class ClaimState(StrEnum):
    """What the corroborations of a claim come to."""

    OPEN = "open"
    SUPPORTED = "supported"
    REFUTED = "refuted"
    MIXED = "mixed"


class About(StrEnum):
    """What a corroboration speaks of: this file, or something that is claimed about the event."""

    MEDIA = "media"
    CLAIM = "claim"


class Stance(StrEnum):
    """What a source says of it; `retracts` takes an earlier statement back."""

    SUPPORTS = "supports"
    REFUTES = "refutes"
    NEUTRAL = "neutral"
    RETRACTS = "retracts"


class Basis(StrEnum):
    """How the source comes to know."""

    OWN_KNOWLEDGE = "own_knowledge"
    DIRECT_ACCESS = "direct_access"
    REPEATS_OTHER = "repeats_other"
    DOCUMENT = "document"
    UNKNOWN = "unknown"


class Independence(StrEnum):
    """How the source stands to those whom its statement serves."""

    INDEPENDENT = "independent"
    COOPERATING = "cooperating"
    PARTY = "party"
    DERIVED = "derived"
    UNKNOWN = "unknown"


class InformantKind(StrEnum):
    """What kind of source speaks."""

    STATE_AGENCY = "state_agency"
    MEDIA = "media"
    ORGANISATION = "organisation"
    EXPERT = "expert"
    WITNESS = "witness"
    OTHER = "other"
    UNKNOWN = "unknown"


class RightsState(StrEnum):
    """Whether the desk may use the footage."""

    UNKNOWN = "unknown"
    REQUESTED = "requested"
    CLEARED = "cleared"
    RESTRICTED = "restricted"
    REFUSED = "refused"


class PublicationState(StrEnum):
    """What the public can read of a record."""

    PRIVATE = "private"
    PUBLISHED = "published"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    TOMBSTONED = "tombstoned"


class AttentionReason(StrEnum):
    """Why a person should look at a record again; it never changes the status by itself."""

    RETROACTIVE_MATCH = "retroactive_match"
    CONFLICTING_CORROBORATION = "conflicting_corroboration"
    C2PA_TRUST_CHANGED = "c2pa_trust_changed"
    SOURCE_DELETED = "source_deleted"
    FIXITY_FAILED = "fixity_failed"
    REVIEW_DUE = "review_due"
    OLDER_THAN_CLAIMED = "older_than_claimed"


class NoteVisibility(StrEnum):
    """Who reads a note besides its author."""

    DESK = "desk"
    VERIFIERS = "verifiers"
    EDITORS = "editors"


class ChangeState(StrEnum):
    """What became of a wish to change a status; `overtaken`: the status changed otherwise."""

    PENDING = "pending"
    MADE = "made"
    REFUSED = "refused"
    OVERTAKEN = "overtaken"


class Approval(StrEnum):
    """Who approved a verdict that takes four eyes."""

    ANOTHER_EDITOR = "another_editor"
    SAME_PERSON = "same_person"


class IntakeMethod(StrEnum):
    """How an arrival came into the house."""

    UPLOAD = "upload"
    IMPORT = "import"
    WATCH_FOLDER = "watch_folder"
    URL_IMPORT = "url_import"
    PARTNER = "partner"


class FileOrigin(StrEnum):
    """What file it is, as its bringer says: the author's own, or what a platform made of it."""

    AUTHOR_ORIGINAL = "author_original"
    PLATFORM_COPY = "platform_copy"
    UNKNOWN = "unknown"
