from dataclasses import replace

import cv2
import numpy as np
import pytest

from app.core.fingerprints.pictures import Pictures, write_jpeg
from app.core.geometry.examination import HOPELESS_INLIERS, examine
from app.core.geometry.sights import Sights
from app.core.temporal.runs import Run
from tests.filming import canvas

TIMES_MS = np.arange(4) * 1_000
RUN = Run(
    np.arange(4), np.arange(4), np.full(4, 0.6), 1.0, 0.0, query_ms=(0, 4_000), known_ms=(0, 4_000)
)


def as_film(picture: np.ndarray) -> Sights:
    return Sights(Pictures(tuple(TIMES_MS.tolist()), [write_jpeg(picture)] * 4), None)


def like_its_mirror_image() -> np.ndarray:
    """A picture whose middle is symmetric, as a face before a wall is."""
    picture = canvas(61, (480, 360)).copy()
    middle = picture[:, 60:240]
    picture[:, 240:420] = middle[:, ::-1]
    return picture


@pytest.mark.parametrize("hint", [True, False])
@pytest.mark.parametrize("mirrored", [True, False])
def test_of_two_ways_that_both_lie_the_better_is_taken(*, mirrored: bool, hint: bool) -> None:
    known = like_its_mirror_image()
    query = np.ascontiguousarray(known[:, ::-1]) if mirrored else known
    pairs = examine(RUN, TIMES_MS, (as_film(query), as_film(known)), mirrored=hint)
    assert len(pairs) == 4
    for pair in pairs:
        assert pair.fit is not None
        assert pair.fit.mirrored == mirrored
        assert pair.agreement > 0.95


def test_of_a_long_run_the_likest_frames_decide_whether_the_others_are_looked_at() -> None:
    times_ms = np.arange(8) * 1_000
    blurred, plain = (
        [np.full((360, 480, 3), 90 + row, np.uint8) for row in range(6)],
        canvas(3, (480, 360)),
    )
    scores = np.array([0.7, 0.7, 0.7, 0.7, 0.7, 0.7, 0.9, 0.8])
    run = Run(
        np.arange(8), np.arange(8), scores, 1.0, 0.0, query_ms=(0, 8_000), known_ms=(0, 8_000)
    )
    film = [write_jpeg(picture) for picture in (*blurred, plain, plain)]
    sights = Sights(Pictures(tuple(times_ms.tolist()), film), None)
    pairs = examine(run, times_ms, (sights, sights), mirrored=False)
    assert max(pair.agreement for pair in pairs) > 0.95


def test_a_first_frame_that_shows_nothing_does_not_hide_the_key_points_of_the_second() -> None:
    rich = canvas(3, (480, 360))[:360, :480]
    blank = np.full((360, 480, 3), 120, np.uint8)
    logo = blank.copy()
    logo[150:190, 200:240] = cv2.resize(
        rich[100:220, 100:220], (40, 40), interpolation=cv2.INTER_AREA
    )
    jpegs = [write_jpeg(frame) for frame in (blank, logo, rich, rich)]
    film = Sights(Pictures(tuple(TIMES_MS.tolist()), jpegs), None)
    run = replace(RUN, scores=np.array([0.9, 0.8, 0.7, 0.6]))
    pairs = examine(run, TIMES_MS, (film, film), mirrored=False)
    # Of the logo alone too little can be compared.
    assert [pair.agreement for pair in pairs] == [0.0, 0.0, 1.0, 1.0]
    assert pairs[1].inliers >= HOPELESS_INLIERS
