"""Small files to upload, and the ways to send them."""

import hashlib
from typing import Any

import numpy as np
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy.orm import Session

from app.core.fingerprints.fingerprint import Fingerprint, encode
from app.core.media import MediaKind
from app.db.fingerprints import StoredFingerprint


def png(seed: int = 0, size_bytes: int = 300) -> bytes:
    """Bytes that start like a PNG: enough for the door, which decodes nothing."""
    filler = hashlib.sha256(str(seed).encode()).digest() * (size_bytes // 32 + 1)
    return b"\x89PNG\r\n\x1a\n" + filler[:size_bytes]


def upload(client: TestClient, data: bytes, name: str = "clip.png", **fields: Any) -> Response:
    """Send one file with form fields."""
    return client.post("/v1/media", files={"file": (name, data)}, data=fields)


def fingerprint(seed: int = 0, frames: int = 2) -> Fingerprint:
    """A fingerprint of made-up frames."""
    random = np.random.default_rng(seed)
    return Fingerprint(
        algorithm="test",
        kind=MediaKind.VIDEO,
        duration_ms=frames * 1000,
        width=320,
        height=240,
        timestamps_ms=np.arange(frames, dtype=np.int64) * 1000,
        shots=np.zeros(frames, np.int32),
        votes=np.ones(frames, np.bool_),
        pdq=random.integers(0, 256, (frames, 32), np.uint8),
        pdq_quality=np.full(frames, 90, np.uint8),
        phash=random.integers(0, 256, (frames, 8), np.uint8),
        descriptors=np.zeros((0, 512), np.float16),
        view_names=(),
        view_ids=np.zeros((0, 0), np.int16),
        view_descriptors=np.zeros((0, 0, 512), np.int8),
        view_boxes=np.zeros((0, 4), np.float32),
        sound=np.zeros(3, np.uint32),
        sound_votes=np.ones(3, np.bool_),
    )


def store_fingerprint(
    session: Session, media_id: str, seed: int = 0, algorithm: str = "test"
) -> int:
    """Give an item a fingerprint; its number in the index."""
    made = fingerprint(seed)
    stored = StoredFingerprint(
        media_id=media_id, algorithm=algorithm, frames=made.frames, encoded=encode(made)
    )
    session.add(stored)
    session.flush()
    return stored.number
