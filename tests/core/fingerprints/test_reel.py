from pathlib import Path

import numpy as np
import pytest

from app.core.errors import BadEncoding
from app.core.fingerprints.pictures import (
    Pictures,
    PictureWriter,
    open_pictures,
    pack,
    unpack,
    write_jpeg,
)
from app.core.fingerprints.reel import SIDE, TILE, Reel, ReelMaker
from tests.core.films import moving, reel_of


def test_a_reel_gives_back_its_pictures_over_several_tiles() -> None:
    film = moving(frames=TILE + 7, seed=3)
    reel = reel_of(film)
    assert len(reel) == TILE + 7
    assert len(reel.tiles) == 2
    found = reel.between(9_600, 10_200)
    assert found.times_ms.tolist() == [9_600, 9_800, 10_000, 10_200]
    assert found.pictures.shape == (4, SIDE, SIDE)
    apart = np.abs(found.pictures.astype(int) - film[48:52].astype(int)).mean()
    assert apart < 6


def test_a_stretch_without_pictures_is_empty() -> None:
    found = reel_of(moving(frames=5, seed=1)).between(50_000, 60_000)
    assert (len(found), len(found.pictures)) == (0, 0)


def test_a_picture_that_stands_is_seen_until_the_next_one() -> None:
    film = moving(frames=4, seed=3)
    even = reel_of(film)
    reel = Reel(np.array([0, 200, 1_300, 1_500], np.int64), even.tiles).standing()
    assert reel.times_ms.tolist() == [0, 200, 400, 600, 800, 1_000, 1_200, 1_300, 1_500]
    whole = reel.between(0, 1_500)
    places = [0, 1, 1, 1, 1, 1, 1, 2, 3]
    assert np.array_equal(whole.pictures, even.at(np.array(places)))
    assert even.standing().times_ms.tolist() == even.times_ms.tolist()
    assert len(Reel(np.empty(0, np.int64), ()).standing()) == 0


def test_a_stretch_of_a_reel_stands_on_its_own_pictures() -> None:
    even = reel_of(moving(frames=6, seed=3))
    part = Reel(np.array([0, 200, 400, 1_000, 1_200, 1_400], np.int64), even.tiles).cut(400, 1_200)
    stands = part.standing()
    assert stands.times_ms.tolist() == [400, 600, 800, 1_000, 1_200]
    pictures = stands.at(np.arange(5))
    assert np.array_equal(pictures, even.at(np.array([2, 2, 2, 3, 4])))


def test_a_damaged_tile_is_refused() -> None:
    reel = reel_of(moving(frames=5, seed=1))
    with pytest.raises(BadEncoding):
        Reel(reel.times_ms, (reel.tiles[0][:40],)).between(0, 1_000)


def test_a_tile_of_another_size_is_refused() -> None:
    tile = write_jpeg(np.zeros((SIDE, SIDE, 3), np.uint8))
    with pytest.raises(BadEncoding):
        Reel(np.array([0], np.int64), (tile,)).at(np.array([0]))


def test_both_ends_of_a_stretch_are_included_and_places_come_as_asked() -> None:
    film = moving(frames=2 * TILE + 3, seed=3)
    reel = reel_of(film)
    whole = reel.between(-1, 1_000_000)
    assert len(whole) == len(reel) == 2 * TILE + 3
    assert np.abs(whole.pictures.astype(int) - film).mean() < 6
    assert reel.between(200, 400).times_ms.tolist() == [200, 400]
    assert reel.between(201, 399).times_ms.tolist() == []
    places = np.array([TILE + 1, 0, 2 * TILE + 2, 0])
    assert np.array_equal(reel.at(places), whole.pictures[places])


def test_a_kept_reel_that_is_damaged_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pictures.zip"
    path.write_bytes(pack(Pictures((), (), reel_of(moving(frames=60, seed=2)))))
    kept = open_pictures(path)
    data = bytearray(path.read_bytes())
    data[len(kept.reel.tiles[0]) // 2] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(BadEncoding):
        kept.reel.between(0, 400)
    assert len(kept.reel.between(10_000, 11_000)) == 6


def test_the_reel_is_kept_with_the_pictures(tmp_path: Path) -> None:
    reel = reel_of(moving(frames=60, seed=2))
    writer = PictureWriter(tmp_path / "pictures.zip")
    frame = np.full((36, 64, 3), 90, np.uint8)
    writer.add(0, frame)
    writer.add(1_000, frame)
    written = writer.close(reel)
    for kept in (open_pictures(tmp_path / "pictures.zip"), unpack(pack(written))):
        assert kept.timestamps_ms == (0, 1_000)
        assert kept.reel.times_ms.tolist() == reel.times_ms.tolist()
        assert list(kept.reel.tiles) == list(reel.tiles)


def test_pictures_without_a_reel_have_an_empty_one() -> None:
    kept = unpack(pack(Pictures((), ())))
    assert len(kept.reel) == 0
    assert len(ReelMaker().done()) == 0


def test_a_reel_that_lacks_a_tile_is_refused() -> None:
    reel = reel_of(moving(frames=TILE + 10, seed=4))
    cut = Reel(reel.times_ms, reel.tiles[:1])
    with pytest.raises(BadEncoding):
        unpack(pack(Pictures((), (), cut)))
