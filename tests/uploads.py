"""Small files to upload, and the ways to send them."""

import hashlib
from typing import Any

from fastapi.testclient import TestClient
from httpx2 import Response


def png(seed: int = 0, size_bytes: int = 300) -> bytes:
    """Bytes that start like a PNG: enough for the door, which decodes nothing."""
    filler = hashlib.sha256(str(seed).encode()).digest() * (size_bytes // 32 + 1)
    return b"\x89PNG\r\n\x1a\n" + filler[:size_bytes]


def upload(client: TestClient, data: bytes, name: str = "clip.png", **fields: Any) -> Response:
    """Send one file with form fields."""
    return client.post("/v1/media", files={"file": (name, data)}, data=fields)
