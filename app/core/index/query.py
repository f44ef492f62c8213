"""What is asked of the index: the query side of a fingerprint, small enough to cross a socket."""

from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from app.core.errors import BadEncoding
from app.core.fingerprints.arrays import checked, pack_arrays, unpack_arrays
from app.core.fingerprints.fingerprint import DIMENSION, Fingerprint
from app.core.fingerprints.views import FORMS

MAGIC = b"PDsq"
VERSION = 2
ARRAYS = (
    "view_ids",
    "view_descriptors",
    "pdq",
    "pdq_quality",
    "votes",
    "sound",
    "sound_votes",
    "pdq_forms",
)


@dataclass(frozen=True, slots=True, eq=False)
class SearchQuery:
    """The arrays of a fingerprint that a search needs; rows are the fingerprint's rows."""

    algorithm: str
    view_ids: NDArray[np.int16]
    view_descriptors: NDArray[np.int8]
    pdq: NDArray[np.uint8]
    pdq_quality: NDArray[np.uint8]
    votes: NDArray[np.bool_]
    sound: NDArray[np.uint32]
    sound_votes: NDArray[np.bool_]
    pdq_forms: NDArray[np.uint8] = field(default_factory=lambda: np.zeros((0, 0, 32), np.uint8))

    @classmethod
    def of(cls, fingerprint: Fingerprint) -> Self:
        """Take the query side of a fingerprint."""
        return cls(fingerprint.algorithm, *(getattr(fingerprint, name) for name in ARRAYS))

    def to_bytes(self) -> bytes:
        """Encode for the way to the index process."""
        arrays = {name: getattr(self, name) for name in ARRAYS}
        return pack_arrays(MAGIC, VERSION, {"algorithm": self.algorithm}, arrays)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read what `to_bytes` wrote; BadEncoding on anything else."""
        fields, arrays = unpack_arrays(MAGIC, VERSION, data)
        algorithm = fields.get("algorithm")
        if not isinstance(algorithm, str):
            raise BadEncoding("the query names no algorithm")
        votes = checked(arrays.get("votes"), "|b1", (None,))
        sound = checked(arrays.get("sound"), "<u4", (None,))
        views = checked(arrays.get("view_descriptors"), "|i1", (None, None, DIMENSION))
        forms = checked(arrays.get("pdq_forms"), "|u1", (None, None, 32))
        if {len(views), len(forms)} - {0, len(votes)} or forms.shape[1] > len(FORMS):
            raise BadEncoding("views or forms belong to other frames")
        return cls(
            algorithm=algorithm,
            view_ids=checked(arrays.get("view_ids"), "<i2", views.shape[:2]),
            view_descriptors=views,
            pdq=checked(arrays.get("pdq"), "|u1", (len(votes), 32)),
            pdq_quality=checked(arrays.get("pdq_quality"), "|u1", (len(votes),)),
            votes=votes,
            sound=sound,
            sound_votes=checked(arrays.get("sound_votes"), "|b1", (len(sound),)),
            pdq_forms=forms,
        )
