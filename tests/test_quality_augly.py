"""Queries whose pictures are edited one by one, by AugLy where it is installed and by anything else."""

import random
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageOps

from benchmarks.quality import augly
from benchmarks.quality.encoding import EVEN, REDRAWN_RATE, VIDEO, encode_redrawn
from tests.filming import film

INSTALLED = pytest.mark.skipif(not augly.installed(), reason="AugLy is not installed")


def pictures(path: Path) -> list[np.ndarray]:
    reader, found = cv2.VideoCapture(str(path)), []
    while (got := reader.read())[0]:
        found.append(got[1])
    return found


def test_each_picture_is_edited_and_none_is_lost(tmp_path: Path) -> None:
    clip, edited = film(tmp_path / "a.mp4", seconds=2, seed=1, shots=1), tmp_path / "b.mp4"
    graph = f"[0:v]fps={REDRAWN_RATE},{EVEN}[v]"
    encode_redrawn(["-i", str(clip)], graph, ImageOps.mirror, (*VIDEO, "-crf", "18"), edited)
    before, after = pictures(clip), pictures(edited)
    assert len(after) == 2 * REDRAWN_RATE
    middle = before[len(before) // 2].astype(int), after[len(after) // 2].astype(int)
    assert np.abs(middle[0][:, ::-1] - middle[1]).mean() < 10 < np.abs(middle[0] - middle[1]).mean()


def test_an_edit_that_fails_leaves_no_file(tmp_path: Path) -> None:
    def fails(_picture: Image.Image) -> Image.Image:
        raise RuntimeError("no such font")

    clip = film(tmp_path / "a.mp4", seconds=1, seed=1, shots=1)
    with pytest.raises(RuntimeError):
        encode_redrawn(["-i", str(clip)], f"[0:v]{EVEN}[v]", fails, VIDEO, tmp_path / "b.mp4")
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def test_equal_numbers_make_equal_edits() -> None:
    one, same, other = (augly.jitter(random.Random(seed)).redraw for seed in (1, 1, 2))
    assert repr(one) == repr(same) != repr(other)


def test_there_are_no_kinds_of_what_is_not_installed() -> None:
    assert bool(augly.edits()) == augly.installed()


@INSTALLED
@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # It leaves a file open.
@pytest.mark.parametrize("kind", augly.EDITS)
def test_each_kind_of_edit_changes_the_picture(kind: str) -> None:
    picture = Image.effect_noise((320, 180), 60).convert("RGB")
    redraw = augly.EDITS[kind](random.Random(1)).redraw
    assert redraw is not None
    drawn = redraw(picture)
    assert drawn.mode == "RGB"
    assert min(drawn.size) >= 100
    assert drawn.size != picture.size or drawn.tobytes() != picture.tobytes()
