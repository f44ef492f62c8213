"""What is taken from each sampled frame as it passes, so that its pixels need not be kept."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import batched

import numpy as np
from numpy.typing import NDArray

from app.core.fingerprints.borders import Profile, border_profile, content_box
from app.core.fingerprints.describe import Describer
from app.core.fingerprints.fingerprint import DIMENSION, VIEW_SCALE
from app.core.fingerprints.hashing import MIRROR_FORMS, pdq_forms, phash
from app.core.fingerprints.insets import insets
from app.core.fingerprints.pictures import Pictures, PictureWriter, read_jpeg
from app.core.fingerprints.reel import ReelMaker, small
from app.core.fingerprints.usable import carries_vote
from app.core.fingerprints.views import FORMS, View, moving_views, still_views, turns
from app.core.media import Frame, MediaKind

BATCH = 8
ALIKE = 0.8
"""Cosine of two whole frames from which their views are taken for the same: those of an item that
were left out so lie at a cosine of 0.88 (median) to the vector that stands for them."""


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
    reel: ReelMaker = field(default_factory=ReelMaker)

    def take(self, frames: Iterable[Frame]) -> None:
        """Pass over the frames once, a few at a time."""
        for batch in batched(self._filmed(frames), BATCH):
            for frame in batch:
                self._take(frame)
            if self.describer:
                found = self.describer.describe([frame.pixels for frame in batch])
                self.descriptors.append(found.astype(np.float16))

    def _filmed(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        """Put every frame on the reel; gives those that are sampled."""
        for frame in frames:
            self.reel.add(frame.timestamp_ms, small(frame.pixels))
            if frame.sampled:
                yield frame

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

    def close(self) -> Pictures:
        """Finish the kept pictures."""
        return self.pictures.close(self.reel.done())


def views_of(kind: MediaKind, profiles: list[Profile], pictures: Pictures) -> tuple[View, ...]:
    """Give the query views that suit an item's frames."""
    content = content_box(profiles)
    laid_in = insets(pictures)
    if kind is MediaKind.STILL:
        return still_views(content, laid_in)
    return moving_views(content, laid_in)


@dataclass(frozen=True, slots=True, eq=False)
class Viewed:
    """Which views of each frame (n, s) are described, as places in `views`, and their vectors."""

    views: tuple[View, ...]
    ids: NDArray[np.int16]
    vectors: NDArray[np.int8]


NOT_VIEWED = Viewed((), np.empty((0, 0), np.int16), np.empty((0, 0, DIMENSION), np.int8))
"""Of an item without pictures, or without a model."""


def describe_views(
    pictures: Pictures,
    views: tuple[View, ...],
    frames: NDArray[np.float16],
    describer: Describer,
    on_progress: Callable[[float], None],
) -> Viewed:
    """Describe the views of every kept picture: (n, s, 512), in steps of 1/127.

    The first view is the whole frame, whose descriptor is there already. A view of a frame that
    hardly differs from the one in which it was described last keeps that vector.
    """
    ids = turns(len(pictures), views)
    vectors = frames.astype(np.float32)
    described = np.empty((*ids.shape, DIMENSION), np.int8)
    described[:, 0] = np.rint(vectors * VIEW_SCALE)
    last: dict[int, tuple[int, int]] = {}
    for row in range(len(ids)):
        new = []
        for place, view in enumerate(ids[row, 1:].tolist(), start=1):
            if view in last and vectors[row] @ vectors[last[view][0]] >= ALIKE:
                described[row, place] = described[last[view]]
            else:
                new.append(place)
                last[view] = (row, place)
        if new:
            pixels = read_jpeg(pictures.jpegs[row])
            found = describer.describe([views[ids[row, place]].apply(pixels) for place in new])
            described[row, new] = np.rint(found * VIEW_SCALE)
        on_progress((row + 1) / len(ids))
    return Viewed(views, ids, described)
