"""What the core can refuse.

CoreError
├── Unreadable                 the file cannot be fingerprinted; `code` says why
│   ├── NotMedia               not_media
│   ├── Unsupported            unsupported
│   ├── Corrupt                corrupt
│   ├── TooLarge               too_large
│   ├── TooLong                too_long
│   ├── NoUsableFrames         no_usable_frames
│   ├── DecoderCrashed         decoder_crashed
│   └── DecoderTimedOut        timeout
├── BadEncoding                bytes that are not a fingerprint of ours
├── AlgorithmMismatch          two fingerprints that must not be compared
└── UnusableIndex              files of an index that cannot be searched
"""

from typing import ClassVar


class CoreError(Exception):
    """Anything the core refuses."""


class Unreadable(CoreError):
    """The file cannot be fingerprinted."""

    code: ClassVar[str]
    retryable: ClassVar[bool] = False


class NotMedia(Unreadable):
    """The bytes are no still, video or sound that the desk reads."""

    code = "not_media"


class Unsupported(Unreadable):
    """A media container or codec that the decoder does not read."""

    code = "unsupported"


class Corrupt(Unreadable):
    """Media whose content cannot be decoded: damaged, truncated or empty."""

    code = "corrupt"


class TooLarge(Unreadable):
    """More pixels, streams, bytes or memory than the limits allow."""

    code = "too_large"


class TooLong(Unreadable):
    """Plays longer than the limits allow."""

    code = "too_long"


class NoUsableFrames(Unreadable):
    """Decoded, but there is neither a picture nor a sound to fingerprint."""

    code = "no_usable_frames"


class DecoderCrashed(Unreadable):
    """The decoder died; the same file may pass after an upgrade of the decoder."""

    code = "decoder_crashed"
    retryable = True


class DecoderTimedOut(Unreadable):
    """The decoder used up its time."""

    code = "timeout"
    retryable = True


class BadEncoding(CoreError):
    """Bytes that do not decode to a fingerprint."""


class AlgorithmMismatch(CoreError):
    """Fingerprints of different algorithms must not be compared."""


class UnusableIndex(CoreError):
    """Files of an index that are damaged, incomplete, of another kind or of another database."""
