"""The audit chain's vocabulary and its shapes on the wire."""

from enum import StrEnum


class AuditAction(StrEnum):
    """What the chain records; a change of a record is `record.` and the history's action."""

    MEDIA_RECEIVED = "media.received"
    MEDIA_RETRIED = "media.retried"
    MEDIA_PURGED = "media.purged"
    MEDIA_VIEWED = "media.viewed"
    COLLECTION_CREATED = "collection.created"
    COLLECTION_MEMBER_ADDED = "collection.member_added"
    COLLECTION_MEMBER_REMOVED = "collection.member_removed"
    KEY_CREATED = "key.created"
    KEY_REVOKED = "key.revoked"
    WEBHOOK_CREATED = "webhook.created"
    WEBHOOK_CHANGED = "webhook.changed"
    WEBHOOK_REMOVED = "webhook.removed"
    PAYLOAD_ERASED = "audit.payload_erased"
