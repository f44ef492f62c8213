"""The audit chain's vocabulary."""

from dataclasses import dataclass
from enum import StrEnum


class AuditAction(StrEnum):
    """What the chain records; a change of a record is `record.` and the history's action."""

    MEDIA_RECEIVED = "media.received"
    MEDIA_RETRIED = "media.retried"
    MEDIA_PURGED = "media.purged"
    MEDIA_VIEWED = "media.viewed"
    SENSITIVITY_SET = "media.sensitivity_set"
    COLLECTION_CREATED = "collection.created"
    COLLECTION_MEMBER_ADDED = "collection.member_added"
    COLLECTION_MEMBER_REMOVED = "collection.member_removed"
    KEY_CREATED = "key.created"
    KEY_REVOKED = "key.revoked"
    PERSON_ADDED = "person.added"
    PERSON_CHANGED = "person.changed"
    PERSON_DISABLED = "person.disabled"
    PERSON_ENABLED = "person.enabled"
    LINK_MADE = "person.password_link_made"
    CREDENTIAL_SET = "person.password_set"
    SIGNED_IN = "person.signed_in"
    SIGN_IN_REFUSED = "person.sign_in_refused"
    SIGNED_OUT = "person.signed_out"
    WEBHOOK_CREATED = "webhook.created"
    WEBHOOK_CHANGED = "webhook.changed"
    WEBHOOK_REMOVED = "webhook.removed"
    WEBHOOK_DISABLED = "webhook.disabled"
    WEBHOOK_ROTATED = "webhook.secret_rotated"
    WEBHOOK_ROTATION_ENDED = "webhook.secret_ended"
    IMPORT_ORDERED = "import.ordered"
    IMPORT_CANCELLED = "import.cancelled"
    ADOPTED = "audit.adopted"
    HASH_LIST_CREATED = "hash_list.created"
    HASH_LIST_IMPORTED = "hash_list.imported"
    LOOKED_UP = "lookup.made"
    PARTNER_ADDED = "partner.added"
    PARTNER_REMOVED = "partner.removed"
    EXCHANGE_EXPORTED = "exchange.exported"
    EXCHANGE_BEGUN = "exchange.begun"
    EXCHANGE_IMPORTED = "exchange.imported"
    SUBSCRIPTION_CREATED = "subscription.created"
    SUBSCRIPTION_CHANGED = "subscription.changed"
    SUBSCRIPTION_REMOVED = "subscription.removed"
    TRUST_LIST_ADDED = "trust_list.added"
    TRUST_LIST_REMOVED = "trust_list.removed"
    PAYLOAD_ERASED = "audit.payload_erased"
    CHECKPOINT_SIGNED = "checkpoint.signed"
    CHECKPOINT_TIMESTAMPED = "checkpoint.timestamped"
    CUSTODY_EXPORTED = "custody.exported"


class FaultKind(StrEnum):
    """Where something was found that is not as it was recorded."""

    CHAIN = "chain"
    ROW = "row"
    CHECKPOINT = "checkpoint"
    TIMESTAMP = "timestamp"
    FIXITY = "fixity"


class FixityOutcome(StrEnum):
    """What a stored file was found to be when it was read again."""

    INTACT = "intact"
    ALTERED = "altered"
    MISSING = "missing"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as it was recorded: which, at which entry if at one, and in words."""

    kind: FaultKind
    object: str
    seq: int | None
    detail: str
