"""Perceptual hashes of a frame: pHash, and PDQ in the forms a query may be mirrored or turned."""

import imagehash
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.core.fingerprints.pdq import luma, pdq_of
from app.core.fingerprints.views import FORMS, WHOLE, View

MIRROR_FORMS = (FORMS[0], FORMS[4])
"""The forms hashed of moving pictures: as it is, and mirrored; players show videos upright."""


def phash(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Give an RGB picture's 64-bit DCT hash as 8 bytes, as ImageHash prints it."""
    return np.packbits(imagehash.phash(Image.fromarray(pixels)).hash)


def pdq_forms(
    pixels: NDArray[np.uint8], forms: tuple[tuple[bool, int], ...]
) -> tuple[NDArray[np.uint8], int]:
    """Hash the picture mirrored and turned in each of these ways: (forms, 32), and the quality.

    The pixels are turned, not the hash: PDQ samples off centre, so the usual shortcut of
    changing signs in the frequency domain is 15 bits off on real frames (31 is the limit).
    """
    brightness = luma(pixels)
    views = (View("whole", WHOLE, mirrored, rotation) for mirrored, rotation in forms)
    found = [pdq_of(view.apply(brightness)) for view in views]
    return np.stack([pdq_hash for pdq_hash, _ in found]), found[0][1]
