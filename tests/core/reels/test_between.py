import numpy as np
import pytest

from app.core.reels.between import Alike, Moments, laid
from app.core.reels.films import likeness_of
from tests.core.films import overlay, panned, reel_of

TIMES = np.array([0, 200, 400, 2_000, 2_200], np.int64)


def moments(*wanted_ms: float) -> Moments:
    return Moments.of(TIMES, np.array(wanted_ms), 1.0)


def test_a_moment_lies_between_the_pictures_around_it() -> None:
    found = moments(0, 50, 200, 390, 2_100)
    assert found.before.tolist() == [0, 0, 0, 1, 3]
    assert found.share == pytest.approx([0, 0.25, 1, 0.95, 0.5])
    assert found.there.all()


def test_outside_and_in_gaps_only_what_is_near_is_there() -> None:
    found = moments(-100, -300, 500, 1_300, 1_900, 2_300, 2_500)
    assert found.there.tolist() == [True, False, True, False, True, True, False]
    film = np.arange(5, dtype=np.float32)[:, None, None] * np.ones((1, 2, 2), np.float32)
    # Over the gap nothing is blended.
    assert found.blended(film)[:, 0, 0].tolist() == [0, 0, 2, 3, 3, 4, 4]


def test_likeness_to_a_moment_is_that_to_the_blend() -> None:
    random = np.random.default_rng(1)
    mine, other = random.normal(size=(3, 40)), random.normal(size=(5, 40))
    found = moments(60, 310, 2_150)
    said = Alike(mine, other, least=1e-6, enough=1e-6).at(found)
    blend = found.blended(other.reshape(5, 40, 1).astype(np.float32)).reshape(3, 40)
    expected = [
        np.dot(a, b) / np.linalg.norm(a) / np.linalg.norm(b)
        for a, b in zip(mine, blend, strict=True)
    ]
    assert said == pytest.approx(expected, abs=1e-4)


def test_what_hardly_changes_is_like_nothing() -> None:
    flat, strong = np.full((1, 40), 0.01), np.ones((5, 40))
    assert Alike(flat, strong, least=10.0, enough=10.0).at(moments(100))[0] < 0.01


def test_a_film_sampled_at_other_times_is_more_alike_blended_than_beside_its_nearest() -> None:
    known = panned(np.arange(0, 8, 0.2), seed=3)
    query = panned(2.1 + np.arange(0, 4, 0.2), seed=3)
    films = (reel_of(query).between(0, 9_000), reel_of(known).between(0, 9_000))
    between, nearest = (
        likeness_of(*laid(films, (1.0, offset_ms), overlay())).mean()
        for offset_ms in (2_100, 2_000)
    )
    assert between > nearest + 0.05


def test_what_hardly_moves_on_either_side_weighs_little() -> None:
    weak, strong = np.full((1, 40), 0.1), np.full((5, 40), 2.0)
    for mine, other in ((weak, strong), (strong[:1], np.repeat(weak, 5, axis=0))):
        said = Alike(mine, other, least=1e-6, enough=6.4).at(moments(100))[0]
        assert said == pytest.approx(0.1, abs=0.01)
    assert Alike(strong[:1], strong, least=1e-6, enough=6.4).at(moments(100))[0] > 0.99
