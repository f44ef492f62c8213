"""The closed vocabularies of what webhooks are asked and told."""

from enum import StrEnum


class DeliveryKind(StrEnum):
    """Which deliveries to list: in a state, or `failing`, which are pending ones that have failed."""

    PENDING = "pending"
    FAILING = "failing"
    DELIVERED = "delivered"
    DEAD = "dead"


class Rejection(StrEnum):
    """Why a file was not taken in."""

    NOT_MEDIA = "not_media"
    TOO_LARGE = "too_large"


class Flagged(StrEnum):
    """Whether an item has a sensitivity flag, whichever."""

    FLAGGED = "flagged"
    UNFLAGGED = "unflagged"
