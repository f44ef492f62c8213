"""What the service can refuse; status codes are given at the door (`app/api/problems.py`).

ServiceError
├── NotFound                 no such thing, or not yours to know of
├── Gone                     it was purged; what is left of it comes along
├── Forbidden                known to you, but your key lacks the scope
│   ├── FourEyes             nobody approves what they proposed themselves
│   └── CrossOrigin          a page of somebody else sent it with your cookie
├── Unauthenticated          no key, or one that is unknown, expired or revoked
├── Conflict                 contradicts what is there
│   ├── IllegalTransition    the status machine has no such edge
│   └── Held                 a legal hold is on it
├── VersionMismatch          someone else changed it first
├── PreconditionRequired     a change that has to name the version it was decided on
├── Unprocessable            well-formed, but not acceptable
│   ├── MissingRequirements  a transition's requirements, each named
│   ├── RestrictedTerm       a public text holds a name that must not go out
│   └── KeyReused            the same idempotency key with another body
├── UnreadableBinding        a soft binding of a kind that the desk does not compute
├── UnsupportedChecksum      a checksum that the desk cannot make
├── ChecksumMismatch         the bytes are not those that were sent
├── Locked                   another request is at it
├── UnsupportedMedia         the upload is not media
├── PayloadTooLarge          the upload is over the size limit
├── Busy                     no worker answered in time
├── TooManyRequests          asks for more than one may have
└── StorageFull              no room for the upload
    └── StorageReadOnly      nothing can be written where files are kept
"""

from collections.abc import Mapping
from typing import Any


class ServiceError(Exception):
    """A refusal with a sentence for the caller; `extra` becomes fields of the problem document."""

    def __init__(self, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extra: Mapping[str, Any] = extra


class NotFound(ServiceError):
    """There is no such thing, or the caller may not know of it."""


class Gone(ServiceError):
    """It was purged; `tombstone` is what is left of it."""


class Forbidden(ServiceError):
    """The caller's key lacks the scope."""


class FourEyes(Forbidden):
    """Nobody approves what they proposed themselves."""


class CrossOrigin(Forbidden):
    """A page that is not the desk's had the browser send it."""


class Unauthenticated(ServiceError):
    """No valid key came with the request."""


class Conflict(ServiceError):
    """The request contradicts what is there."""


class IllegalTransition(Conflict):
    """The status machine has no such edge; `legal` lists those it has."""


class Held(Conflict):
    """A legal hold keeps it; `holds` names each."""


class VersionMismatch(ServiceError):
    """`If-Match` names another version than the current one."""


class PreconditionRequired(ServiceError):
    """The request must say with `If-Match` which version it was decided on."""


class Unprocessable(ServiceError):
    """Well-formed, but not acceptable."""


class MissingRequirements(Unprocessable):
    """A transition lacks what its rule requires; `missing` names each."""


class RestrictedTerm(Unprocessable):
    """Public texts hold restricted terms; `restricted` says which and where."""


class KeyReused(Unprocessable):
    """The same Idempotency-Key was used with another body."""


class UnreadableBinding(ServiceError):
    """The soft binding is of a kind that the desk does not compute, or no value of its kind."""


class UnsupportedChecksum(ServiceError):
    """The checksum is of a kind that the desk cannot make, or is none."""


class ChecksumMismatch(ServiceError):
    """The bytes that came have another checksum; they were thrown away."""


class Locked(ServiceError):
    """Another request is at the same thing."""


class UnsupportedMedia(ServiceError):
    """The upload is not media that the desk reads."""


class PayloadTooLarge(ServiceError):
    """The upload is larger than the limit."""


class Busy(ServiceError):
    """Nobody answered in time; nothing was changed."""


class TooManyRequests(ServiceError):
    """The caller asks more often, or for more at a time, than it may."""


class StorageFull(ServiceError):
    """There is no room for the upload."""


class StorageReadOnly(StorageFull):
    """Nothing can be written where files are kept."""
