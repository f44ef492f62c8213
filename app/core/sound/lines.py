"""Two items' sound along a line: which steps lie over each other, and what was heard there."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from app.core.fingerprints.fingerprint import Fingerprint
from app.core.fingerprints.sound import SOUND_STEP_MS
from app.core.sound.policy import sound_confidence

MIDDLE = 6.5
"""Steps from a step's beginning to the middle of its weight, measured: few of the filters that make
its bits reach to its end."""

type Errors = NDArray[np.float64]
type Flags = NDArray[np.bool_]
type Steps = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Line:
    """Which known step sounds at a query step: speed × step + offset."""

    speed: float
    offset: float

    @classmethod
    def through(cls, speed: float, offset_ms: float) -> Self:
        """Give the line of a stretch in which known time is speed × query time + offset."""
        return cls(speed, offset_ms / SOUND_STEP_MS - (1.0 - speed) * MIDDLE)

    @staticmethod
    def time_ms(steps: Steps) -> NDArray[np.float64]:
        """Give the time of steps: the middle of the sound that makes each."""
        return np.asarray((steps + MIDDLE) * SOUND_STEP_MS, np.float64)

    @property
    def offset_ms(self) -> float:
        """The known time at which the query begins."""
        return (self.offset + (1.0 - self.speed) * MIDDLE) * SOUND_STEP_MS

    def at(self, steps: Steps) -> NDArray[np.float64]:
        """Give the known steps, between whole ones."""
        return np.asarray(self.speed * steps + self.offset, np.float64)


@dataclass(frozen=True, slots=True)
class Heard:
    """A stretch that sounds alike.

    `voting`: how many steps that carry a vote were compared; `steps`: how many of them differ from
    each other, and `loops` whether these come again and again; `errors`: their share of wrong bits;
    `elsewhere`: the same share where the stretch is laid over other places of both items, near 0.5
    for speech and music, near `errors` for hum, steady noise and what repeats.
    """

    query_ms: tuple[int, int]
    known_ms: tuple[int, int]
    speed: float
    voting: int
    steps: int
    loops: bool
    errors: float
    elsewhere: float

    @property
    def length_ms(self) -> int:
        """How long the query sounds alike."""
        return self.query_ms[1] - self.query_ms[0]

    @property
    def offset_ms(self) -> float:
        """The known time at which the query begins, along the line."""
        return self.known_ms[0] - self.speed * self.query_ms[0]

    @property
    def score(self) -> float:
        """The share of equal bits, chance being 0.5."""
        return 1.0 - self.errors

    @property
    def confidence(self) -> float:
        """How likely this is the same sound."""
        return sound_confidence(self.steps, self.errors, self.elsewhere)


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """The steps of both sides along a line: their places, wrong bits, and whether both vote."""

    mine: Steps
    theirs: Steps
    errors: Errors
    votes: Flags

    def where(self, chosen: Flags) -> Self:
        """Keep the chosen steps."""
        return type(self)(
            self.mine[chosen], self.theirs[chosen], self.errors[chosen], self.votes[chosen]
        )


def lay(query: Fingerprint, known: Fingerprint, line: Line) -> Laid:
    """Lay the sound of two items over each other."""
    mine = np.arange(len(query.sound))
    theirs = np.rint(line.at(mine)).astype(np.int64)
    inside = (theirs >= 0) & (theirs < len(known.sound))
    mine, theirs = mine[inside], theirs[inside]
    errors = np.bitwise_count(query.sound[mine] ^ known.sound[theirs]) / 32
    return Laid(mine, theirs, errors, query.sound_votes[mine] & known.sound_votes[theirs])
