import numpy as np
import pytest

from app.core.fingerprints.reel import SIDE
from app.core.reels.tones import toned
from tests.core.films import moving

KNOWN = moving(6, seed=3, room=2).astype(np.float32)
ALL = np.ones((SIDE, SIDE), np.bool_)


@pytest.mark.parametrize("gamma", [0.6, 1.0, 1.8])
def test_the_known_film_gets_the_light_of_the_query(gamma: float) -> None:
    query = np.clip(255 * (KNOWN / 255) ** (1 / gamma) * 1.2, 0, 255).astype(np.float32)
    assert np.abs(toned(KNOWN, query, ALL) - query).mean() < 2.0


def test_what_covers_all_that_was_bright_does_not_pass_for_light() -> None:
    known = KNOWN.copy()
    known[:, :16] = 250
    query = KNOWN.copy()
    query[:, :16] = 5
    assert np.abs(toned(known, query, ALL) - query)[:, :16].min() > 100


def test_films_of_one_brightness_are_only_shifted() -> None:
    flat = np.full((2, SIDE, SIDE), 100, np.float32)
    assert np.abs(toned(flat, flat + 30, ALL) - 130).max() < 1e-3


def test_a_lamp_in_the_dark_stays_a_lamp() -> None:
    dark = (KNOWN * 0.4).astype(np.float32)
    dark[:, 40:44, 40:44] = 250
    assert np.abs(toned(dark, dark, ALL) - dark)[:, 40:44, 40:44].max() < 10
