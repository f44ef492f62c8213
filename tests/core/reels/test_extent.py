import numpy as np
import pytest

from app.core.fingerprints.reel import SIDE
from app.core.reels.extent import extent
from app.core.reels.hidden import hidden_boxes
from tests.core.films import SAME, Film, moving, overlay, panned, reel_of

KNOWN = panned(np.arange(0, 16, 0.2), seed=1)


def painted(film: Film) -> Film:
    """The film with a caption over its lower part."""
    drawn = film.copy()
    drawn[:, 72:90, 12:84] = np.tile(np.arange(72) % 9 * 28, (18, 1)).astype(np.uint8)
    return drawn


@pytest.mark.parametrize("known", [KNOWN, moving(frames=80, seed=8)])
def test_a_stretch_ends_where_other_pictures_begin(known: Film) -> None:
    before, after = panned(np.arange(0, 4, 0.2), seed=2), moving(20, 10, room=4)
    query = np.concatenate([before, known[30:55], after])
    # From the middle on, and from a run that reaches too far.
    for core_ms in ((5_000, 7_000), (3_000, 10_500)):
        reach = extent((1.0, 2_000.0), core_ms, (reel_of(query), reel_of(known)), overlay())
        assert reach is not None
        assert reach.start_ms == pytest.approx(4_000, abs=250)
        assert reach.end_ms == pytest.approx(9_000, abs=250)
        assert reach.agreement > 0.8
        assert reach.hidden.sum() == 0


def test_a_stretch_that_plays_backwards_has_its_ends() -> None:
    query = np.concatenate([moving(20, 9, room=3), KNOWN[30:55][::-1], moving(20, 10, room=4)])
    line = (-1.0, 4_000.0 + 54 * 200)
    reach = extent(line, (5_000, 8_000), (reel_of(query), reel_of(KNOWN)), overlay())
    assert reach is not None
    assert (reach.start_ms, reach.end_ms) == pytest.approx((4_000, 9_000), abs=250)


def test_nothing_alike_has_no_extent() -> None:
    reels = (reel_of(moving(20, 11, room=5)), reel_of(moving(20, 12, room=6)))
    reach = extent((1.0, 0.0), (0, 4_000), reels, overlay())
    assert reach is None or reach.agreement < 0.3


def test_a_line_outside_the_known_reel_has_no_extent() -> None:
    reels = (reel_of(KNOWN[:20]), reel_of(KNOWN))
    assert extent((1.0, 60_000.0), (0, 4_000), reels, overlay()) is None


@pytest.mark.parametrize("known", [KNOWN[:30], moving(frames=30, seed=13)])
def test_what_is_painted_over_is_hidden(known: Film) -> None:
    reach = extent((1.0, 0.0), (0, 6_000), (reel_of(painted(known)), reel_of(known)), overlay())
    assert reach is not None
    under = np.zeros((SIDE, SIDE), bool)
    under[72:90, 12:84] = True
    # By chance some parts of a caption look like what they cover, where nothing moves.
    assert reach.hidden[under].mean() > 0.4
    # What is half a block beside it cannot be told from it.
    assert reach.hidden[~under].mean() < 0.1
    # What is still to be seen agrees; what is hidden does not.
    assert 0.65 < reach.agreement < 0.9
    (box,) = hidden_boxes(reach.hidden, reach.hidden.size, SAME, mirrored=False)
    assert box == pytest.approx((12 / 96, 72 / 96, 72 / 96, 18 / 96), abs=0.11)
