"""Runs that show in one pane of the query: half of a split screen, a picture in the picture.

What plays in the other panes lies on the known frame, too, where a pane shows a cut of it; and a small
pane has few key points to say how it lies, though its rims say where.
"""

import numpy as np

from app.core import policy
from app.core.fingerprints.views import Box
from app.core.geometry.side import Sides
from app.core.policy import Grade
from app.core.reels.films import WHOLE, Overlay, box_on_box
from app.core.reels.framing import corners_of
from app.core.reels.hidden import laid_box
from app.core.sight.confirmation import confirmed
from app.core.sight.laying import Laid, lay_on, sureness
from app.core.sight.unplaced import is_unplaced

LAID_FROM = 0.004
"""Confidence from which a run is worth the work; that of one with nothing for it but frames is 0.007."""
ALL_ALIKE = 0.9
"""How well the reels' pictures agree where all that is shown does."""
SAME_SHOWN = 0.7
"""A pane that shows more of what is compared already: what is beside it is a caption."""
PANE_SHOWS = 0.15
"""Share of the known frame that a pane shows at least; in less of it a hand moves alike by chance."""
AS_SURE = 0.05
"""A difference of confidence that does not choose between a pane and a part of it."""
SQUARE = (1, 1)


def lay_in_pane(sure: Laid, laid: Laid, sides: Sides) -> Laid:
    """Lay a run that is not certain in each pane that the query seems to have; gives the surest.

    `laid` is the run before it was confirmed as `sure`. A certain one is not asked: a caption has rims, too;
    nor one of which all that is shown agrees: a part of it does so, too.
    """
    before = sureness(laid)
    settled = policy.grade(sureness(sure)) is Grade.CERTAIN or sure.seen.strength.alike >= ALL_ALIKE
    if settled or before < LAID_FROM:
        return sure
    ways = [way for pane in sides[0].fingerprint.laid_in for way in _ways(laid, pane)]
    tried = [lay_on(way, laid.seen, sides) for way in ways]
    surest = max(map(sureness, tried), default=0.0)
    if surest <= before:
        return sure
    # A part of a pane lies as well as all of it.
    best = max((each for each in tried if sureness(each) >= surest - AS_SURE), key=_area_shown)
    return max([sure, confirmed(best, sides)], key=sureness)


def _area_shown(laid: Laid) -> int:
    return int(laid.overlay.shown.sum()) if laid.overlay else 0


def shown_in(overlay: Overlay, pane: Box) -> Overlay | None:
    """Show what a pane of the query shows of the known frame; None where that is too little."""
    box = laid_box(pane.shares, mirrored=overlay.mirrored)
    corners = np.clip(corners_of(SQUARE, overlay.shares, box), 0, 1)
    left, top = corners.min(axis=0).tolist()
    right, bottom = corners.max(axis=0).tolist()
    if (right - left) * (bottom - top) < PANE_SHOWS:
        return None
    part = overlay.cut((left, top, right - left, bottom - top))
    # What is hidden of the whole may be all of a pane; that then hides nothing there.
    return part.without(overlay.hidden) if part else None


def _ways(laid: Laid, pane: Box) -> list[Overlay]:
    """Give how a run may lie in a pane: as it does, but nowhere else; or the known frame fills it."""
    ways = []
    inside = shown_in(laid.overlay, pane) if laid.overlay else None
    if laid.overlay and inside and inside.shown.sum() < SAME_SHOWN * laid.overlay.shown.sum():
        ways.append(inside)
    if is_unplaced(laid.seen):
        filled = [_filled(pane, mirrored=mirrored) for mirrored in (False, True)]
        ways += [way for way in filled if way is not None]
    return ways


def _filled(pane: Box, *, mirrored: bool) -> Overlay | None:
    """Lay a pane over the whole known frame."""
    box = laid_box(pane.shares, mirrored=mirrored)
    return Overlay.of(box_on_box(box, WHOLE), mirrored=mirrored)
