"""Where a clip shows a known still: stretches of frames that resemble it, each looked at by several of them.

A still that is shown for seconds, or zoomed into, lies on each frame in its own way; so each frame
that is asked is laid on the still by its own key points.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from app.core.geometry.examination import HOPELESS_INLIERS, Examined
from app.core.geometry.proof import prove
from app.core.geometry.sights import Sights
from app.core.temporal.alignment import GAP_MS
from app.core.temporal.runs import STILL, Floats, Ints, Run, Timeline, bounded, relined

WITNESSES = 5
"""Frames of a stretch that are asked at first, spread evenly over it."""
LIES = 0.6
"""A frame shows the still while it agrees with it by this share of what the likest one does."""
AGREES_LEAST = 0.3
"""With less agreement no frame can be said to show the still."""


def showings(similarity: Floats, query: Timeline, known: Timeline, floor: float) -> list[Run]:
    """Give the stretches of a clip whose frames resemble a still, those that resemble it most first."""
    rows = np.flatnonzero(similarity[:, 0] >= floor)
    if not len(rows):
        return []
    # A frame of a clip may stand for long: what comes next is no break.
    apart = (np.diff(query.times_ms[rows]) > GAP_MS) & (np.diff(rows) > 1)
    breaks = np.nonzero(apart)[0] + 1
    found = [
        bounded(similarity, query, known, (part, np.zeros_like(part)), (1.0, 0.0))
        for part in np.split(rows, breaks)
    ]
    return sorted(found, key=lambda run: -run.weight)


def shown(
    run: Run, clip: Timeline, sides: tuple[Sights, Sights], *, mirrored: bool
) -> tuple[Run, list[Examined]]:
    """Give the part of a run in which the frames lie on the still, and pairs spread over it.

    Where none lies on it, all is given, with the likest frame.
    """
    likest = int(run.scores.argmax())
    ways = [_Asked(run, clip.times_ms, sides, way) for way in (mirrored, not mirrored)]
    asked = max(ways, key=lambda each: each.at(likest).strength)
    if asked.at(likest).inliers < HOPELESS_INLIERS:
        return run, [asked.at(likest)]
    for place in np.linspace(0, len(run.query_rows) - 1, WITNESSES).round().astype(int).tolist():
        asked.at(place)
    most = max(pair.agreement for pair in asked.pairs.values())
    if most < AGREES_LEAST:
        return run, [asked.at(likest)]
    floor = LIES * most
    good = [place for place, pair in asked.pairs.items() if pair.agreement >= floor]
    first = asked.end(min(good), max((p for p in asked.pairs if p < min(good)), default=-1), floor)
    end = asked.end(max(good), min((p for p in asked.pairs if p > max(good)), default=-1), floor)
    part = slice(first, end + 1)
    rows = replace(
        run,
        query_rows=run.query_rows[part],
        known_rows=run.known_rows[part],
        scores=run.scores[part],
    )
    witnesses = [pair for _, pair in sorted(asked.pairs.items()) if pair.agreement >= floor]
    return relined(rows, clip, STILL, run.line), witnesses


@dataclass(slots=True)
class _Asked:
    """The frames of a run that were laid on the still, each once, by their places in the run."""

    run: Run
    times_ms: Ints
    sides: tuple[Sights, Sights]
    mirrored: bool
    pairs: dict[int, Examined] = field(default_factory=dict)

    def at(self, place: int) -> Examined:
        """Lay one frame on the still."""
        if place not in self.pairs:
            query, known = self.sides
            time_ms = int(self.times_ms[self.run.query_rows[place]])
            sight = query.at(query.nearest(time_ms, 1)[0], mirrored=self.mirrored)
            fit = prove(sight, known.at(0), mirrored=self.mirrored)
            score = float(self.run.scores[place])
            self.pairs[place] = Examined(sight, known.at(0), time_ms, 0, score, fit)
        return self.pairs[place]

    def end(self, good: int, bad: int, floor: float) -> int:
        """Give the last frame that lies on the still, going from one that does to one that does not."""
        while bad >= 0 and abs(bad - good) > 1:
            middle = (good + bad) // 2
            if self.at(middle).agreement >= floor:
                good = middle
            else:
                bad = middle
        return good
