"""The sampled frames kept for proof and display: JPEGs by time in one uncompressed zip."""

import io
import zipfile
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from app.core.errors import BadEncoding

QUALITY = 80


@dataclass(frozen=True, slots=True)
class Pictures:
    """Frames as JPEG files with their presentation times, in order of time."""

    timestamps_ms: tuple[int, ...]
    jpegs: tuple[bytes, ...]

    def __len__(self) -> int:
        return len(self.jpegs)

    def nearest(self, timestamp_ms: int) -> int:
        """Give the place of the picture nearest to a time."""
        if not self.timestamps_ms:
            raise LookupError("there are no pictures")
        return int(np.abs(np.asarray(self.timestamps_ms) - timestamp_ms).argmin())

    def at(self, timestamp_ms: int) -> NDArray[np.uint8]:
        """Give the picture nearest to a time as RGB pixels."""
        return read_jpeg(self.jpegs[self.nearest(timestamp_ms)])


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
        for place, jpeg in enumerate(pictures.jpegs):
            # A fixed date keeps equal pictures equal bytes.
            name = f"{place:06d}-{pictures.timestamps_ms[place]}.jpg"
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), jpeg)
    return target.getvalue()


def unpack(data: bytes) -> Pictures:
    """Read what `pack` joined; BadEncoding on anything else."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            times = tuple(int(name.removesuffix(".jpg").split("-", 1)[1]) for name in names)
            return Pictures(times, tuple(archive.read(name) for name in names))
    except (zipfile.BadZipFile, ValueError, IndexError, NotImplementedError, EOFError) as error:
        raise BadEncoding("these are no kept pictures") from error
