"""Runs whose key points do not say how the pictures lie: laid over each other by their edges."""

from collections.abc import Sequence

import numpy as np

from app.core.geometry.examination import best_of
from app.core.geometry.side import Sides
from app.core.geometry.ways import WEAK_INLIERS
from app.core.reels.edges import overlays
from app.core.reels.films import Overlay
from app.core.sight.laying import FURTHER_MS, Laid, lay_on, sureness
from app.core.weighing.findings import Seen

QUARTER_TURNS = tuple(
    np.array(turn, np.float64)
    for turn in ([[0, 1, 0], [-1, 0, 1]], [[-1, 0, 1], [0, -1, 1]], [[0, -1, 1], [1, 0, 0]])
)
"""The whole picture on its sides and upside down, which edges do not ask, in shares."""
ALIKE = 0.4
"""Frames less alike than this are hardly of one place, however their edges lie."""


def lay_by_edges(laid: Laid, seen: Seen, sides: Sides, likest: Sequence[tuple[int, int]]) -> Laid:
    """Lay the reels over each other as the edges of the likest pictures lie, if nothing else did.

    `laid` is what the key points made of the run `seen`, `likest` are rows of both sides. Of a place
    where little moves descriptors say little about when, too: the moment is looked for further away.
    """
    if laid.settled or not is_unplaced(seen):
        return laid
    query, known = sides
    pairs = [(query.grey(mine), known.grey(theirs)) for mine, theirs in likest]
    ways = [lay_on(overlay, seen, sides, FURTHER_MS) for overlay in overlays(pairs)]
    ways += [lay_on(Overlay.of(turn, mirrored=False), seen, sides) for turn in QUARTER_TURNS]
    return max([laid, *ways], key=sureness)


def is_unplaced(seen: Seen) -> bool:
    """Say whether the frames are alike, but have no key points to say how they lie."""
    told = bool(seen.pairs) and best_of(seen.pairs).inliers >= WEAK_INLIERS
    return not told and seen.strength.similarity >= ALIKE
