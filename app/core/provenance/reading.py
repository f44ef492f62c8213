"""Reads everything that a file says about its own origin."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.core.decoding.ffmpeg import container_of
from app.core.media import USUAL_LIMITS, DecodeLimits
from app.core.provenance.credentials import read_credentials
from app.core.provenance.hints import hints
from app.core.provenance.inner_pictures import compared
from app.core.provenance.metadata import read_metadata
from app.core.provenance.values import READER, Metadata, Provenance, TrustList

NO_FRAMES = np.zeros((0, 32), np.uint8)
"""The hashes of a file whose frames are not known."""


def read_provenance(
    path: str | Path,
    lists: Sequence[TrustList] = (),
    limits: DecodeLimits = USUAL_LIMITS,
    frames_pdq: NDArray[np.uint8] = NO_FRAMES,
) -> Provenance:
    """Everything that is read of one file; `frames_pdq` are the PDQ hashes of its frames.

    Raises NotMedia for what is no media. Whatever else the file does to a reader is part of the
    answer: the credentials' state `error`, or a reader's failure.
    """
    path = Path(path)
    container = container_of(path)
    with ThreadPoolExecutor(1) as beside:
        waited = beside.submit(read_credentials, path, container.content_type, lists, limits)
        metadata = read_metadata(path, container, limits)
        credentials = waited.result()
    inner = (*metadata.pictures, *credentials.pictures)
    pictures = compared(inner, frames_pdq)
    return Provenance(
        reader=READER,
        credentials=replace(credentials, pictures=()),
        metadata=Metadata(metadata.values, metadata.shape, failures=metadata.failures),
        pictures=pictures,
        hints=hints(credentials, metadata, pictures),
    )
