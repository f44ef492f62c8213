"""The closed vocabularies of the wire, which the tables store by value."""

from enum import StrEnum


class MediaState(StrEnum):
    """How far the desk is with an upload."""

    RECEIVED = "received"
    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"
    PURGED = "purged"


class MediaStage(StrEnum):
    """What is being done for an upload, or was when it failed."""

    RECEIVED = "received"
    PREVIEWING = "previewing"
    FINGERPRINTING = "fingerprinting"
    MATCHING = "matching"
    DONE = "done"


class CollectionKind(StrEnum):
    """Why a collection's members are known; `common` material never causes an alert."""

    ARCHIVE = "archive"
    AGENCY = "agency"
    DEBUNKED = "debunked"
    REFERENCE = "reference"
    COMMON = "common"


class Shelf(StrEnum):
    """What an item is searched for among: known material, or uploads, which are in no collection."""

    KNOWN = "known"
    UPLOAD = "upload"


class SourceKind(StrEnum):
    """How the footage reached the newsroom."""

    EYEWITNESS = "eyewitness"
    HANDOUT = "handout"
    AGENCY = "agency"
    OWN = "own"
    MONITORING = "monitoring"
    UNKNOWN = "unknown"


class VerificationStatus(StrEnum):
    """What people concluded; machines never move a record past `unreviewed`."""

    UNREVIEWED = "unreviewed"
    IN_REVIEW = "in_review"
    UNVERIFIED = "unverified"
    PARTLY_VERIFIED = "partly_verified"
    VERIFIED = "verified"
    MISLEADING = "misleading"
    FABRICATED = "fabricated"
    WITHDRAWN = "withdrawn"
    VOID = "void"


class ReasonCode(StrEnum):
    """Why a record was set aside (`void`) or a verdict taken back (`withdrawn`)."""

    WRONG_FILE = "wrong_file"
    DUPLICATE_OF = "duplicate_of"
    TEST = "test"
    OUT_OF_SCOPE = "out_of_scope"
    NEW_EVIDENCE = "new_evidence"
    SOURCE_RETRACTED = "source_retracted"
    ERROR = "error"
    LEGAL = "legal"
    SAFETY = "safety"


class AuthenticityCode(StrEnum):
    """What was done to the media, in schema.org's `MediaManipulationRatingCode` terms."""

    DECONTEXTUALIZED = "DecontextualizedContent"
    EDITED_OR_CROPPED = "EditedOrCroppedContent"
    ORIGINAL = "OriginalMediaContent"
    SATIRE_OR_PARODY = "SatireOrParodyContent"
    STAGED = "StagedContent"
    TRANSFORMED = "TransformedContent"


class HistoryAction(StrEnum):
    """The kinds of change that a record's history holds."""

    OPENED = "opened"
    STATUS_CHANGED = "status_changed"
    CHANGE_PROPOSED = "change_proposed"
    PROPOSAL_REFUSED = "proposal_refused"
    NOTE_ADDED = "note_added"
    MATCH_REVIEWED = "match_reviewed"
    FINDING_RECORDED = "finding_recorded"
    CLAIM_ADDED = "claim_added"
    CORROBORATION_ADDED = "corroboration_added"
    CORROBORATION_RETRACTED = "corroboration_retracted"
    RIGHTS_CHANGED = "rights_changed"
    ATTENTION_OPENED = "attention_opened"
    ATTENTION_CLOSED = "attention_closed"
    MATCH_INVALIDATED = "match_invalidated"
    SENSITIVITY_CHANGED = "sensitivity_changed"
    RESTRICTED_TERMS_CHANGED = "restricted_terms_changed"
    RETENTION_SET = "retention_set"
    HOLD_PLACED = "hold_placed"
    HOLD_RELEASED = "hold_released"
    NOTE_ERASED = "note_erased"
    PURGE_PROPOSED = "purge_proposed"
    PURGE_REFUSED = "purge_refused"
    PURGED = "purged"
    REVIEW_PUBLISHED = "review_published"
    REVIEW_CORRECTED = "review_corrected"
    REVIEW_TOMBSTONED = "review_tombstoned"


class MatchFound(StrEnum):
    """What led to a match."""

    UPLOAD = "upload"
    RETROACTIVE = "retroactive"
    RECHECK = "recheck"


class ReviewDecision(StrEnum):
    """What a person said of a match; a rejected pair stays silent for ever."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    RELATED = "related"


class EventType(StrEnum):
    """Everything that the desk tells the world about."""

    MEDIA_RECEIVED = "media.received"
    MEDIA_REJECTED = "media.rejected"
    MEDIA_FINGERPRINTED = "media.fingerprinted"
    MEDIA_FAILED = "media.failed"
    PURGE_PROPOSED = "media.purge_proposed"
    PURGE_REFUSED = "media.purge_refused"
    MEDIA_PURGED = "media.purged"
    MEDIA_PROVENANCE_READ = "media.provenance_read"
    MATCH_FOUND = "match.found"
    MATCH_FOUND_RETROACTIVELY = "match.found_retroactively"
    MATCH_REVIEWED = "match.reviewed"
    MATCH_INVALIDATED = "match.invalidated"
    SUBSCRIPTION_MATCHED = "subscription.matched"
    SENSITIVITY_CHANGED = "sensitivity.changed"
    HOLD_PLACED = "hold.placed"
    HOLD_RELEASED = "hold.released"
    STATUS_CHANGED = "verification.status_changed"
    CHANGE_PROPOSED = "verification.proposed"
    PROPOSAL_REFUSED = "verification.proposal_refused"
    ATTENTION_REQUIRED = "verification.attention_required"
    ATTENTION_CLOSED = "verification.attention_closed"
    VERDICT_WITHDRAWN = "verification.withdrawn"
    FINDING_RECORDED = "finding.recorded"
    CLAIM_STATE_CHANGED = "claim.state_changed"
    CORROBORATION_ADDED = "corroboration.added"
    CORROBORATION_RETRACTED = "corroboration.retracted"
    RIGHTS_CHANGED = "rights.changed"
    NOTE_ADDED = "note.added"
    REVIEW_PUBLISHED = "review.published"
    REVIEW_CORRECTED = "review.corrected"
    REVIEW_TOMBSTONED = "review.tombstoned"
    IMPORT_COMPLETED = "import.completed"
    SIGNAL_FOUND = "signal.found"
    FEED_RECEIVED = "feed.received"
    INTEGRITY_FAILED = "integrity.failed"
    ENDPOINT_FAILING = "endpoint.failing"
    ENDPOINT_RECOVERED = "endpoint.recovered"
    ENDPOINT_DISABLED = "endpoint.disabled"
    WEBHOOK_TEST = "webhook.test"


class EndpointState(StrEnum):
    """Whether a webhook endpoint is sent to."""

    ENABLED = "enabled"
    DISABLED = "disabled"


class DeliveryState(StrEnum):
    """Where one event's delivery to one endpoint stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"
