from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.fingerprints.describe import Describer, shared_describers
from app.core.fingerprints.fingerprint import VIEW_SCALE
from app.core.fingerprints.pictures import Pictures, PictureWriter, read_jpeg
from app.core.fingerprints.sampling import ALIKE, Viewed, describe_views
from app.core.fingerprints.views import WHOLE, moving_views
from tests.filming import picture

VIEWS = moving_views(WHOLE)
FRAMES = 6


class Counting:
    """The model itself, and how many pictures it was asked about."""

    def __init__(self, model: Describer) -> None:
        self._model = model
        self.asked = 0

    @property
    def id(self) -> str:
        return self._model.id

    def describe(self, pictures: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        self.asked += len(pictures)
        return self._model.describe(pictures)


@pytest.fixture
def model() -> Counting:
    models = shared_describers()
    assert models is not None
    return Counting(models.views)


def kept(folder: Path, seeds: Sequence[int]) -> Pictures:
    writer = PictureWriter(folder / "pictures.zip")
    for place, seed in enumerate(seeds):
        writer.add(place * 1000, picture(seed, (320, 180)))
    return writer.close()


def viewed(pictures: Pictures, model: Counting) -> tuple[Viewed, NDArray[np.float32]]:
    whole = model.describe([read_jpeg(jpeg) for jpeg in pictures.jpegs])
    model.asked = 0
    found = describe_views(pictures, VIEWS, whole.astype(np.float16), model, lambda _share: None)
    return found, whole


def test_of_a_picture_that_stands_each_view_is_described_once(
    tmp_path: Path, model: Counting
) -> None:
    found, _ = viewed(kept(tmp_path, [1] * FRAMES), model)
    assert model.asked == len(VIEWS) - 1
    for view in range(len(VIEWS)):
        vectors = found.vectors[found.ids == view]
        assert len(vectors) > 1
        assert (vectors == vectors[0]).all()
        assert vectors[0].any()


def test_what_changes_is_described_anew_in_every_view(tmp_path: Path, model: Counting) -> None:
    pictures = kept(tmp_path, range(FRAMES))
    found, whole = viewed(pictures, model)
    apart = whole @ whole.T
    np.fill_diagonal(apart, 0)
    assert apart.max() < ALIKE
    assert model.asked == found.ids[:, 1:].size
    for row in (0, 3, FRAMES - 1):
        pixels = read_jpeg(pictures.jpegs[row])
        views = [VIEWS[place] for place in found.ids[row, 1:].tolist()]
        plain = model.describe([view.apply(pixels) for view in views])
        np.testing.assert_allclose(found.vectors[row, 1:] / VIEW_SCALE, plain, atol=0.01)


def test_a_new_scene_is_looked_at_although_it_follows_one_that_stood(
    tmp_path: Path, model: Counting
) -> None:
    found, _ = viewed(kept(tmp_path, [1] * (FRAMES - 2) + [2, 3]), model)
    assert model.asked == len(VIEWS) - 1 + 2 * (found.ids.shape[1] - 1)
    assert not (found.vectors[-1, 1] == found.vectors[0, 1]).all()
