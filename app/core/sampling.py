"""What is taken from each sampled frame as it passes, so that its pixels need not be kept."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import batched

import numpy as np
from numpy.typing import NDArray

from app.core.borders import Profile, border_profile, content_box
from app.core.describe import Describer
from app.core.fingerprint import DIMENSION, VIEW_SCALE
from app.core.hashing import MIRROR_FORMS, pdq_forms, phash
from app.core.media import Frame, MediaKind
from app.core.pictures import Pictures, PictureWriter, read_jpeg
from app.core.usable import carries_vote
from app.core.views import FORMS, View, moving_views, still_views

BATCH = 8


@dataclass(slots=True)
class Samples:
    """The rows of a fingerprint, growing frame by frame."""

    kind: MediaKind
    pictures: PictureWriter
    describer: Describer | None
    timestamps_ms: list[int] = field(default_factory=list)
    shots: list[int] = field(default_factory=list)
    votes: list[bool] = field(default_factory=list)
    hashes: list[NDArray[np.uint8]] = field(default_factory=list)
    qualities: list[int] = field(default_factory=list)
    phashes: list[NDArray[np.uint8]] = field(default_factory=list)
    descriptors: list[NDArray[np.float16]] = field(default_factory=list)
    profiles: list[Profile] = field(default_factory=list)

    def take(self, frames: Iterable[Frame]) -> None:
        """Pass over the frames once, a few at a time."""
        for batch in batched(frames, BATCH):
            for frame in batch:
                self._take(frame)
            if self.describer:
                found = self.describer.describe([frame.pixels for frame in batch])
                self.descriptors.append(found.astype(np.float16))

    def _take(self, frame: Frame) -> None:
        forms = FORMS if self.kind is MediaKind.STILL else MIRROR_FORMS
        self.timestamps_ms.append(frame.timestamp_ms)
        self.shots.append(frame.shot)
        self.votes.append(carries_vote(frame.pixels, self.kind))
        hashes, quality = pdq_forms(frame.pixels, forms)
        self.hashes.append(hashes)
        self.qualities.append(quality)
        self.phashes.append(phash(frame.pixels))
        self.profiles.append(border_profile(frame.pixels))
        self.pictures.add(frame.timestamp_ms, frame.pixels)

    def views(self) -> tuple[View, ...]:
        """Give the query views that suit these frames."""
        content = content_box(self.profiles)
        return still_views(content) if self.kind is MediaKind.STILL else moving_views(content)


def describe_views(
    pictures: Pictures,
    views: tuple[View, ...],
    describer: Describer,
    on_progress: Callable[[float], None],
) -> NDArray[np.int8]:
    """Describe every view of every kept picture: (n, v, 512), in steps of 1/127."""
    described = np.empty((len(pictures), len(views), DIMENSION), np.int8)
    for row, pixels in enumerate(_pixels(pictures)):
        vectors = describer.describe([view.apply(pixels) for view in views])
        described[row] = np.rint(vectors * VIEW_SCALE)
        on_progress((row + 1) / len(described))
    return described


def _pixels(pictures: Pictures) -> Iterator[NDArray[np.uint8]]:
    return (read_jpeg(pictures.jpegs[place]) for place in range(len(pictures)))
