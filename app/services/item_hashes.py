"""An item's hashes, taken from its file and its fingerprint, for comparing with others' hashes."""

import hashlib

import numpy as np
from numpy.typing import NDArray

from app import db
from app.blobs.local import LocalBlobs
from app.core.exchange.listed_hashes import LEAST_QUALITY
from app.core.fingerprints.fingerprint import Fingerprint, decode
from app.db.item_hashes import ItemHashes
from app.services.heavy import BenchUnavailable

BLOCK_BYTES = 1024 * 1024


def take(database: db.Database, blobs: LocalBlobs, media_id: str) -> bool:
    """Keep the hashes of an item's newest fingerprint, unless they are kept; false if it has none.

    `BenchUnavailable` says that its file is missing because all files are.
    """
    with database.read() as session:
        item, stored = db.media.find(session, media_id), db.fingerprints.of_media(session, media_id)
        if item is None or stored is None:
            return False
        kept = db.item_hashes.of_media(session, media_id)
        if kept is not None and kept.fingerprint_number == stored.number:
            return True
        fingerprint = decode(stored.encoded)
    md5, sha1 = _of_file(blobs, item.sha256)
    rows = usable(fingerprint)
    made = ItemHashes(
        media_id=media_id,
        fingerprint_number=stored.number,
        md5=md5,
        sha1=sha1,
        times_ms=fingerprint.timestamps_ms[rows].astype("<i8").tobytes(),
        pdq=fingerprint.pdq[rows].tobytes(),
        phash=fingerprint.phash[rows].tobytes(),
    )
    with database.write() as session:
        db.in_commit_order(session)
        if db.media.lock(session, media_id) is None:  # purged meanwhile
            return False
        db.item_hashes.replace(session, made)
    return True


def usable(fingerprint: Fingerprint) -> NDArray[np.bool_]:
    """Which frames may speak: those that vote, of a quality that PDQ's authors trust."""
    return fingerprint.votes & (fingerprint.pdq_quality >= LEAST_QUALITY)


def _of_file(blobs: LocalBlobs, sha256: str) -> tuple[bytes | None, bytes | None]:
    """The file's MD5 and SHA-1; None of a file that is not here."""
    md5, sha1 = (hashlib.new(name, usedforsecurity=False) for name in ("md5", "sha1"))
    try:
        with blobs.path(sha256).open("rb") as file:
            while block := file.read(BLOCK_BYTES):
                md5.update(block)
                sha1.update(block)
    except FileNotFoundError as error:
        if blobs.is_empty():
            # What is kept without them would be kept so for good.
            raise BenchUnavailable("No stored file is there.") from error
        return None, None
    return md5.digest(), sha1.digest()
