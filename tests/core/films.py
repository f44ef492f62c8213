"""Small seeded films for tests of what moves: arrays of grey pictures, and reels of them."""

import cv2
import numpy as np
from numpy.typing import NDArray

from app.core.fingerprints.reel import SIDE, Reel, ReelMaker, small
from app.core.reels.films import Overlay
from tests.filming import Pixels, canvas

STEP_MS = 200
SIZE = (320, 240)
SAME = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
"""The change of place of what lies as it was."""

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


def scaled(film: Film, width: int, height: int) -> Film:
    """A film in another size."""
    sized = [cv2.resize(each, (width, height), interpolation=cv2.INTER_AREA) for each in film]
    return np.stack(sized)


def reel_of(film: Film, step_ms: int = STEP_MS) -> Reel:
    """The reel that holds a film."""
    maker = ReelMaker()
    for place, picture in enumerate(film):
        maker.add(place * step_ms, picture)
    return maker.done()


def panned(times_s: NDArray[np.float64], seed: int, pan: int = 0) -> Film:
    """What a hand-held camera sees of one canvas at these times, as a reel holds it."""
    return np.stack([small(each) for each in seen_by_hand(times_s, seed, pan)])


def seen_by_hand(times_s: NDArray[np.float64], seed: int, pan: int = 0) -> list[Pixels]:
    """The same in frames of SIZE; `pan` is the way that the camera goes."""
    drawn = canvas(seed, SIZE)
    waves = np.random.default_rng((seed, pan, 9)).uniform(0, 1, (2, 3, 2))
    frames = []
    for time_s in times_s:
        turns = (waves[:, :, 0] * 0.5 + 0.1) * time_s + waves[:, :, 1]
        x, y = 0.5 + np.sin(2 * np.pi * turns).mean(axis=1) / 2
        left, top = round(x * (drawn.shape[1] - SIZE[0])), round(y * (drawn.shape[0] - SIZE[1]))
        frames.append(drawn[top : top + SIZE[1], left : left + SIZE[0]])
    return frames


def overlay(shares: NDArray[np.float64] = SAME, *, mirrored: bool = False) -> Overlay:
    """How reels lie over each other; as they are unless told."""
    found = Overlay.of(shares, mirrored=mirrored)
    assert found is not None
    return found
