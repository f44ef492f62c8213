"""A closer look at aligned pairs: the frames of the very moment, read from the file itself."""

from dataclasses import replace

import numpy as np

from app.core.decoding.original import STEP_S, Original, of_one_size
from app.core.geometry.blocks import compare, halved
from app.core.geometry.examination import Examined, best_of
from app.core.geometry.proof import Fit, prove
from app.core.geometry.sights import Sight, Sights, bare, flipped, full, see
from app.core.temporal.runs import Run

REACH_MS = 800
"""How far from its expected time a picture is looked for: over half a sampling step."""
FAR_MS = 1_600
"""How far where a moving camera misled the alignment."""
NARROW_MS = 350
AGREES_ALL_OVER = 0.93
"""Less at the likest moment may be another moment seen by a moving camera."""
NEARLY_ALIKE = 0.95
"""The same of how nearly it agrees: a head that moves is a tenth of a second off, and little else changes."""
EVEN_WEIGHT = 0.01
"""Of a block that never changes: enough to decide where none does."""
NEARLY_THERE, EVERY_FRAME_S = 0.8, 0.01
"""Agreement from which every frame beside the likest moment is read."""
CLIMB = 4
CLIMBED_MAX = 24
PLACED_AGREEMENT = 0.5
"""A pair that agrees less says nothing about the very moment."""


def look_closer(
    run: Run, pairs: list[Examined], sides: tuple[Sights, Sights], reach_ms: int = REACH_MS
) -> list[Examined]:
    """Examine pairs anew with the frames of the very moment, read from the known item's file.

    Half a sampling step apart, moving subjects of a true copy disagree as those of another take
    in the same room do; at the same moment only the copy agrees all over. Where the known item is
    a still, the moment is looked for in the query.
    """
    best = best_of(pairs)
    query, known = (side.original for side in sides)
    if best.fit is None or not (query or known):
        return pairs
    looked: list[Examined] = []
    correction = 0.0
    for pair in sorted(pairs, key=lambda each: -each.strength):
        expected = run.speed * pair.query_ms + run.offset_ms if known else float(pair.query_ms)
        moment = (expected + correction, reach_ms)
        closer = _closer(pair, best.fit, (query, known), moment)
        if closer is not pair and closer.agreement >= PLACED_AGREEMENT:
            # The others are off by about as much: their moments are found in a shorter stretch.
            found_ms = closer.known_ms if known else closer.query_ms
            correction, reach_ms = found_ms - expected, NARROW_MS
        looked.append(closer)
    return sorted(looked, key=lambda each: each.query_ms)


def _closer(
    pair: Examined,
    best: Fit,
    files: tuple[Original | None, Original | None],
    moment: tuple[float, float],
) -> Examined:
    hint = pair.fit if pair.fit and pair.fit.agreement >= best.agreement / 2 else best
    options = _options(pair, hint, files, moment)
    if not options:
        return pair
    closer = _fitted(_likest(options, hint), hint)
    if closer.agreement < AGREES_ALL_OVER:
        closer = max(closer, _climbed(options, hint), key=_telling)
    closer = max(pair, closer, key=_telling)
    of_query = files[1] is None
    if closer.agreement >= PLACED_AGREEMENT and not _agrees_all_over(closer):
        closer = _walked(options, closer, of_query=of_query)
    if closer.agreement >= NEARLY_THERE and not _agrees_all_over(closer):
        # Between two of the moments that were read may be the very one.
        at_ms = float(closer.query_ms if of_query else closer.known_ms)
        beside = _options(pair, hint, files, (at_ms, 1000 * STEP_S), EVERY_FRAME_S)
        closer = _walked(beside, closer, of_query=of_query)
    return closer


def _agrees_all_over(pair: Examined) -> bool:
    return pair.agreement >= AGREES_ALL_OVER and pair.likeness >= NEARLY_ALIKE


