"""Fingerprints of files, made once for each algorithm and kept in a folder."""

import hashlib
import json
import time
from dataclasses import asdict
from pathlib import Path

from app.core import DecodeLimits, Fingerprinted, default_describers, fingerprint_file
from app.core.decoding.original import Original
from app.core.fingerprints.fingerprint import algorithm_id, decode, encode
from app.core.fingerprints.pictures import pack, unpack
from app.core.media import MediaInfo, MediaKind


class Files:
    """Fingerprints files once and keeps the result in a folder."""

    def __init__(self, cache: Path, threads: int = 2) -> None:
        self.cache = cache
        self.describers = default_describers(threads=threads)
        cache.mkdir(parents=True, exist_ok=True)
        self.seconds = 0.0
        self._held: dict[Path, Fingerprinted] = {}

    def __call__(self, path: Path) -> Fingerprinted:
        """Give the fingerprint and the pictures of a file."""
        if path not in self._held:
            self._held[path] = self._load(path)
        return self._held[path]

    def _load(self, path: Path) -> Fingerprinted:
        models = self.describers
        name = (
            algorithm_id(models.frames.id, models.views.id) if models else algorithm_id(None, None)
        )
        key = hashlib.sha256(name.encode() + path.read_bytes()).hexdigest()
        about, encoded, pictures = (
            self.cache / f"{key}.{what}" for what in ("json", "fingerprint", "zip")
        )
        if about.exists():
            fields = json.loads(about.read_text())
            info = MediaInfo(**fields | {"kind": MediaKind(fields["kind"])})
            original = Original(path, DecodeLimits()) if info.kind is MediaKind.VIDEO else None
            kept = unpack(pictures.read_bytes())
            return Fingerprinted(info, decode(encoded.read_bytes()), kept, original)
        started = time.perf_counter()
        made = fingerprint_file(path, models, DecodeLimits())
        self.seconds += time.perf_counter() - started
        encoded.write_bytes(encode(made.fingerprint))
        pictures.write_bytes(pack(made.pictures))
        about.write_text(json.dumps(asdict(made.info)))
        return made
