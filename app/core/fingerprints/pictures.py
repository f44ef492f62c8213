"""The sampled frames kept for proof and display: JPEGs by time in one uncompressed zip, and the reel.

A zip so that a person can open it without the desk; uncompressed so that one picture can be
read by its place, without the rest.
"""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from app.core.errors import BadEncoding
from app.core.fingerprints.reel import NO_REEL, TILE, Reel
from app.core.fingerprints.stored import DAMAGED, StoredJpegs, entries_of

QUALITY = 80
_REEL = "reel-"
_REEL_TIMES = f"{_REEL}times"
# A fixed date keeps equal pictures equal bytes.
_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Pictures:
    """Frames as JPEG files with their presentation times, in order of time.

    `jpegs` may read them from the zip one by one: a long video's pictures need not be in memory.
    """

    timestamps_ms: tuple[int, ...]
    jpegs: Sequence[bytes]
    reel: Reel = NO_REEL

    def __len__(self) -> int:
        return len(self.timestamps_ms)

    def nearest(self, timestamp_ms: int) -> int:
        """Give the place of the picture nearest to a time."""
        if not self.timestamps_ms:
            raise LookupError("there are no pictures")
        return int(np.abs(np.asarray(self.timestamps_ms) - timestamp_ms).argmin())

    def at(self, timestamp_ms: int) -> NDArray[np.uint8]:
        """Give the picture nearest to a time as RGB pixels."""
        return read_jpeg(self.jpegs[self.nearest(timestamp_ms)])


NO_PICTURES = Pictures((), ())


class PictureWriter:
    """Writes pictures to a zip as they come, so that none has to stay in memory."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._archive = zipfile.ZipFile(path, "w", zipfile.ZIP_STORED)
        self._times: list[int] = []

    def add(self, timestamp_ms: int, pixels: NDArray[np.uint8]) -> None:
        """Add the next frame."""
        self._write(_name(len(self._times), timestamp_ms), write_jpeg(pixels))
        self._times.append(timestamp_ms)

    def close(self, reel: Reel = NO_REEL) -> Pictures:
        """Finish the zip; gives its pictures, which read from it."""
        for name, data in _reel_files(reel):
            self._write(name, data)
        entries = self._archive.infolist()
        self._archive.close()
        stored = StoredJpegs(self._path, entries[: len(self._times)])
        return Pictures(tuple(self._times), stored, reel)

    def _write(self, name: str, data: bytes) -> None:
        self._archive.writestr(zipfile.ZipInfo(name, _DATE), data)


def write_jpeg(pixels: NDArray[np.uint8]) -> bytes:
    """Encode RGB pixels as a JPEG file."""
    done, data = cv2.imencode(
        ".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, QUALITY]
    )
    if not done:
        raise ValueError("the picture cannot be written as JPEG")
    return data.tobytes()


def read_jpeg(data: bytes) -> NDArray[np.uint8]:
    """Decode a JPEG file to RGB pixels."""
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if pixels is None:
        raise BadEncoding("a kept picture is damaged")
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB), np.uint8)


def pack(pictures: Pictures) -> bytes:
    """Join the pictures to an uncompressed zip; entries are named by place and time."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for place, time_ms in enumerate(pictures.timestamps_ms):
            archive.writestr(zipfile.ZipInfo(_name(place, time_ms), _DATE), pictures.jpegs[place])
        for name, data in _reel_files(pictures.reel):
            archive.writestr(zipfile.ZipInfo(name, _DATE), data)
    return target.getvalue()


def unpack(data: bytes) -> Pictures:
    """Read what `pack` joined; BadEncoding on anything else."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = entries_of(archive)
            return _joined(entries, [archive.read(entry) for entry in entries])
    except DAMAGED as error:
        raise BadEncoding("these are no kept pictures") from error


def open_pictures(path: Path) -> Pictures:
    """Read a zip of pictures where it lies, each picture when it is asked for."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = entries_of(archive)
        return _joined(entries, StoredJpegs(path, entries))
    except DAMAGED as error:
        raise BadEncoding("these are no kept pictures") from error


def _reel_files(reel: Reel) -> list[tuple[str, bytes]]:
    """Give the entries of a reel: its tiles, then the times of its pictures."""
    if not len(reel):
        return []
    tiles = [(f"{_REEL}{place:06d}.jpg", tile) for place, tile in enumerate(reel.tiles)]
    return [*tiles, (_REEL_TIMES, reel.times_ms.astype("<i8").tobytes())]


def _joined(entries: Sequence[zipfile.ZipInfo], files: Sequence[bytes]) -> Pictures:
    """Tell pictures from the reel behind them."""
    names = [entry.filename for entry in entries]
    count = sum(not name.startswith(_REEL) for name in names)
    tiles = sum(name.endswith(".jpg") for name in names[count:])
    reel = NO_REEL
    if tiles:
        times_ms = np.frombuffer(files[names.index(_REEL_TIMES)], "<i8").astype(np.int64)
        if -(-len(times_ms) // TILE) != tiles:
            raise BadEncoding("the reel lacks tiles")
        reel = Reel(times_ms, files[count : count + tiles])
    return Pictures(_times(names[:count]), files[:count], reel)


def _name(place: int, timestamp_ms: int) -> str:
    return f"{place:06d}-{timestamp_ms}.jpg"


def _times(names: Sequence[str]) -> tuple[int, ...]:
    return tuple(int(name.removesuffix(".jpg").split("-", 1)[1]) for name in names)
