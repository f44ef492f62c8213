"""The disk that the stored files are on, taken away for a while."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.blobs.local import LocalBlobs
from app.bootstrap import Parts


@contextmanager
def unmounted(parts: Parts, folder: Path) -> Iterator[None]:
    """Leave an empty mount point where the stored files are, and them in a folder meanwhile."""
    place = parts.settings.blobs_dir
    volume = place.rename(folder / "volume")
    LocalBlobs(place, reserve_bytes=0)  # as a process does that starts meanwhile
    try:
        yield
    finally:
        shutil.rmtree(place)
        volume.rename(place)
