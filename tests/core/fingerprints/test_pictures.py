import zipfile
from pathlib import Path

import numpy as np
import pytest

from app.core.errors import BadEncoding
from app.core.fingerprints.pictures import (
    Pictures,
    PictureWriter,
    open_pictures,
    pack,
    read_jpeg,
    unpack,
)
from app.core.fingerprints.reel import SIDE, ReelMaker


def shade(level: int) -> np.ndarray:
    return np.full((40, 60, 3), (level, 100, 200 - level), np.uint8)


def test_pictures_are_kept_by_time(tmp_path: Path) -> None:
    path = tmp_path / "pictures.zip"
    writer = PictureWriter(path)
    for place, level in enumerate((10, 90, 170)):
        writer.add(1000 * place, shade(level))
    written = writer.close()
    for pictures in (written, open_pictures(path), unpack(path.read_bytes())):
        assert pictures.timestamps_ms == (0, 1000, 2000)
        assert len(pictures) == 3
        assert np.abs(pictures.at(1400).astype(int) - shade(90)).max() < 6
        assert read_jpeg(pictures.jpegs[-1]).shape == (40, 60, 3)
    assert pack(written) == path.read_bytes() == pack(unpack(path.read_bytes()))
    with zipfile.ZipFile(path) as archive:
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}


def test_no_pictures_are_pictures_too() -> None:
    none = unpack(pack(Pictures((), ())))
    assert len(none) == 0
    with pytest.raises(LookupError):
        none.at(0)


def test_other_bytes_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "other"
    path.write_bytes(b"other")
    with pytest.raises(BadEncoding):
        unpack(b"other")
    with pytest.raises(BadEncoding):
        open_pictures(path)
    with pytest.raises(BadEncoding):
        read_jpeg(b"other")


def test_the_directory_is_read_once_however_many_pictures_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "pictures.zip"
    writer = PictureWriter(path)
    for place in range(50):
        writer.add(1000 * place, shade(place))
    writer.close()
    pictures = open_pictures(path)
    monkeypatch.setattr(zipfile, "ZipFile", None)
    assert [len(jpeg) > 0 for jpeg in pictures.jpegs] == [True] * 50


def test_damaged_pictures_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "pictures.zip"
    writer = PictureWriter(path)
    writer.add(0, shade(10))
    pictures = writer.close()
    whole = bytearray(path.read_bytes())
    whole[100] ^= 0xFF
    for data in (whole, whole[:20], b"x" * len(whole)):
        path.write_bytes(data)
        with pytest.raises(BadEncoding):
            pictures.at(0)


def read_all(pictures: Pictures) -> list[bytes]:
    return [*pictures.jpegs, *pictures.reel.tiles]


@pytest.mark.parametrize("flip", [0x01, 0x08, 0xFF])
def test_a_directory_with_any_damage_is_refused_in_one_way(tmp_path: Path, flip: int) -> None:
    """Each byte behind the pictures is damaged; what is read in spite of it is the same both ways."""
    path, reel = tmp_path / "pictures.zip", ReelMaker()
    reel.add(0, np.zeros((SIDE, SIDE), np.uint8))
    writer = PictureWriter(path)
    writer.add(0, shade(10))
    writer.close(reel.done())
    whole = path.read_bytes()
    expected, refused = read_all(unpack(whole)), 0
    for place in range(whole.index(b"PK\1\2"), len(whole)):
        damaged = bytearray(whole)
        damaged[place] ^= flip
        path.write_bytes(damaged)
        found = []
        for read in (lambda data=bytes(damaged): unpack(data), lambda: open_pictures(path)):
            try:
                found.append(read_all(read()))
            except BadEncoding:
                refused += 1
        assert all(each in (expected, expected[:1]) for each in found)
    assert refused > 100