def _options(
    pair: Examined,
    hint: Fit,
    files: tuple[Original | None, Original | None],
    moment: tuple[float, float],
    step_s: float = STEP_S,
) -> list[Examined]:
    """Give the pair with each moment around one (ms, reach in ms) of the known item, or else the query."""
    query, known = files
    start_ms, end_ms = moment[0] - moment[1], moment[0] + moment[1]
    if known:
        return [
            replace(pair, known_ms=time_ms, known=bare(pixels))
            for time_ms, pixels in of_one_size(known.between(start_ms, end_ms, step_s))
        ]
    if query:
        return [
            replace(
                pair, query_ms=time_ms, query=bare(flipped(pixels) if hint.mirrored else pixels)
            )
            for time_ms, pixels in of_one_size(query.between(start_ms, end_ms, step_s))
        ]
    return []


def _walked(options: list[Examined], best: Examined, *, of_query: bool) -> Examined:
    """Go from moment to moment while they agree more nearly, at full size.

    Small pictures of plain things say little.
    """
    if not options:
        return best
    times = [each.query_ms if of_query else each.known_ms for each in options]
    at = best.query_ms if of_query else best.known_ms
    start = int(np.abs(np.array(times) - at).argmin())
    for step in (1, -1):
        place = start + step
        while 0 <= place < len(options) and best.fit:
            moved = _fitted(options[place], best.fit)
            if moved.likeness <= best.likeness:
                break
            best, place = moved, place + step
    return best


def _telling(pair: Examined) -> tuple[float, int]:
    return pair.agreement, pair.inliers


def _fitted(pair: Examined, hint: Fit) -> Examined:
    """Lay the pictures over each other by their own key points or as the hint says."""
    whole = replace(pair, query=full(pair.query), known=full(pair.known))
    fit = prove(whole.query, whole.known, mirrored=hint.mirrored, hint=hint.matrix)
    return replace(whole, fit=fit)


def _climbed(options: list[Examined], hint: Fit) -> Examined:
    """Find the moment by the pictures' own key points, some moments first, then those around the best.

    Before a moving camera the hint, which is of another moment, fits that other moment best.
    """
    tried: dict[int, float] = {}
    small = _Small(hint)
    untried = list(range(0, len(options), CLIMB))
    while untried and len(tried) < CLIMBED_MAX:
        tried |= {place: small.strength(options[place]) for place in untried}
        best = max(tried, key=lambda place: tried[place])
        untried = [
            best + step
            for step in (-1, 1, -2, 2)
            if 0 <= best + step < len(options) and best + step not in tried
        ]
    return _fitted(options[best], hint)


class _Small:
    """Proves pairs at a quarter of their size: enough to choose a moment."""

    def __init__(self, hint: Fit) -> None:
        self.mirrored, self.matrix = hint.mirrored, hint.matrix.copy()
        self.matrix[:, 2] /= 4
        self._seen: dict[int, Sight] = {}

    def strength(self, pair: Examined) -> float:
        """Give how much a pair proves."""
        query, known = self._of(pair.query), self._of(pair.known)
        fit = prove(query, known, mirrored=self.mirrored, hint=self.matrix)
        return replace(pair, fit=fit).strength

    def _of(self, side: Sight) -> Sight:
        """See a picture once: one side is the same in all pairs."""
        if id(side) not in self._seen:
            self._seen[id(side)] = see(halved(halved(side.pixels)))
        return self._seen[id(side)]


def _likest(options: list[Examined], hint: Fit) -> Examined:
    """Give the moment that agrees best along a known change of place, asked at half the size.

    What looks alike at every moment only adds the noise of compression: a block counts by how much
    its agreement changes from moment to moment.
    """
    matrix = hint.matrix.copy()
    matrix[:, 2] /= 2
    table = np.array(
        [compare(halved(each.query.grey), halved(each.known.grey), matrix) for each in options]
    )
    said = np.nan_to_num(table, nan=0.0)
    weights = said.std(axis=0) + EVEN_WEIGHT
    return options[int((said * weights).sum(axis=(1, 2)).argmax())]
