"""HTTP that leaves the house: address guard, signing, sending, and when to try again."""

from app.outbound.addresses import AddressRefused, Private, read_url
from app.outbound.one_request import Answer, SendFailed, Whole, ask, post
from app.outbound.retrying import SCHEDULE_S, next_attempt
from app.outbound.signing import new_secret, signed_headers

__all__ = [
    "SCHEDULE_S",
    "AddressRefused",
    "Answer",
    "Private",
    "SendFailed",
    "Whole",
    "ask",
    "new_secret",
    "next_attempt",
    "post",
    "read_url",
    "signed_headers",
]
