"""A first look at a video: a few of its key frames, described in a few views, within a second.

Key frames alone cost a twentieth of a full decode, and pictures are described while the next ones
are decoded. Of a short clip with a single key frame the others are read, too. What comes back is
a fingerprint with few rows, made to ask with and never to be kept.
"""

from collections.abc import Iterator
from dataclasses import astuple, dataclass, field
from itertools import chain, islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.core.decoding.decode import SPARING
from app.core.decoding.ffmpeg import container_of
from app.core.decoding.frame_stream import FITTED, FrameStream
from app.core.decoding.origin import TIMELESS, origin_ms
from app.core.decoding.probe import probe
from app.core.fingerprints.borders import Profile, border_profile, content_box
from app.core.fingerprints.describe import Describers, algorithm_of
from app.core.fingerprints.fingerprint import DIMENSION, VIEW_SCALE, Fingerprint
from app.core.fingerprints.hashing import MIRROR_FORMS, pdq_forms
from app.core.fingerprints.usable import carries_vote
from app.core.fingerprints.views import WHOLE, Box, View
from app.core.media import DecodeLimits, MediaInfo, MediaKind

FRAMES_MAX = 12
READ_THROUGH_MS = 150_000
"""Up to here all key frames are read in one pass; in longer videos a dozen places are looked up."""
SHORT_MS = 12_000
"""Encoders put one key frame into ten seconds, if not told otherwise, and one frame finds nothing."""
PART_MS = 1_000
"""Of a video that does not say how long it is, a frame of each second is looked at, the first ones."""
_KEY_FRAMES = ("-skip_frame", "nokey", "-skip_loop_filter", "all")
_ALL = "select='gte(scene,0)'"


def glimpse(path: Path, describers: Describers | None, limits: DecodeLimits) -> Fingerprint:
    """Look at a video's key frames, at most twelve, spread over its length.

    An Unreadable says why it cannot be done; of what has no moving picture no frame is seen, nor of
    a raw stream, whose key frames have no times.
    """
    info = probe(path, limits)
    seen = _Seen(describers)
    if info.kind is MediaKind.VIDEO and TIMELESS.isdisjoint(container_of(path).demuxers):
        for time_ms, pixels in _key_frames(path, info, limits):
            seen.take(time_ms, pixels)
    return seen.fingerprint(info)


