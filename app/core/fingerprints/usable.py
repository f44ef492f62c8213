"""Which frames and sounds are evidence: those that look or sound like many others are not.

Among themselves noisy black frames have a mean descriptor cosine of .86, gradients .71 and title
cards .69: unfiltered, every slate and fade matches every other. A dark but real scene is fine
(.05), so darkness alone takes no vote.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from app.core.fingerprints.borders import without_bars
from app.core.media import MediaKind

SMALL = 64
"""Side, in pixels, at which it is asked whether there is any structure."""
LEAST_STRUCTURE = 1.5
"""Grey levels left when a smooth surface is taken away; averaged noise leaves under 1."""
LEAST_STRUCTURE_SHARE = 0.12
"""The same as a share of the spread: a gradient is nearly all surface."""
CARD_SIDE = 256
"""Side, in pixels, at which it is asked whether a frame is a card."""
FLAT_STEP = 2
"""Grey levels between neighbours up to which a place has no edge."""
FLAT_SHARE = 0.92
"""Cards, test bars and lettering on a plain ground: no edge in more than this share of the places."""
WALL_SHARE = 0.95
"""Up to this share a scene before a wall may be as flat; a card then shows by one of the next two."""
ONE_COLOUR_SHARE = 0.6
"""The ground of a card is one colour; light and grain leave at most 0.4 of a wall so."""
ONE_COLOUR_GREYS = 2
"""Grey levels to either side that count as one colour."""
EVEN_SHARE = 0.7
"""Fields of test bars have no step at all between neighbours; of a wall at most 0.6 has none."""
SOUND_WINDOW = 16
LEAST_DISTINCT = 4
"""Distinct sub-fingerprints in 2 s; silence has 1, steady tones 1 to 3, speech and music 10+."""

_axis = np.linspace(-1, 1, SMALL)
_x, _y = (part.ravel() for part in np.meshgrid(_axis, _axis))
_SURFACE = np.linalg.qr(np.stack([np.ones_like(_x), _x, _y, _x * _y, _x**2, _y**2], axis=1))[0]


def carries_vote(pixels: NDArray[np.uint8], kind: MediaKind) -> bool:
    """Say whether a frame is evidence: neither black, flat, a gradient nor (in a video) a card.

    A still is all there is of its item, and may well be a document: cards count there.
    """
    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    small = (
        cv2.resize(grey, (SMALL, SMALL), interpolation=cv2.INTER_AREA).ravel().astype(np.float64)
    )
    rest = small - _SURFACE @ (_SURFACE.T @ small)
    if rest.std() < max(LEAST_STRUCTURE, LEAST_STRUCTURE_SHARE * small.std()):
        return False
    return kind is MediaKind.STILL or not _card(grey)


def _card(grey: NDArray[np.uint8]) -> bool:
    values = without_bars(
        np.asarray(cv2.resize(grey, (CARD_SIDE, CARD_SIDE), interpolation=cv2.INTER_AREA), np.uint8)
    )
    # A dark scene has small steps everywhere: measure them in shares of its own contrast.
    darkest, brightest = np.percentile(values, (1, 99))
    step = int(FLAT_STEP * min(1.0, float(brightest - darkest) / 128))
    across = cv2.absdiff(values[1:, 1:], values[1:, :-1])
    down = cv2.absdiff(values[1:, 1:], values[:-1, 1:])
    steps = np.maximum(across, down)
    flat = float((steps <= step).mean())
    if flat <= FLAT_SHARE:
        return False
    even = float((steps == 0).mean()) >= EVEN_SHARE
    return flat > WALL_SHARE or even or _one_colour(values) >= ONE_COLOUR_SHARE


def _one_colour(values: NDArray[np.uint8]) -> float:
    """Give the share of the grey levels nearest to each other."""
    levels = np.bincount(values.ravel(), minlength=256)
    nearest = np.convolve(levels, np.ones(2 * ONE_COLOUR_GREYS + 1), "same")
    return float(nearest.max() / values.size)


def sound_votes(sound: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Say which sub-fingerprints are evidence: those in windows with enough change."""
    if len(sound) < SOUND_WINDOW:
        distinct = len(np.unique(sound))
        return np.full(len(sound), distinct >= LEAST_DISTINCT, np.bool_)
    windows = np.sort(np.lib.stride_tricks.sliding_window_view(sound, SOUND_WINDOW), axis=1)
    lively = (np.diff(windows, axis=1) != 0).sum(axis=1) + 1 >= LEAST_DISTINCT
    half = SOUND_WINDOW // 2
    return np.pad(lively, (half, SOUND_WINDOW - 1 - half), mode="edge")
