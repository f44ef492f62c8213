"""Files in a local directory, named by their SHA-256: whole or not at all, created once, fsynced."""

from pathlib import Path


class LocalBlobs:
    """A content-addressed store in one folder."""

    def __init__(self, folder: Path, reserve_bytes: int) -> None:
        self._folder = folder
        self._reserve_bytes = reserve_bytes
        folder.mkdir(parents=True, exist_ok=True)
