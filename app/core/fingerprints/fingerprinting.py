"""From a file to its fingerprint and its kept pictures."""

import tempfile
from collections.abc import Callable, Generator
from contextlib import closing, suppress
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from app.core.decoding.decode import frames
from app.core.decoding.ffmpeg import container_of
from app.core.decoding.original import Original
from app.core.decoding.probe import probe_and_read
from app.core.decoding.stills import read_still
from app.core.errors import NoUsableFrames
from app.core.fingerprints.describe import Describers, algorithm_of, shared_describers
from app.core.fingerprints.fingerprint import DIMENSION, Fingerprint
from app.core.fingerprints.lasting import played_ms
from app.core.fingerprints.pictures import Pictures, PictureWriter, unpack
from app.core.fingerprints.sampling import NOT_VIEWED, Samples, Viewed, describe_views, views_of
from app.core.fingerprints.sound import LONG_ENOUGH_MS, silence, sound_fingerprint
from app.core.fingerprints.usable import sound_votes
from app.core.media import USUAL_LIMITS, DecodeLimits, Frame, MediaInfo, MediaKind

type Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Fingerprinted:
    """What a file is, what finds it again, and what proves it."""

    info: MediaInfo
    fingerprint: Fingerprint
    pictures: Pictures
    original: Original | None = None

    @property
    def sound_unknown(self) -> bool:
        """Whether it has a sound, and is long enough, but nothing of that could be made out."""
        long = self.info.duration_ms > LONG_ENOUGH_MS
        return long and self.info.has_audio and not len(self.fingerprint.sound)


_NOTHING = "The file holds neither a picture nor a sound that can be read."
_TOO_SHORT = "The sound is too short to be told from others: three seconds are needed."
DECODING = 0.5
"""Share of the work done when all frames are sampled; describing their views is the rest."""


def fingerprint_file(
    path: Path | str,
    describers: Describers | Literal["default"] | None = "default",
    limits: DecodeLimits = USUAL_LIMITS,
    on_progress: Progress | None = None,
    pictures_path: Path | None = None,
) -> Fingerprinted:
    """Fingerprint a media file; an Unreadable says why it cannot be done.

    The default describers are loaded at the first call; with None there are hashes only.
    With `pictures_path` the kept pictures are written there and read from there, so that memory
    stays flat however long the video is; without it they are held in memory.
    """
    path = Path(path)
    models = shared_describers() if describers == "default" else describers
    probed = probe_and_read(path, limits)
    if pictures_path:
        return _fingerprinted(path, probed, (models, limits, on_progress), pictures_path)
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder, "pictures.zip")
        made = _fingerprinted(path, probed, (models, limits, on_progress), kept)
        return replace(made, pictures=unpack(kept.read_bytes()))


def _fingerprinted(
    path: Path,
    probed: tuple[MediaInfo, Frame | None],
    how: tuple[Describers | None, DecodeLimits, Progress | None],
    pictures_path: Path,
) -> Fingerprinted:
    info, still = probed
    describers, limits, on_progress = how
    report = on_progress or (lambda _share: None)
    samples = Samples(
        info.kind, PictureWriter(pictures_path), describers.frames if describers else None
    )
    try:
        # Whoever keeps an error keeps its frames: the decoder is ended by hand.
        with closing(_frames(path, info, limits, lambda each: report(each * DECODING))) as decoded:
            samples.take(decoded if still is None else iter([still]))
    finally:
        pictures = samples.close()
    silent = not info.has_audio or info.kind is MediaKind.STILL
    sound = np.empty(0, np.uint32) if silent else sound_fingerprint(path, info, limits)
    if not len(pictures) and not len(sound):
        short = info.has_audio and info.duration_ms <= LONG_ENOUGH_MS
        raise NoUsableFrames(_TOO_SHORT if short else _NOTHING)
    duration_ms = played_ms(path, info, (samples.timestamps_ms, sound), limits)
    info = replace(info, duration_ms=duration_ms)
    if info.kind is MediaKind.VIDEO and not info.has_audio:
        sound = silence(info.duration_ms)
    original = Original(path, limits) if info.kind is MediaKind.VIDEO else None
    fingerprint = _joined(info, samples, sound, pictures, (describers, report))
    return Fingerprinted(info, fingerprint, pictures, original)


def _frames(
    path: Path, info: MediaInfo, limits: DecodeLimits, on_progress: Progress
) -> Generator[Frame]:
    if info.kind is MediaKind.STILL and container_of(path).picture:
        yield read_still(path, limits)
    elif info.kind is not MediaKind.AUDIO:
        # What has no moving picture may still have a sound.
        with suppress(NoUsableFrames):
            yield from frames(path, info, limits, on_progress)


def _viewed(
    samples: Samples, pictures: Pictures, how: tuple[Describers | None, Progress]
) -> Viewed:
    """Describe the views: the second half of the work, and of its progress."""
    describers, report = how
    if not describers or not len(pictures):
        return NOT_VIEWED

    def on_progress(share: float) -> None:
        report(DECODING + share * (1 - DECODING))

    views = views_of(samples.kind, samples.profiles, pictures)
    described = np.concatenate(samples.descriptors)
    return describe_views(pictures, views, described, describers.views, on_progress)


def _joined(
    info: MediaInfo,
    samples: Samples,
    sound: NDArray[np.uint32],
    pictures: Pictures,
    how: tuple[Describers | None, Progress],
) -> Fingerprint:
    n = len(pictures)
    viewed = _viewed(samples, pictures, how)
    boxes = np.array([astuple(view.box) for view in viewed.views], np.float32).reshape(-1, 4)
    hashes = (
        np.array(samples.hashes, np.uint8).reshape(n, -1, 32)
        if n
        else np.empty((0, 1, 32), np.uint8)
    )
    found = samples.descriptors or [np.empty((0, DIMENSION), np.float16)]
    return Fingerprint(
        algorithm=algorithm_of(how[0]),
        kind=info.kind,
        duration_ms=info.duration_ms,
        width=info.width,
        height=info.height,
        timestamps_ms=np.array(samples.timestamps_ms, np.int64),
        shots=np.array(samples.shots, np.int32),
        votes=np.array(samples.votes, np.bool_),
        pdq=np.ascontiguousarray(hashes[:, 0]),
        pdq_quality=np.array(samples.qualities, np.uint8),
        phash=np.array(samples.phashes, np.uint8).reshape(n, 8),
        descriptors=np.concatenate(found),
        view_names=tuple(view.name for view in viewed.views),
        view_ids=viewed.ids,
        view_descriptors=viewed.vectors,
        view_boxes=boxes,
        sound=sound,
        sound_votes=sound_votes(sound),
        pdq_forms=hashes if n else np.empty((0, 0, 32), np.uint8),
    )
