"""Query vectors whose hits are all of a few items: a camera that stands still looks alike for hours.

Such an item takes every place among the nearest frames, be it known or the query itself, and no other
copy is seen behind it. So some of these vectors are asked for many more.
"""

import numpy as np
from numpy.typing import NDArray

from app.core.index.frames import FrameIndex, Nearest
from app.core.index.items import NUMBER_BITS, ROW_BITS

FEW_ITEMS = 10
"""Of as many items a vector's hits tell enough."""
LOOKED_DEEPER = 8
"""Crowded vectors of one search that are asked again, spread evenly: what stands still looks alike in all."""
DEEPER = 16_384
"""So many hits of a vector are looked at: four and a half hours of a standing camera. They cost 30 ms."""


def beyond_crowds(
    index: FrameIndex, vectors: NDArray[np.float32], near: Nearest, bounds: tuple[int, float]
) -> Nearest:
    """Give the hits and, behind those of a few items that fill all places, the best with each other item.

    `near` is what the index gave for these vectors and bounds, the most hits and the threshold.
    """
    most, threshold = bounds
    crowded = _crowded(near, most) if len(index) > most else np.empty(0, np.int64)
    if not len(crowded):
        return near
    deeper = index.search(vectors[crowded], DEEPER, threshold)
    rows = np.concatenate([near.rows, crowded[deeper.rows]])
    ids = np.concatenate([near.ids, deeper.ids])
    scores = np.concatenate([near.scores, deeper.scores])
    firsts = _first_of_items(rows, ids)
    behind = firsts[firsts >= len(near.rows)]
    ranked = np.arange(len(behind)) - np.searchsorted(rows[behind], rows[behind])
    chosen = np.concatenate([np.arange(len(near.rows)), behind[ranked < most]])
    chosen = chosen[np.argsort(rows[chosen], kind="stable")]
    return Nearest(rows[chosen], ids[chosen], scores[chosen])


def _crowded(near: Nearest, most: int) -> NDArray[np.int64]:
    """Give some vectors that have as many hits as they may, all of a few items."""
    rows, counts = np.unique(near.rows, return_counts=True)
    firsts = _first_of_items(near.rows, near.ids)
    items = np.unique(near.rows[firsts], return_counts=True)[1]
    crowded = rows[(counts == most) & (items < FEW_ITEMS)]
    some = np.linspace(0, len(crowded) - 1, min(len(crowded), LOOKED_DEEPER))
    return np.asarray(crowded[some.astype(np.intp)], np.int64)


def _first_of_items(rows: NDArray[np.int64], ids: NDArray[np.uint64]) -> NDArray[np.intp]:
    """Give the places of each vector's first hit with every item, in order."""
    items = (rows << NUMBER_BITS) | (ids >> np.uint64(ROW_BITS)).astype(np.int64)
    return np.sort(np.unique(items, return_index=True)[1])
