"""Items with known hashes, and lists that hold something like them."""

import hashlib
from dataclasses import replace

import numpy as np
from fastapi.testclient import TestClient
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from app.bootstrap import Parts
from app.core.fingerprints.fingerprint import Fingerprint, encode
from app.db.fingerprints import StoredFingerprint
from app.services.listed_table import ListedTable
from app.services.signal_watch import SignalWatch
from tests.records import add_item
from tests.uploads import fingerprint


def watch_of(parts: Parts) -> SignalWatch:
    """What compares items with lists, as a worker starts it."""
    hold_files(parts)
    return SignalWatch(parts.database, parts.blobs, ListedTable(parts.database))


def hold_files(parts: Parts) -> None:
    """Let the store look as if other items' files are in it, where that of an item is missing."""
    (parts.settings.blobs_dir / "00").mkdir(exist_ok=True)


def add_hashed(session: Session, seed: int, frames: int = 5, **changed: object) -> str:
    """An item whose fingerprint is made up from a seed; gives its id."""
    media_id = add_item(session)
    made = replace(fingerprint(seed, frames), **changed)  # type: ignore[arg-type]
    store(session, media_id, made)
    return media_id


def store(session: Session, media_id: str, made: Fingerprint) -> None:
    """Keep a fingerprint of an item."""
    session.add(
        StoredFingerprint(
            media_id=media_id, algorithm=made.algorithm, frames=made.frames, encoded=encode(made)
        )
    )
    session.flush()


def hashes_of(seed: int, frames: int = 5) -> NDArray[np.uint8]:
    """The PDQ hashes of the frames of `add_hashed`."""
    return fingerprint(seed, frames).pdq


def near_to(hashes: NDArray[np.uint8], bits: int) -> list[str]:
    """Hashes that differ in so many bits from others, in hexadecimal digits."""
    apart = np.unpackbits(hashes, axis=1)
    apart[:, :bits] ^= 1
    return [bytes(row).hex() for row in np.packbits(apart, axis=1)]


def make_list(client: TestClient, slug: str = "flagged", **said: str) -> None:
    """An empty list."""
    made = client.post("/v1/hash-lists", json={"slug": slug, "title": slug, **said})
    assert made.status_code == 201, made.text


def send(client: TestClient, text: str, slug: str = "flagged", **asked: str) -> dict[str, object]:
    """Send a list's text; gives what came of it."""
    done = client.post(f"/v1/hash-lists/{slug}/entries", content=text, params=asked)
    assert done.status_code == 200, done.text
    answer: dict[str, object] = done.json()
    return answer


def sha256_of(number: int) -> str:
    """A hash of nobody's file."""
    return hashlib.sha256(f"nobody's {number}".encode()).hexdigest()
