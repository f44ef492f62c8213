"""The clips and stills that queries are made of, sorted into known material and strangers, fit and test."""

import hashlib
import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import cv2
import numpy as np

from app.core.errors import Unreadable
from app.core.fingerprints.pictures import Pictures
from app.core.media import MediaKind
from benchmarks.quality.files import Files

SPLIT = 1
"""What the halves are drawn with. No seed: what one seed measures, no other may have been fitted to."""
LEAST_SHARE = 0.25
"""Of the clips that each half must get, or they are split by more of their names."""
SHORTEST_S = 1.8
STRANGERS_SHARE = 0.2
"""Clips that are not known: they fill frames, follow and precede excerpts, and must match nothing."""
PICTURED_SHARE = 0.15
"""Clips of which one still is known."""
NEAR_S = 0.5
"""Half the time between two pictures of a fingerprint."""
CONTENT_DIGITS = 12
LOOKED_AT, SOFT_PX, MOSTLY = 8, 15, 0.9
GREY = 128
"""Both colour axes of OpenCV's 8-bit Lab."""
COLOURED_FROM = 4.0
"""Chroma of the most coloured tenth: a turn of the hue by 30° moves 4 by 2, which nobody sees."""
BEGUN_SHARE, BEGUN_FROM_S = 0.15, 7.0
"""Clips of which the first part is known: the rest shows the same place and people at another time."""


class Side(StrEnum):
    """What a source is used for: setting weights, or measuring them."""

    FIT = "fit"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Source:
    """One clip or still."""

    path: Path
    kind: MediaKind
    duration_s: float
    width: int
    height: int
    coloured: bool = True
    telling_s: tuple[float, ...] = ()
    """Some moments at which something is to be seen."""
    content: str = ""
    """What tells its bytes from those of another of the same name."""

    def telling(self, at_s: float) -> float:
        """Give a moment, or another near it where only a bare wall or darkness is to be seen then."""
        near = min(self.telling_s, key=lambda each: abs(each - at_s), default=at_s)
        return at_s if abs(near - at_s) <= NEAR_S else near

    @property
    def name(self) -> str:
        """What the report calls it."""
        return self.path.name


@dataclass(frozen=True, slots=True)
class Sources:
    """Everything of one side: known clips, clips of which a still or the beginning is known, strangers."""

    known: tuple[Source, ...]
    pictured: tuple[Source, ...]
    begun: tuple[Source, ...]
    strangers: tuple[Source, ...]
    stills: tuple[Source, ...] = ()
    beginnings: tuple[Source, ...] = ()

    @property
    def clips(self) -> tuple[Source, ...]:
        """The known clips long enough to be cut from."""
        return tuple(each for each in self.known if each.duration_s >= SHORTEST_S)


def gather(folders: Sequence[Path], files: Files) -> list[Source]:
    """Give the readable clips and stills of some folders; files of one stem are one work, kept once."""
    works: dict[tuple[Path, str], Path] = {}
    paths = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    for path in paths:
        key = (path.parent, path.stem.lower())
        if key not in works or path.stat().st_size > works[key].stat().st_size:
            works[key] = path
    found = []
    for path in works.values():
        with suppress(Unreadable):
            source = source_of(path, files)
            if source.kind is not MediaKind.AUDIO:
                found.append(source)
    return found


def source_of(path: Path, files: Files) -> Source:
    """Look at one file; Unreadable for what is no media."""
    made = files(path)
    info, seconds = made.info, made.info.duration_ms / 1000
    votes = made.fingerprint.timestamps_ms[made.fingerprint.votes] / 1000
    telling_s = tuple(votes.round(2).tolist())
    content = hashlib.sha256(path.read_bytes()).hexdigest()[:CONTENT_DIGITS]
    size = info.width, info.height
    return Source(path, info.kind, seconds, *size, coloured(made.pictures), telling_s, content)


def coloured(pictures: Pictures) -> bool:
    """Say whether the most coloured tenth of some pictures is more than nearly grey."""
    times = pictures.timestamps_ms[:: 1 + len(pictures) // LOOKED_AT]
    strengths = []
    for pixels in map(pictures.at, times):
        lab = cv2.cvtColor(cv2.blur(pixels, (SOFT_PX, SOFT_PX)), cv2.COLOR_RGB2LAB)
        axes = lab[..., 1:].reshape(-1, 2).astype(np.float64) - GREY
        strengths.append(np.hypot(axes[:, 0], axes[:, 1]))
    return not strengths or float(np.quantile(np.concatenate(strengths), MOSTLY)) >= COLOURED_FROM


def split(sources: Sequence[Source], side: Side, seed: int) -> Sources:
    """Give one side's half of the sources, the same for every seed, and what each of them is used for."""
    mine = sides(sources)[side]
    clips = [each for each in mine if each.kind is MediaKind.VIDEO]
    random.Random(f"{seed} {side}").shuffle(clips)
    strangers = max(2, round(STRANGERS_SHARE * len(clips)))
    pictured = strangers + max(1, round(PICTURED_SHARE * len(clips)))
    long = [each for each in clips[pictured:] if each.duration_s >= BEGUN_FROM_S]
    begun = long[: max(1, round(BEGUN_SHARE * len(clips)))]
    return Sources(
        known=tuple(each for each in clips[pictured:] if each not in begun),
        begun=tuple(begun),
        pictured=tuple(clips[strangers:pictured]),
        strangers=tuple(clips[:strangers]),
        stills=tuple(each for each in mine if each.kind is MediaKind.STILL),
    )


def sides(sources: Sequence[Source]) -> dict[Side, list[Source]]:
    """Split sources by name; where most names begin alike, by whole names, or in the order of hashes."""
    # The first letters keep a series of takes (take1, take2) on one side where they share a name.
    for letters in (4, None):
        halves: dict[Side, list[Source]] = {side: [] for side in Side}
        for each in sources:
            halves[Side.FIT if _digest(each, letters)[0] % 2 else Side.TEST].append(each)
        if min(map(_clips, halves.values())) >= LEAST_SHARE * max(1, _clips(sources)):
            return halves
    ordered = sorted(sources, key=lambda each: (each.kind, _digest(each, None)))
    return {Side.TEST: ordered[::2], Side.FIT: ordered[1::2]}


def _clips(sources: Sequence[Source]) -> int:
    return sum(each.kind is MediaKind.VIDEO for each in sources)


def _digest(source: Source, letters: int | None) -> bytes:
    return hashlib.sha256(f"{SPLIT} {source.path.stem.lower()[:letters]}".encode()).digest()
