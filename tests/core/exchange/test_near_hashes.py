import numpy as np

from app.core.exchange.near_hashes import MOST_BITS, PART, near, shares, words


def flipped(hashes: np.ndarray, bits: int, seed: int = 1) -> np.ndarray:
    random = np.random.default_rng(seed)
    unpacked = np.unpackbits(hashes, axis=1)
    for row in unpacked:
        row[random.permutation(256)[:bits]] ^= 1
    return np.packbits(unpacked, axis=1)


def test_every_pair_within_the_distance_and_no_other_is_found() -> None:
    random = np.random.default_rng(0)
    known = random.integers(0, 256, (PART + 50, 32), np.uint8)
    places = np.array([0, 5, PART - 1, PART, PART + 49])
    asked = np.concatenate([flipped(known[places], 31), flipped(known[places], 32)])
    found = near(words(known), words(asked))
    pairs = sorted(zip(found.asked.tolist(), found.known.tolist(), strict=True))
    assert pairs == list(enumerate(places.tolist()))
    assert set(found.bits.tolist()) == {MOST_BITS}


def test_nothing_known_or_asked_is_nothing_found() -> None:
    none = words(np.empty((0, 32), np.uint8))
    some = words(np.zeros((3, 32), np.uint8))
    assert not len(near(none, some).asked)
    assert not len(near(some, none).asked)
    assert shares(none, some) == (0.0, 0.0)


def test_short_hashes_are_one_word() -> None:
    known = words(np.array([[0] * 8, [255] * 8], np.uint8))
    asked = words(np.array([[0] * 7 + [3]], np.uint8))
    found = near(known, asked, most_bits=4)
    assert (found.known.tolist(), found.bits.tolist()) == ([0], [2])


def test_both_percentages_count_different_frames() -> None:
    random = np.random.default_rng(0)
    video = random.integers(0, 256, (10, 32), np.uint8)
    part = np.concatenate([flipped(video[:4], 20), video[:2], video[:2]])
    of_part, of_video = shares(words(part), words(video))
    assert (of_part, of_video) == (100.0, 40.0)
    stranger = random.integers(0, 256, (10, 32), np.uint8)
    assert shares(words(stranger), words(video)) == (0.0, 0.0)
