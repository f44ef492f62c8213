import cv2
import numpy as np
import pytest

from app.core.fingerprints.borders import border_profile, content_box
from app.core.fingerprints.views import (
    FORMS,
    TURNS_LEAST,
    VIEWS_IN_ALL,
    WHOLE,
    Box,
    View,
    moving_views,
    still_views,
    turns,
)
from tests.core.fingerprints.test_usable import Pixels, scene

INSIDE = Box(0.25, 0.125, 0.5, 0.75)


def framed(colour: tuple[int, int, int], rows: int, columns: int) -> Pixels:
    picture = scene()
    canvas = np.full((288 + 2 * rows, 512 + 2 * columns, 3), colour, np.uint8)
    canvas[rows : rows + 288, columns : columns + 512] = picture
    return canvas


def close(box: Box, x: float, y: float, width: float, height: float) -> bool:
    found = (box.x, box.y, box.width, box.height)
    return bool(np.allclose(found, (x, y, width, height), atol=0.015))


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (30, 90, 200)])
def test_flat_bars_of_any_colour_are_found(colour: tuple[int, int, int]) -> None:
    letterbox = [border_profile(framed(colour, 72, 0)) for _ in range(3)]
    assert close(content_box(letterbox), 0, 1 / 6, 1, 2 / 3)
    window = [border_profile(framed(colour, 72, 128))]
    assert close(content_box(window), 1 / 6, 1 / 6, 2 / 3, 2 / 3)


def test_a_caption_in_some_frames_does_not_move_the_box() -> None:
    frames = [framed((0, 0, 0), 72, 0) for _ in range(12)]
    frames[3][380:400, 100:300] = 255
    assert close(content_box([border_profile(frame) for frame in frames]), 0, 1 / 6, 1, 2 / 3)


def test_blurred_side_bars_are_found() -> None:
    profiles = []
    for _ in range(4):
        middle = scene()
        canvas = cv2.GaussianBlur(cv2.resize(middle, (1024, 288)), (0, 0), 25)
        canvas[:, 256:768] = middle
        profiles.append(border_profile(canvas))
    assert close(content_box(profiles), 0.25, 0, 0.5, 1)


def test_pictures_without_bars_stay_whole() -> None:
    assert content_box([border_profile(scene()) for _ in range(3)]) == WHOLE
    assert content_box([border_profile(np.zeros((90, 160, 3), np.uint8))]) == WHOLE
    assert content_box([]) == WHOLE


@pytest.mark.parametrize("content", [WHOLE, INSIDE])
def test_every_view_lies_in_the_frame_and_is_named_once(content: Box) -> None:
    for views in (moving_views(content), still_views(content)):
        assert len({view.name for view in views}) == len(views)
        for view in views:
            box = view.box
            assert min(box.x, box.y) >= 0
            assert max(box.x + box.width, box.y + box.height) <= 1
            assert View.of(view.name, box) == view
            cut = view.apply(scene())
            assert min(cut.shape[:2]) > 0


@pytest.mark.parametrize("size", [(1, 1), (1, 2), (2, 2), (3, 2), (2, 300)])
def test_tiny_pictures_have_every_view(size: tuple[int, int]) -> None:
    for view in still_views(Box(0.7, 0.7, 0.3, 0.3)):
        assert min(view.apply(np.zeros((*size, 3), np.uint8)).shape[:2]) > 0


def test_a_still_is_looked_at_in_all_eight_forms() -> None:
    views = [view for view in still_views(WHOLE) if view.part == "whole"]
    assert {(view.mirrored, view.rotation) for view in views} == set(FORMS)
    turned = {view.apply(scene()).shape[0] > 400 for view in views if view.rotation in {90, 270}}
    assert turned == {True}


def test_a_view_cuts_mirrors_and_turns() -> None:
    picture = np.arange(16, dtype=np.uint8).reshape(4, 4, 1).repeat(3, axis=2)
    view = View("left", Box(0, 0, 0.5, 1), mirrored=True, rotation=90)
    expected = np.rot90(picture[:, :2][:, ::-1])
    assert np.array_equal(view.apply(picture), expected)


def first(views: tuple[View, ...]) -> set[int]:
    return {n for n, v in enumerate(views) if v.name in {"whole", "trimmed"}}


SETS = [
    moving_views(WHOLE),
    moving_views(INSIDE, [Box(0.6, 0.6, 0.3, 0.3)]),
    still_views(INSIDE),
]


@pytest.mark.parametrize("views", SETS)
def test_a_short_item_is_described_by_every_view_of_every_frame(views: tuple[View, ...]) -> None:
    for frames in (1, VIEWS_IN_ALL // len(views)):
        chosen = turns(frames, views)
        assert chosen.shape == (frames, len(views))
        assert all(set(row) == set(range(len(views))) for row in chosen.tolist())


@pytest.mark.parametrize("views", SETS)
@pytest.mark.parametrize("frames", [40, 100, 3_000])
def test_in_a_long_item_views_take_turns(views: tuple[View, ...], frames: int) -> None:
    chosen = turns(frames, views)
    always = first(views)
    assert all(len(set(row)) == len(row) and always <= set(row) for row in chosen.tolist())
    assert chosen.shape[1] <= max(VIEWS_IN_ALL // frames, len(always) + TURNS_LEAST)
    # However few views a frame is described by, all come round within some frames.
    soon = -(-(len(views) - len(always)) // TURNS_LEAST)
    for start in range(0, frames - soon, 7):
        assert set(chosen[start : start + soon].ravel().tolist()) == set(range(len(views)))


def test_an_item_without_frames_has_no_turns() -> None:
    assert len(turns(0, SETS[0])) == 0
