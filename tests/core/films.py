"""Small seeded films for tests of what moves: arrays of grey pictures, and reels of them."""

import cv2
import numpy as np
from numpy.typing import NDArray

from app.core.reel import SIDE, Reel, ReelMaker

STEP_MS = 200

type Film = NDArray[np.uint8]


def ground(seed: int, side: int = SIDE) -> Film:
    """One textured picture."""
    random = np.random.default_rng(seed)
    coarse = random.uniform(30, 220, (12, 12)).astype(np.float32)
    fine = random.uniform(-25, 25, (side // 2, side // 2)).astype(np.float32)
    drawn = cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC)
    drawn += cv2.resize(fine, (side, side), interpolation=cv2.INTER_LINEAR)
    return np.clip(drawn, 0, 255).astype(np.uint8)


def moving(frames: int, seed: int, room: int = 0) -> Film:
    """A room that stands still and two things that move in it along seeded ways: (n, SIDE, SIDE)."""
    random = np.random.default_rng((seed, 5))
    film = np.repeat(ground(room)[None], frames, axis=0)
    for _ in range(2):
        steps = random.normal(0, 4.5, (frames, 2)).cumsum(axis=0) + random.uniform(30, 60, 2)
        size, shade = int(random.integers(9, 15)), int(random.integers(0, 2)) * 255
        for place, (x, y) in enumerate(steps):
            at = (int(x) % SIDE, int(y) % SIDE)
            cv2.circle(film[place], at, size, shade, -1, cv2.LINE_AA)
    return film


def reel_of(film: Film, step_ms: int = STEP_MS) -> Reel:
    """The reel that holds a film."""
    maker = ReelMaker()
    for place, picture in enumerate(film):
        maker.add(place * step_ms, picture)
    return maker.done()
