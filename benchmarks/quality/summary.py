"""What some answers come to: the numbers of one row of a table."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Self

from benchmarks.quality.answers import Answer
from benchmarks.quality.metrics import Placed, Ranking, named, pairs_of, placed, ranking

HEAD = "µAP", "R@1stF", "alerts", "false", "segF1", "ends", "speed", "names"


@dataclass(frozen=True, slots=True)
class Summary:
    """How well some answers find, place and name; a share of nothing is not a number."""

    queries: int
    rank: Ranking
    lie: Placed
    names: float
    seconds: float

    @classmethod
    def of(cls, answers: Sequence[Answer]) -> Self:
        """Sum up."""
        share, _, count = named(answers)
        return cls(
            len(answers),
            ranking([pair for answer in answers for pair in pairs_of(answer)]),
            reduce(Placed.__add__, map(placed, answers), Placed()),
            share if count else math.nan,
            sum(answer.seconds for answer in answers) / max(1, len(answers)),
        )

    @property
    def cells(self) -> tuple[str, ...]:
        """What stands under HEAD, on the terminal and on the page; a dash where nothing was asked."""
        rank, lie = self.rank, self.lie
        found = rank.micro_ap, rank.before_first_false, rank.alerted
        return (
            *(number(value if rank.pairs else math.nan, 3) for value in found),
            str(rank.false_alerts),
            number(lie.f1 if lie.truths else math.nan, 3),
            *(number(value) for value in (self.ends, self.speed, self.names)),
        )

    @property
    def ends(self) -> float:
        """The share of truths of which one segment has all its ends within a second."""
        return self.lie.exact / self.lie.truths if self.lie.truths else math.nan

    @property
    def speed(self) -> float:
        """The share of changed speeds measured within 3 %."""
        return self.lie.speeds_right / self.lie.speeds if self.lie.speeds else math.nan


def number(value: float, digits: int = 2) -> str:
    """Write a number; a dash for none."""
    return "–" if math.isnan(value) else f"{value:.{digits}f}"
