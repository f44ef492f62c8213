"""What was done to the known picture is named as the films lie over each other all along."""

import cv2
import numpy as np
import pytest

from app.core.geometry.blocks import compare
from app.core.geometry.examination import Examined
from app.core.geometry.proof import Fit
from app.core.geometry.sights import flipped, see
from app.core.naming.transforms import name_transforms
from tests.core.films import SAME, overlay
from tests.filming import Pixels, canvas

SIZE = (320, 240)


def pair_by_chance(query: Pixels, known: Pixels) -> Examined:
    """A pair that chance laid over each other unmirrored and askew, with all blocks agreeing."""
    askew = cv2.getRotationMatrix2D((160, 120), 10, 0.7)
    fit = Fit(np.asarray(askew, np.float64), mirrored=False, inliers=30, blocks=np.ones((12, 16)))
    return Examined(see(query), see(known), 0, 0, 0.8, fit)


def test_what_is_mirrored_all_along_is_so_whatever_a_pair_says() -> None:
    known = np.ascontiguousarray(canvas(1, SIZE)[: SIZE[1], : SIZE[0]])
    pairs = [pair_by_chance(flipped(known), known)]
    named = name_transforms(pairs, 1.0, overlay(SAME, mirrored=True))
    assert [each.kind for each in named] == ["mirror"]
    named = name_transforms([pair_by_chance(known, known)], 1.0, overlay(SAME))
    assert [each.kind for each in named] == ["reencode"]


def cut_from(known: Pixels, left: int, query_ms: int) -> Examined:
    """A pair whose query is an upright cut of the known picture, laid where it was cut."""
    place = np.array([[1.0, 0.0, left], [0.0, 1.0, 0.0]])
    fit = Fit(place, mirrored=False, inliers=60, blocks=np.ones((12, 16)))
    query = see(np.ascontiguousarray(known[:, left : left + 100]))
    return Examined(query, see(known), query_ms, query_ms, 0.8, fit)


def test_a_moment_at_which_a_moving_cut_lies_elsewhere_says_nothing_of_colours() -> None:
    known = np.ascontiguousarray(canvas(1, SIZE)[: SIZE[1], : SIZE[0]])
    known[:, 160:] = known[:, 160:, ::-1]
    pairs = [cut_from(known, 20, 1_000), cut_from(known, 200, 5_000)]
    along = overlay(np.array([[100 / 320, 0.0, 20 / 320], [0.0, 1.0, 0.0]]))
    assert [each.kind for each in name_transforms(pairs, 1.0, along)] == ["crop"]


def zoomed_into(
    known: Pixels, zoom: float, times_ms: tuple[int, int], inliers: int = 200
) -> Examined:
    """A pair whose query comes so much nearer to the middle of the known picture."""
    middle = (SIZE[0] - 1) / 2, (SIZE[1] - 1) / 2
    into = np.asarray(cv2.getRotationMatrix2D(middle, 0, 1 / zoom), np.float64)
    nearer = cv2.warpAffine(known, into, SIZE, flags=cv2.WARP_INVERSE_MAP)
    query, seen = see(np.asarray(nearer, np.uint8)), see(known)
    fit = Fit(into, mirrored=False, inliers=inliers, blocks=compare(query.grey, seen.grey, into))
    return Examined(query, seen, *times_ms, 0.8, fit)


def test_what_is_zoomed_into_slowly_is_cut_however_it_began() -> None:
    known = np.ascontiguousarray(canvas(1, SIZE)[: SIZE[1], : SIZE[0]])
    pairs = [zoomed_into(known, 1 + 0.1 * n, (1_000 * n, 1_000 * n)) for n in range(5)]
    (cut,) = name_transforms(pairs, 1.0)
    assert cut.kind == "crop"
    assert cut.box is not None
    assert cut.box[2] == pytest.approx(1 / 1.4, abs=0.01)


@pytest.mark.parametrize("later_ms", [(0, 1_000), (1_000, 0)])
def test_what_a_still_shows_is_named_by_the_moment_that_proves_most(
    later_ms: tuple[int, int],
) -> None:
    known = np.ascontiguousarray(canvas(1, SIZE)[: SIZE[1], : SIZE[0]])
    pairs = [zoomed_into(known, 1.0, (0, 0)), zoomed_into(known, 1.4, later_ms, inliers=90)]
    assert [each.kind for each in name_transforms(pairs, 1.0)] == ["reencode"]


def test_a_picture_turned_in_its_frame_has_no_borders_though_it_is_laid_a_little_aside() -> None:
    known = np.ascontiguousarray(canvas(1, SIZE)[: SIZE[1], : SIZE[0]])
    turn = cv2.getRotationMatrix2D((160, 120), 33, 1)
    wide, high = (np.abs(turn[:, :2]) @ SIZE).round().astype(int).tolist()
    turn[:, 2] += wide / 2 - 160, high / 2 - 120
    query = see(np.asarray(cv2.warpAffine(known, turn, (wide, high)), np.uint8))
    back = np.asarray(cv2.invertAffineTransform(turn), np.float64) * 1.004
    seen = see(known)
    fit = Fit(back, mirrored=False, inliers=90, blocks=compare(query.grey, seen.grey, back))
    named = name_transforms([Examined(query, seen, 0, 0, 0.8, fit)], 1.0)
    assert [(each.kind, each.degrees) for each in named] == [("rotation", -33.0)]


def test_what_is_too_plain_for_a_pair_is_named_as_the_films_lie() -> None:
    wall = np.full((SIZE[1], SIZE[0], 3), 150, np.uint8)
    cv2.circle(wall, (120, 120), 9, (200, 60, 40), -1)
    inside = np.ascontiguousarray(wall[24:216, 32:288])
    place = np.array([[1.0, 0.0, 32.0], [0.0, 1.0, 24.0]])
    mute = Fit(place, mirrored=False, inliers=0, blocks=np.full((12, 16), np.nan))
    pairs = [Examined(see(inside), see(wall), 0, 0, 0.8, mute)]
    (cut,) = name_transforms(pairs, 1.0, overlay(np.array([[0.8, 0.0, 0.1], [0.0, 0.8, 0.1]])))
    assert (cut.kind, cut.box) == ("crop", (0.1, 0.1, 0.8, 0.8))
    assert [each.kind for each in name_transforms(pairs, 1.0)] == ["reencode"]
