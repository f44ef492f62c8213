import imagehash
import numpy as np
import pytest
from PIL import Image

from app.core.hashing import phash
from tests.filming import picture


@pytest.mark.parametrize("seed", range(8))
def test_phash_is_the_one_that_imagehash_prints(seed: int) -> None:
    pixels = picture(seed, (320 + seed, 240))
    assert phash(pixels).tobytes().hex() == str(imagehash.phash(Image.fromarray(pixels)))


@pytest.mark.parametrize("level", [0, 7, 255])
def test_flat_pictures_hash_as_they_do_there(level: int) -> None:
    pixels = np.full((90, 160, 3), level, np.uint8)
    assert phash(pixels).tobytes().hex() == str(imagehash.phash(Image.fromarray(pixels)))
