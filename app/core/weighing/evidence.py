"""Which aligned pairs of pictures are shown of a match, and how each is told."""

from collections.abc import Iterable, Sequence

from app.core.geometry.examination import Examined
from app.core.geometry.placement import placement
from app.core.geometry.proof import Fit
from app.core.geometry.sights import flipped
from app.core.matches import Evidence

EVIDENCE_MAX = 6


def evidence(runs: Iterable[Sequence[Examined]]) -> tuple[Evidence, ...]:
    """Choose what shows best what is shared: the best pair of each run first; in order of time."""
    ranked: list[tuple[int, float, Examined]] = []
    for pairs in runs:
        placed = sorted((each for each in pairs if each.fit), key=lambda pair: -pair.strength)
        ranked += [(rank, -pair.strength, pair) for rank, pair in enumerate(placed)]
    best = sorted(ranked, key=lambda each: (each[0] > 0, each[1]))[:EVIDENCE_MAX]
    pairs = sorted((pair for _, _, pair in best), key=lambda pair: pair.query_ms)
    return tuple(_shown(pair, pair.fit) for pair in pairs if pair.fit)


def _shown(pair: Examined, fit: Fit) -> Evidence:
    # What was straightened is shown as it was filmed.
    query = pair.query.pixels if pair.query.source is None else pair.query.source
    known = pair.known.pixels
    (height, width), (high, wide) = query.shape[:2], known.shape[:2]
    return Evidence(
        query_ms=pair.query_ms,
        known_ms=pair.known_ms,
        similarity=round(min(1.0, pair.similarity), 3),
        inliers=pair.inliers,
        placement=placement(fit.matrix, (width, height), (wide, high)),
        mirrored=fit.mirrored,
        # A pair that fits mirrored was examined so.
        pictures=(flipped(query) if fit.mirrored else query, known),
    )
