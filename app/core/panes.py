"""Runs that show in one pane of a split screen: laid over each other in that pane only.

What plays in the other panes lies on the known frame, too, where the pane shows a cut of it.
"""

import numpy as np

from app.core import policy
from app.core.films import Overlay
from app.core.framing import corners_of
from app.core.laying import Laid, Side, lay_on, sureness
from app.core.policy import Grade
from app.core.views import Box

LAID_FROM = 0.01
"""Confidence from which a run is worth the work."""
OTHER_LEAST = 0.1
"""Share of what is compared that must lie in other panes."""
SQUARE = (1, 1)


def lay_in_pane(laid: Laid, sides: tuple[Side, Side]) -> Laid:
    """Lay an unsure run in each pane that the query seems to have; gives the surest."""
    overlay, sure = laid.overlay, laid.seen.confidence
    if overlay is None or sure < LAID_FROM or policy.grade(sure) is Grade.CERTAIN:
        return laid
    tried = [laid]
    for pane in sides[0].fingerprint.laid_in:
        inside = _inside(overlay, pane)
        if 0 < inside.shown.sum() < (1 - OTHER_LEAST) * overlay.shown.sum():
            tried.append(lay_on(inside, laid.seen, sides))
    return max(tried, key=sureness)


def _inside(overlay: Overlay, pane: Box) -> Overlay:
    """Show what a box of the query shows of the known frame."""
    x = 1 - pane.x - pane.width if overlay.mirrored else pane.x
    box = x, pane.y, pane.width, pane.height
    corners = np.clip(corners_of(SQUARE, overlay.shares, box), 0, 1)
    left, top = corners.min(axis=0).tolist()
    right, bottom = corners.max(axis=0).tolist()
    return overlay.cut((left, top, right - left, bottom - top))
