import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.fingerprints.pdq import pdq

# Hashes and qualities that Meta's C++ code gives for the pictures of `picture`.
REFERENCE = {
    (1, 512, 288): ("feb5fe1bfab5fa1beab5f81baab5a01baab5001baab5001f0019001a554cabe6", 68),
    (2, 288, 512): ("005602fc00562bfc05562bfc1556bffc5556fffc5556fffc5556000355fe0003", 48),
    (3, 64, 64): ("fba6fff5efa6ffa5aaa6bfa5a2a6bea58a26aaa58206aaad00060010aaa7500e", 57),
    (4, 65, 63): ("ccee410e39eec44673acc44efeee4006ceec4047eaac5549ffe2bab10019bbb1", 100),
    (5, 1920, 1080): ("5fe0000f7fe0000fffe0000fffe0000fffe0154fffe0554a001faab5003fffee", 72),
}


def picture(seed: int, width: int, height: int) -> NDArray[np.uint8]:
    """Five waves on grey."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    waves = sum(
        rng.uniform(10, 40)
        * np.sin(
            2 * np.pi * (rng.uniform(-3, 3) * x / width + rng.uniform(-3, 3) * y / height)
            + rng.uniform(0, 6)
        )
        for _ in range(5)
    )
    return np.clip(128 + np.asarray(waves)[..., None] * rng.uniform(0.5, 1, 3), 0, 255).astype(
        np.uint8
    )


def distance(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> int:
    return int(np.bitwise_count(one ^ other).sum())


@pytest.mark.parametrize("key", REFERENCE)
def test_agrees_with_the_reference_code(key: tuple[int, int, int]) -> None:
    expected, expected_quality = REFERENCE[key]
    found, quality = pdq(picture(*key))
    assert distance(found, np.frombuffer(bytes.fromhex(expected), np.uint8)) <= 2
    assert quality == expected_quality


def test_a_smaller_copy_stays_within_the_usual_threshold() -> None:
    original = picture(4, 800, 600)
    assert distance(pdq(original)[0], pdq(original[::2, ::2])[0]) <= 31


@pytest.mark.parametrize(("width", "height"), [(4, 300), (5, 5), (1, 1)])
def test_what_is_flat_or_too_small_has_no_quality(width: int, height: int) -> None:
    assert pdq(np.full((height, width, 3), 90, np.uint8))[1] == 0
