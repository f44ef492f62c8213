"""What a minute of real footage takes to store: the fingerprint's row, kept pictures, the index."""

import tempfile
from pathlib import Path

from app.core.errors import CoreError
from app.core.fingerprints.describe import default_describers
from app.core.fingerprints.fingerprint import ARRAYS, encode
from app.core.fingerprints.fingerprinting import Fingerprinted, fingerprint_file
from app.core.index.items import KnownItems
from app.core.media import DecodeLimits

SUFFIXES = {".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v", ".mpg", ".ts"}
CODE_BYTES, HASH_BYTES, SOUND_BYTES, ID_BYTES = 269, 40, 12, 8
"""In the index's memory, each with the number and row of its item."""


def stored(folder: Path, most: int) -> list[dict[str, float | str]]:
    """Fingerprint the first clips of a folder and say what they take, in bytes a minute."""
    clips = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)[:most]
    describers = default_describers(threads=1)
    rows = []
    with tempfile.TemporaryDirectory() as work:
        for clip in clips:
            pictures = Path(work, "pictures.zip")
            try:
                made = fingerprint_file(clip, describers, DecodeLimits(), None, pictures)
            except CoreError:
                continue
            rows.append(_row(clip, made, pictures.stat().st_size))
            pictures.unlink()
    return rows


def _row(clip: Path, fingerprinted: Fingerprinted, pictures_bytes: int) -> dict[str, float | str]:
    made, reel = fingerprinted.fingerprint, fingerprinted.pictures.reel
    minutes = made.duration_ms / 60_000
    frames, hashes, sound = KnownItems.of(1, made).counts[0].tolist()
    index_bytes = frames * (CODE_BYTES + ID_BYTES) + hashes * HASH_BYTES + sound * SOUND_BYTES
    arrays = {name: getattr(made, name).nbytes for name in ARRAYS}
    return {
        "clip": clip.name,
        "minutes": minutes,
        "frames_a_minute": made.frames / minutes,
        "views": made.view_ids.shape[1],
        "row_bytes_a_minute": len(encode(made)) / minutes,
        "views_share_of_row": arrays["view_descriptors"] / sum(arrays.values()),
        "pictures_bytes_a_minute": pictures_bytes / minutes,
        "reel_bytes_a_minute": sum(map(len, reel.tiles)) / minutes,
        "index_bytes_a_minute": index_bytes / minutes,
        "clip_bytes_a_minute": clip.stat().st_size / minutes,
    }
