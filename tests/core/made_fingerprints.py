"""Seeded fingerprints for tests that need no media file."""

import numpy as np

from app.core.fingerprints.fingerprint import Fingerprint
from app.core.media import MediaKind


def make_fingerprint(
    frames: int = 3, views: int = 2, sound: int = 40, seed: int = 0, algorithm: str = "test"
) -> Fingerprint:
    random = np.random.default_rng(seed)
    descriptors = random.normal(size=(frames, 512))
    descriptors /= np.linalg.norm(descriptors, axis=1, keepdims=True)
    pdq = random.integers(0, 256, (frames, 32), np.uint8)
    seen = np.repeat(np.rint(descriptors * 127)[:, None], views, axis=1)
    return Fingerprint(
        algorithm=algorithm,
        kind=MediaKind.VIDEO,
        duration_ms=1000 * frames,
        width=640,
        height=360,
        timestamps_ms=1000 * np.arange(frames, dtype=np.int64),
        shots=np.arange(frames, dtype=np.int32) // 2,
        votes=np.ones(frames, np.bool_),
        pdq=pdq,
        pdq_quality=np.full(frames, 90, np.uint8),
        phash=random.integers(0, 256, (frames, 8), np.uint8),
        descriptors=descriptors.astype(np.float16),
        view_names=tuple(["whole", "whole+mirrored", "left"][:views]),
        view_ids=np.tile(np.arange(views, dtype=np.int16), (frames, 1)),
        view_descriptors=seen.astype(np.int8),
        view_boxes=np.ones((views, 4), np.float32),
        sound=random.integers(0, 2**32, sound, np.uint32),
        sound_votes=np.ones(sound, np.bool_),
        pdq_forms=np.stack([pdq, ~pdq], axis=1),
    )
