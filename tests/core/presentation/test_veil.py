"""What is blurred cannot be recognised, nor sharpened back."""

import cv2
import numpy as np
import pytest

from app.core.presentation import veil
from tests.filming import Pixels, picture

SIZE = (640, 360)
FACE_PX = 96


def with_face(seed: int) -> Pixels:
    """A scene with one of two faces in it, a quarter of the picture high."""
    scene = picture(7, SIZE)
    rows, columns = np.mgrid[0:FACE_PX, 0:FACE_PX] / FACE_PX - 0.5
    skin = np.where((columns / 0.36) ** 2 + (rows / 0.48) ** 2 < 1, 190, 90)
    for row, column in ((-0.12, -0.16), (-0.12, 0.16), (0.22, 0.0)):
        shift = 0.05 if seed else -0.05
        skin -= np.where((rows - row - shift) ** 2 + (columns - column) ** 2 < 0.008, 120, 0)
    scene[130 : 130 + FACE_PX, 270 : 270 + FACE_PX] = np.clip(skin, 0, 255)[..., None]
    return scene


def detail_energy(shown: Pixels) -> float:
    """The energy of what is finer than a third of a face, of the whole picture."""
    light = cv2.cvtColor(shown, cv2.COLOR_RGB2GRAY).astype(np.float64)
    # Else the jump from one edge to the other counts as detail.
    window = np.outer(np.hanning(light.shape[0]), np.hanning(light.shape[1]))
    spectrum = np.abs(np.fft.fft2((light - light.mean()) * window)) ** 2
    rows, columns = np.meshgrid(
        np.fft.fftfreq(light.shape[0]), np.fft.fftfreq(light.shape[1]), indexing="ij"
    )
    fine = np.hypot(rows, columns) > 3 / FACE_PX
    return float(spectrum[fine].sum())


def test_the_detail_of_a_face_is_gone() -> None:
    scene = with_face(0)
    shown = veil.blurred(scene)
    assert shown.shape == scene.shape
    assert detail_energy(shown) < 0.002 * detail_energy(scene)


def test_two_faces_look_the_same() -> None:
    one, other = with_face(0), with_face(1)
    assert np.abs(one.astype(int) - other).max() > 100
    blurred = np.abs(veil.blurred(one).astype(int) - veil.blurred(other))
    assert blurred.max() <= 3


def test_sharpening_brings_nothing_back() -> None:
    scene = with_face(0)
    shown = veil.blurred(scene)
    sharp = np.clip(
        shown + 8.0 * (shown - cv2.GaussianBlur(shown, (0, 0), 12).astype(float)), 0, 255
    )
    face = np.s_[130 : 130 + FACE_PX, 270 : 270 + FACE_PX]
    alike = np.corrcoef(sharp[face][..., 0].ravel(), scene[face][..., 0].ravel())[0, 1]
    assert abs(alike) < 0.35


@pytest.mark.parametrize("shape", [(1, 1), (3, 500), (500, 3), (7, 7), (480, 320)])
def test_any_size_keeps_its_size_and_few_values(shape: tuple[int, int]) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (*shape, 3), np.uint8)
    shown = veil.blurred(noise)
    assert shown.shape == noise.shape
    if min(shape) > 100:
        assert shown.std() < 0.1 * noise.std()


def test_grey_has_no_colour_and_keeps_light() -> None:
    red = np.zeros((4, 4, 3), np.uint8)
    red[..., 0] = 255
    shown = veil.grey(red)
    assert np.ptp(shown, axis=2).max() == 0
    assert 60 < shown.mean() < 90