@dataclass(slots=True)
class _Seen:
    """The rows of a glimpse, growing frame by frame."""

    describers: Describers | None
    pictures: list[NDArray[np.uint8]] = field(default_factory=list)
    times_ms: list[int] = field(default_factory=list)
    votes: list[bool] = field(default_factory=list)
    profiles: list[Profile] = field(default_factory=list)
    hashes: list[tuple[NDArray[np.uint8], int]] = field(default_factory=list)
    described: list[NDArray[np.float32]] = field(default_factory=list)

    def take(self, time_ms: int, pixels: NDArray[np.uint8]) -> None:
        """Look at the next frame; hashes are for desks without a model, which need them."""
        self.pictures.append(pixels)
        self.times_ms.append(time_ms)
        self.votes.append(carries_vote(pixels, MediaKind.VIDEO))
        self.profiles.append(border_profile(pixels))
        if self.describers:
            self.described.append(self._described(pixels, _views("whole", WHOLE)))
        else:
            self.hashes.append(pdq_forms(pixels, MIRROR_FORMS))

    def fingerprint(self, info: MediaInfo) -> Fingerprint:
        """Give what was seen, in the shape that is searched with."""
        views, seen = self._viewed()
        n = len(self.times_ms)
        forms = [hashes for hashes, _ in self.hashes]
        hashed = np.array(forms, np.uint8) if forms else np.zeros((n, 2, 32), np.uint8)
        qualities = [quality for _, quality in self.hashes] or [0] * n
        boxes = np.array([astuple(view.box) for view in views], np.float32).reshape(-1, 4)
        return Fingerprint(
            algorithm=algorithm_of(self.describers),
            kind=MediaKind.VIDEO,
            duration_ms=info.duration_ms or max(self.times_ms, default=-PART_MS) + PART_MS,
            width=info.width,
            height=info.height,
            timestamps_ms=np.array(self.times_ms, np.int64),
            shots=np.zeros(n, np.int32),
            votes=np.array(self.votes, np.bool_),
            pdq=np.ascontiguousarray(hashed[:, 0]),
            pdq_quality=np.array(qualities, np.uint8),
            phash=np.zeros((n, 8), np.uint8),
            descriptors=seen[:, 0].astype(np.float16) if views else np.empty((0, DIMENSION), "f2"),
            view_names=tuple(view.name for view in views),
            view_ids=np.tile(np.arange(len(views), dtype=np.int16), (len(seen), 1)),
            view_descriptors=np.rint(seen * VIEW_SCALE).astype(np.int8),
            view_boxes=boxes,
            sound=np.empty(0, np.uint32),
            sound_votes=np.empty(0, np.bool_),
            pdq_forms=hashed,
        )

    def _viewed(self) -> tuple[tuple[View, ...], NDArray[np.float32]]:
        """Give the views and their vectors; those inside borders once all frames were seen."""
        if not self.described:
            return (), np.empty((0, 0, DIMENSION), np.float32)
        views, seen = _views("whole", WHOLE), np.stack(self.described)
        content = content_box(self.profiles)
        if content == WHOLE:
            return views, seen
        inside = _views("trimmed", content)
        trimmed = [self._described(pixels, inside) for pixels in self.pictures]
        return (*views, *inside), np.concatenate([seen, np.stack(trimmed)], axis=1)

    def _described(self, pixels: NDArray[np.uint8], views: tuple[View, ...]) -> NDArray[np.float32]:
        assert self.describers is not None
        return self.describers.views.describe([view.apply(pixels) for view in views])


def _views(part: str, box: Box) -> tuple[View, ...]:
    return View(part, box), View(part, box, mirrored=True)


def _key_frames(
    path: Path, info: MediaInfo, limits: DecodeLimits
) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """Give the frames looked at with their times from the beginning, in order."""
    long = info.duration_ms > READ_THROUGH_MS
    found = (_looked_up if long else _read_through)(path, info, limits)
    if info.duration_ms <= SHORT_MS:
        first = list(islice(found, 2))
        one = len(first) < 2
        found = _read_through(path, info, limits, SPARING) if one else chain(first, found)
    last_ms = -1
    for time_ms, pixels in found:
        if time_ms > last_ms:
            last_ms = time_ms
            yield time_ms, pixels


def _read_through(
    path: Path, info: MediaInfo, limits: DecodeLimits, read: tuple[str, ...] = _KEY_FRAMES
) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """Read all key frames, or what else is to be read, and give the first of each twelfth of the length."""
    part_s = (info.duration_ms or FRAMES_MAX * PART_MS) / 1000 / FRAMES_MAX
    part = f"floor({{}}/{part_s:g})"
    chosen = f"gt({part.format('t')},{part.format('prev_selected_t')})"
    filters = f"select='isnan(prev_selected_t)+{chosen}',{FITTED},{_ALL}"
    zero_ms: int | None = None
    with FrameStream(path, filters, limits, read) as stream:
        # What plays longer than its container says has more parts.
        for frame in islice(stream, 2 * FRAMES_MAX):
            zero_ms = origin_ms(frame.time_ms) if zero_ms is None else zero_ms
            yield frame.time_ms - zero_ms, frame.pixels


def _looked_up(
    path: Path, info: MediaInfo, limits: DecodeLimits
) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """Give the key frame before the middle of each twelfth."""
    for place in range(FRAMES_MAX):
        start_ms = round(info.duration_ms * (place + 0.5) / FRAMES_MAX)
        begin = ("-noaccurate_seek", "-ss", f"{start_ms / 1000:.3f}")
        with FrameStream(path, f"{FITTED},{_ALL}", limits, (*_KEY_FRAMES, *begin)) as stream:
            for frame in islice(stream, 1):
                yield start_ms + frame.time_ms, frame.pixels
