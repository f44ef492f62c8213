"""What is kept of a media item to find it again, and its one binary encoding."""

from dataclasses import dataclass, field, fields, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from app.core.errors import AlgorithmMismatch, BadEncoding
from app.core.fingerprints.arrays import checked, pack_arrays, unpack_arrays
from app.core.fingerprints.views import LAID_IN, TRIMMED, WHOLE, Box, View
from app.core.media import MediaKind

MAGIC = b"PDfp"
VERSION = 2
DIMENSION = 512
VIEW_SCALE = 127
SAMPLING = "pd3"
"""Names sampling, frame size, votes, view set and hash versions; raised when one of them changes."""
NO_MODEL = "none"


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprint:
    """One row per sampled frame (n), one item per sound step (m), v query views, s of them a frame.

    `votes` is False for pictures that look like many others (black, flat, card): they are kept
    for display and never counted as evidence. `view_boxes` says which part of the frame each
    view shows: x, y, width, height as shares of the frame. Each frame is described in some of
    the views: `view_ids` are their places in `view_names`. `pdq_forms` are the PDQ hashes of the
    frame mirrored and turned (n, f, 32), in the order of `hashing.MIRROR_FORMS` for two of them
    and of `views.FORMS` for eight. Without a model both descriptor
    arrays have no rows, and the algorithm says so.
    """

    algorithm: str
    kind: MediaKind
    duration_ms: int
    width: int
    height: int
    timestamps_ms: NDArray[np.int64]
    shots: NDArray[np.int32]
    votes: NDArray[np.bool_]
    pdq: NDArray[np.uint8]
    pdq_quality: NDArray[np.uint8]
    phash: NDArray[np.uint8]
    descriptors: NDArray[np.float16]
    view_names: tuple[str, ...]
    view_ids: NDArray[np.int16]
    view_descriptors: NDArray[np.int8]
    view_boxes: NDArray[np.float32]
    sound: NDArray[np.uint32]
    sound_votes: NDArray[np.bool_]
    pdq_forms: NDArray[np.uint8] = field(default_factory=lambda: np.zeros((0, 0, 32), np.uint8))

    @property
    def frames(self) -> int:
        """The number of sampled frames."""
        return len(self.timestamps_ms)

    @property
    def described(self) -> bool:
        """Whether a descriptor model looked at the frames."""
        return len(self.descriptors) > 0

    @property
    def content(self) -> Box:
        """What of its frames lies inside bars."""
        boxes = zip(self.view_names, self.view_boxes.tolist(), strict=True)
        return next((Box(*box) for name, box in boxes if name == TRIMMED), WHOLE)

    @property
    def laid_in(self) -> list[Box]:
        """Where other pictures seem to be laid into the frames."""
        boxes = zip(self.view_names, self.view_boxes.tolist(), strict=True)
        return [Box(*box) for name, box in boxes if name.startswith(LAID_IN)]

    def view(self, row: int, place: int) -> View:
        """Say how one described view of one frame lies in that frame."""
        chosen = int(self.view_ids[row, place])
        return View.of(self.view_names[chosen], Box(*self.view_boxes[chosen].tolist()))

    def part(self, rows: slice) -> Self:
        """Give the item with some of its frames alone; its sound and its length stay."""
        return replace(self, **{name: getattr(self, name)[rows] for name in OF_FRAMES})


def algorithm_id(frames: str | None, views: str | None) -> str:
    """Name everything that decides whether two fingerprints can be compared."""
    return f"{SAMPLING}+frames:{frames or NO_MODEL}+views:{views or NO_MODEL}"


def comparable(first: str, second: str) -> bool:
    """Say whether fingerprints of these two algorithms may be compared."""
    return first == second


def require_comparable(first: str, second: str) -> None:
    """Refuse to compare fingerprints of different algorithms."""
    if not comparable(first, second):
        raise AlgorithmMismatch(f"{first} cannot be compared with {second}")


PLAIN = ("algorithm", "kind", "duration_ms", "width", "height", "view_names")
ARRAYS = tuple(each.name for each in fields(Fingerprint) if each.name not in PLAIN)
OF_FRAMES = tuple(name for name in ARRAYS if name not in {"view_boxes", "sound", "sound_votes"})
"""The arrays that have a row for each frame, or none."""


def encode(fingerprint: Fingerprint) -> bytes:
    """Give the fingerprint's one binary form."""
    plain = {name: getattr(fingerprint, name) for name in PLAIN}
    arrays = {name: getattr(fingerprint, name) for name in ARRAYS}
    return pack_arrays(MAGIC, VERSION, plain, arrays)


def decode(data: bytes) -> Fingerprint:
    """Read what `encode` wrote; BadEncoding on anything else."""
    plain, arrays = unpack_arrays(MAGIC, VERSION, data)
    if set(plain) != set(PLAIN) or set(arrays) != set(ARRAYS):
        raise BadEncoding("fields are missing or unknown")
    return Fingerprint(**_plain(plain), **_arrays(arrays, len(plain["view_names"])))


def _plain(plain: dict[str, Any]) -> dict[str, Any]:
    """Check the plain fields."""
    names = plain["view_names"]
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise BadEncoding("view_names is no list of names")
    for name in ("duration_ms", "width", "height"):
        if type(plain[name]) is not int or plain[name] < 0:
            raise BadEncoding(f"{name} is no count")
    if not isinstance(plain["algorithm"], str) or plain["kind"] not in tuple(MediaKind):
        raise BadEncoding("algorithm or kind is unknown")
    return {**plain, "kind": MediaKind(plain["kind"]), "view_names": tuple(names)}


def _arrays(arrays: dict[str, NDArray[Any]], views: int) -> dict[str, Any]:
    """Check that every array has its type and that the rows belong together."""
    n, m = arrays["timestamps_ms"].size, arrays["sound"].size
    described, viewed, forms = (
        arrays[name].shape for name in ("descriptors", "view_descriptors", "pdq_forms")
    )
    if any(len(shape) < 2 or shape[0] not in {0, n} for shape in (described, viewed, forms)):
        raise BadEncoding("descriptors or forms belong to other frames")
    shapes: dict[str, tuple[str, tuple[int, ...]]] = {
        "timestamps_ms": ("<i8", (n,)),
        "shots": ("<i4", (n,)),
        "votes": ("|b1", (n,)),
        "pdq": ("|u1", (n, 32)),
        "pdq_quality": ("|u1", (n,)),
        "phash": ("|u1", (n, 8)),
        "descriptors": ("<f2", (described[0], DIMENSION)),
        "view_ids": ("<i2", viewed[:2]),
        "view_descriptors": ("|i1", (*viewed[:2], DIMENSION)),
        "view_boxes": ("<f4", (views, 4)),
        "sound": ("<u4", (m,)),
        "sound_votes": ("|b1", (m,)),
        "pdq_forms": ("|u1", (forms[0], forms[1], 32)),
    }
    found = {name: checked(arrays[name], *shapes[name]) for name in ARRAYS}
    ids = found["view_ids"]
    if ids.size and not 0 <= ids.min() <= ids.max() < views:
        raise BadEncoding("a view has no name")
    return found
