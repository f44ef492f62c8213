import tracemalloc

import numpy as np

from app.core.fingerprints.pictures import Pictures, read_jpeg, write_jpeg
from app.core.geometry.sights import PREPARED, Sights, see, see_kept
from tests.filming import picture


def test_a_kept_picture_looks_the_same_when_its_key_points_are_remembered() -> None:
    jpeg = write_jpeg(picture(1))
    anew = see(read_jpeg(jpeg))
    assert len(anew.points) > 50
    assert np.allclose(np.linalg.norm(anew.descriptors, axis=1), 1, atol=1e-3)
    for kept in (see_kept(jpeg), see_kept(jpeg)):
        assert np.array_equal(kept.points, anew.points)
        assert np.array_equal(kept.descriptors, anew.descriptors)
        assert np.array_equal(kept.pixels, anew.pixels)


def test_pictures_around_a_moment_are_of_other_moments() -> None:
    pictures = Pictures(
        (0, 400, 900, 1_500, 3_000), [write_jpeg(picture(seed)) for seed in range(5)]
    )
    sights = Sights(pictures, None)
    around = sights.around(450)
    assert len(around) == 2
    assert np.array_equal(around[0], sights.grey(1_500))
    assert np.array_equal(around[1], sights.grey(3_000))


def test_only_the_pictures_asked_for_last_stay_prepared() -> None:
    count = 4 * PREPARED
    sights = Sights(Pictures(tuple(range(count)), [write_jpeg(picture(1))] * count), None)
    first = sights.at(0)
    size = sum(each.nbytes for each in (first.pixels, first.grey, first.points, first.descriptors))
    tracemalloc.start()
    for place in range(1, count):
        asked = sights.at(place, mirrored=place % 2 == 1)
        assert sights.at(0) is first
        assert sights.at(place, mirrored=place % 2 == 1) is asked
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert held < 1.1 * PREPARED * size
