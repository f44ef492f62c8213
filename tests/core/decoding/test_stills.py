from dataclasses import replace
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from app.core.decoding.probe import probe
from app.core.decoding.stills import read_still
from app.core.errors import Corrupt, TooLarge, Unsupported
from app.core.media import FRAME_SIDE, DecodeLimits
from tests.filming import film, photo, picture

LIMITS = DecodeLimits(cpu_s=30, wall_s=30)

# What must be done to an upright picture so that this EXIF orientation shows it upright.
STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
    9: None,
}


def difference(path: Path, expected: np.ndarray) -> float:
    """Mean absolute difference of levels."""
    pixels = read_still(path, LIMITS).pixels
    assert pixels.shape == expected.shape
    return float(np.abs(pixels.astype(int) - expected).mean())


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".bmp", ".tiff", ".avif", ".heic"])
def test_every_format_gives_the_same_picture(tmp_path: Path, suffix: str) -> None:
    pillow_heif.register_heif_opener()
    assert difference(photo(tmp_path / f"photo{suffix}"), picture()) < 6


def test_a_gif_gives_its_picture(tmp_path: Path) -> None:
    assert difference(photo(tmp_path / "photo.gif"), picture()) < 16


@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tiff"])
def test_every_orientation_gives_the_same_upright_picture(
    tmp_path: Path, orientation: int, suffix: str
) -> None:
    stored = Image.fromarray(picture())
    turn = STORED[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / f"turned{suffix}"
    (stored.transpose(turn) if turn is not None else stored).save(path, exif=exif)
    assert difference(path, picture()) < 6
    found = probe(path, LIMITS)
    assert (found.width, found.height) == (320, 240)


def test_a_heic_is_turned_by_its_container_alone(tmp_path: Path) -> None:
    """HEIF's own rotation is applied by the decoder; turning by EXIF too would turn twice."""
    pillow_heif.register_heif_opener()
    exif = Image.Exif()
    exif[0x0112] = 6
    path = tmp_path / "phone.heic"
    Image.fromarray(picture()).save(path, exif=exif)
    assert difference(path, picture()) < 6
    found = probe(path, LIMITS)
    assert (found.width, found.height) == (320, 240)


def test_transparent_parts_are_white(tmp_path: Path) -> None:
    layered = np.dstack([picture(), np.full((240, 320), 255, np.uint8)])
    layered[:100, :, 3] = 0
    Image.fromarray(layered).save(tmp_path / "layered.png")
    expected = picture()
    expected[:100] = 255
    assert difference(tmp_path / "layered.png", expected) < 1


def test_print_colours_are_converted(tmp_path: Path) -> None:
    Image.fromarray(picture()).convert("CMYK").save(tmp_path / "print.jpg")
    assert difference(tmp_path / "print.jpg", picture()) < 8


def test_sixteen_bit_grey_keeps_its_levels(tmp_path: Path) -> None:
    grey = np.asarray(Image.fromarray(picture()).convert("L"))
    Image.fromarray(grey.astype(np.uint16) * 257).save(tmp_path / "deep.png")
    assert difference(tmp_path / "deep.png", np.dstack([grey] * 3)) < 2


def test_thirty_two_bit_grey_is_not_white(tmp_path: Path) -> None:
    grey = np.asarray(Image.fromarray(picture()).convert("L")).astype(np.int32)
    low, high = int(grey.min()), int(grey.max())
    expected = np.dstack([(grey - low) * 255 / (high - low)] * 3)
    for name, values in (("deep.tiff", grey << 23), ("signed.tiff", (grey - 128) << 23)):
        Image.fromarray(values).save(tmp_path / name)
        assert difference(tmp_path / name, expected) < 2


def test_large_pictures_are_scaled_down(tmp_path: Path) -> None:
    path = photo(tmp_path / "large.jpg", size=(1600, 1200))
    assert read_still(path, LIMITS).pixels.shape == (FRAME_SIDE * 3 // 4, FRAME_SIDE, 3)
    assert probe(path, LIMITS).width == 1600


def test_a_bomb_is_refused_before_it_unfolds(tmp_path: Path) -> None:
    Image.new("1", (20_000, 20_000)).save(tmp_path / "bomb.png")
    with pytest.raises(TooLarge):
        probe(tmp_path / "bomb.png", LIMITS)
    with pytest.raises(TooLarge):
        read_still(tmp_path / "bomb.png", LIMITS)


def test_a_picture_beyond_the_memory_limit_is_too_large(tmp_path: Path) -> None:
    Image.new("RGB", (12_000, 12_000)).save(tmp_path / "big.png")
    with pytest.raises(TooLarge, match="memory"):
        read_still(tmp_path / "big.png", replace(LIMITS, memory_bytes=300 * 1024**2))


@pytest.mark.parametrize(
    ("mode", "side", "bytes_a_pixel"), [("RGB", 8_000, 5), ("RGBA", 5_000, 13)]
)
def test_a_large_picture_is_held_as_seldom_as_can_be(
    tmp_path: Path, mode: str, side: int, bytes_a_pixel: int
) -> None:
    path = tmp_path / "large.png"
    Image.new(mode, (side, side), "green").save(path, compress_level=1)
    memory_bytes = 60 * 1024**2 + bytes_a_pixel * side * side
    read = read_still(path, replace(LIMITS, memory_bytes=memory_bytes))
    assert read.pixels[0, 0].tolist() == [0, 128, 0]


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".gif"])
def test_a_broken_picture_is_corrupt(tmp_path: Path, suffix: str) -> None:
    path = photo(tmp_path / f"photo{suffix}")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(Corrupt) as caught:
        read_still(path, LIMITS)
    assert str(tmp_path) not in str(caught.value)


def test_a_clip_is_no_still(tmp_path: Path) -> None:
    with pytest.raises(Unsupported):
        read_still(film(tmp_path / "clip.mp4", seconds=1), LIMITS)


def test_a_picture_of_fractions_is_not_black(tmp_path: Path) -> None:
    grey = np.asarray(Image.fromarray(picture()).convert("L"))
    Image.fromarray(grey.astype(np.float32) / 255).save(tmp_path / "fractions.tiff")
    low, high = int(grey.min()), int(grey.max())
    stretched = (grey.astype(float) - low) * 255 / (high - low)
    assert difference(tmp_path / "fractions.tiff", np.repeat(stretched[..., None], 3, 2)) < 2
    Image.fromarray(np.full((9, 16), 0.5, np.float32)).save(tmp_path / "even.tiff")
    assert read_still(tmp_path / "even.tiff", LIMITS).pixels.shape == (9, 16, 3)
