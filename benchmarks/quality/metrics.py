"""What the answers are worth: found, placed, named, and how far a confidence can be believed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from benchmarks.quality.answers import Answer

TOLERANCE_S = 1.0
ALERTING = {"certain", "probable"}
NO_EDITS = {"reencode", "sound_removed"}
"""Queries carry no sound, so that of some it was taken away."""
type Truth = dict[str, Any]
type Segment = dict[str, Any]

BINS = (0.0, 0.02, 0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)


@dataclass(frozen=True, slots=True)
class Pair:
    """One query and one known item: how surely they match, and whether they do."""

    score: float
    true: bool
    alerts: bool = False


@dataclass(frozen=True, slots=True)
class Ranking:
    """How well true pairs stand above false ones."""

    micro_ap: float
    before_first_false: float
    at_99_precision: float
    alerted: float
    false_alerts: int
    pairs: int


def pairs_of(answer: Answer) -> list[Pair]:
    """Give the pairs of one query; a true one that was not found has the score 0."""
    true = {truth["known"] for truth in answer.truths}
    found = {each["known"]: each for each in answer.found}
    return [
        Pair(
            found[name]["confidence"] if name in found else 0.0,
            name in true,
            name in found and found[name]["grade"] in ALERTING,
        )
        for name in true | set(found)
    ]


def ranking(pairs: Sequence[Pair]) -> Ranking:
    """Rank the pairs."""
    positives = sum(pair.true for pair in pairs)
    # Among equal scores a false pair stands first: no luck with ties.
    ordered = sorted(pairs, key=lambda pair: (-pair.score, pair.true))
    right, precision_sum, first, at_99 = 0, 0.0, None, 0
    for seen, pair in enumerate(ordered, 1):
        if pair.score <= 0:
            break
        right += pair.true
        if pair.true:
            precision_sum += right / seen
        elif first is None:
            first = right
        if right >= 0.99 * seen:
            at_99 = right
    most = max(1, positives)
    return Ranking(
        precision_sum / most,
        (right if first is None else first) / most,
        at_99 / most,
        sum(pair.true and pair.alerts for pair in pairs) / most,
        sum(pair.alerts and not pair.true for pair in pairs),
        positives,
    )


@dataclass(frozen=True, slots=True)
class Placed:
    """How well segments lie, over all true pairs that alert or should: lengths in seconds."""

    shown_s: float = 0.0
    covered_s: float = 0.0
    said_s: float = 0.0
    right_s: float = 0.0
    truths: int = 0
    exact: int = 0
    speeds: int = 0
    speeds_right: int = 0

    def __add__(self, other: "Placed") -> "Placed":
        return Placed(*(getattr(self, n) + getattr(other, n) for n in self.__slots__))

    @property
    def precision(self) -> float:
        """The share of what was said that is right."""
        return self.right_s / self.said_s if self.said_s else 1.0

    @property
    def recall(self) -> float:
        """The share of what is shown that was said."""
        return self.covered_s / self.shown_s if self.shown_s else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def placed(answer: Answer) -> Placed:
    """Hold the segments of one query against its truths, a tenth of a second at a time.

    A moment is right when the known moment said for it is at most a second off.
    """
    total = Placed()
    for known in dict.fromkeys(truth["known"] for truth in answer.truths):
        truths = [truth for truth in answer.truths if truth["known"] == known]
        segments = _seen(answer, known)
        for truth in truths:
            total += _placed(truth, segments)
        total += _said(truths, segments)
    return total


def _seen(answer: Answer, known: str) -> list[Segment]:
    """Give what was said to be seen of a known item."""
    return [
        segment
        for each in answer.found
        if each["known"] == known and each["grade"] in ALERTING
        for segment in each["segments"]
        if segment["modality"] != "audio"
    ]


def _placed(truth: Truth, segments: Sequence[Segment]) -> Placed:
    """Say how much of what is shown was said."""
    start, end = truth["query_s"]
    if end <= start:
        hit = any(_off(truth, each, start) <= TOLERANCE_S for each in segments)
        return Placed(shown_s=1.0, covered_s=float(hit), truths=1, exact=int(hit))
    moments = _moments(start, end)
    covered = sum(any(_off(truth, s, t) <= TOLERANCE_S for s in segments) for t in moments)
    asked = not _stands(truth) and abs(truth["speed"] - 1) > 0.02
    return Placed(
        shown_s=len(moments) / 10,
        covered_s=covered / 10,
        truths=1,
        exact=int(_exact(truth, segments)),
        speeds=int(asked),
        speeds_right=int(asked and _in_time(truth, segments)),
    )


def _in_time(truth: Truth, segments: Sequence[Segment]) -> bool:
    told = _told(truth, segments)
    return told is not None and abs(abs(told["speed"]) / truth["speed"] - 1) <= 0.03


def _said(truths: Sequence[Truth], segments: Sequence[Segment]) -> Placed:
    """Say how much of what was said of one known item is shown."""
    if any(truth["query_s"][1] <= truth["query_s"][0] for truth in truths):
        hits = [
            any(_off(t, each, t["query_s"][0]) <= TOLERANCE_S for each in segments) for t in truths
        ]
        return Placed(said_s=float(bool(segments)), right_s=float(any(hits)))
    said = right = 0
    for segment in segments:
        at = _moments(*(segment["query"][n] / 1000 for n in ("start_ms", "end_ms")))
        said += len(at)
        right += sum(any(_right(truth, segment, t) for truth in truths) for t in at)
    return Placed(said_s=said / 10, right_s=right / 10)


def _right(truth: Truth, segment: Segment, at_s: float) -> bool:
    return _inside(truth, at_s) and _off(truth, segment, at_s) <= TOLERANCE_S


def _moments(start_s: float, end_s: float) -> list[float]:
    return [start_s + 0.05 + 0.1 * n for n in range(max(1, round(10 * (end_s - start_s))))]


def _told(truth: Truth, segments: Sequence[Segment]) -> Segment | None:
    """Give what was said of a truth: the segment that lies over most of it, or else the longest."""
    start_ms, end_ms = (1000 * at for at in truth["query_s"])

    def over(segment: Segment) -> tuple[float, float]:
        first, last = (segment["query"][n] for n in ("start_ms", "end_ms"))
        return max(0.0, min(last, end_ms) - max(first, start_ms)), last - first

    return max(segments, key=over, default=None)


def _inside(truth: Truth, at_s: float) -> bool:
    start, end = truth["query_s"]
    return bool(start - TOLERANCE_S <= at_s <= end + TOLERANCE_S)


def _stands(truth: Truth) -> bool:
    """Say whether one picture of the known item is shown all along."""
    return bool(truth["known_s"][0] == truth["known_s"][1])


def _known_at(truth: Truth, at_s: float) -> float:
    """Give the known moment that the query shows."""
    q0, k0, k1 = truth["query_s"][0], *truth["known_s"]
    if truth["reversed"]:
        return float(k1 - truth["speed"] * (at_s - q0))
    return float(k0 + truth["speed"] * (at_s - q0))


def _off(truth: Truth, segment: Segment, at_s: float) -> float:
    """Give by how many seconds a segment is off at a moment of the query; far where it says nothing."""
    first, last = (segment["query"][n] / 1000 for n in ("start_ms", "end_ms"))
    k0, k1 = (segment["known"][n] / 1000 for n in ("start_ms", "end_ms"))
    if truth["known_s"] == [0.0, 0.0] or truth["known_s"] == (0.0, 0.0):
        return 0.0 if first <= at_s <= last or last <= first else 99.0
    if last <= first:
        wanted = truth["known_s"][0]
        return max(0.0, k0 - wanted, wanted - k1)
    if not first <= at_s <= last:
        return 99.0
    share = (at_s - first) / (last - first)
    backwards = any(each["kind"] == "reversed" for each in segment["transforms"])
    said = k1 - share * (k1 - k0) if backwards else k0 + share * (k1 - k0)
    return abs(said - _known_at(truth, at_s))


def _exact(truth: Truth, segments: Sequence[Segment]) -> bool:
    """Say whether one segment has all its ends within a second."""
    wanted = (*truth["query_s"], *truth["known_s"])
    return any(
        all(
            abs(end / 1000 - want) <= TOLERANCE_S
            for end, want in zip(
                (
                    s["query"]["start_ms"],
                    s["query"]["end_ms"],
                    s["known"]["start_ms"],
                    s["known"]["end_ms"],
                ),
                wanted,
                strict=True,
            )
        )
        for s in segments
    )


def named(answers: Iterable[Answer]) -> tuple[float, float, int]:
    """Give how right the names are: shared over all names (mean), wholly right (share), and of how many."""
    told = [
        (truth, _told(truth, _seen(answer, truth["known"])))
        for answer in answers
        for truth in answer.truths
    ]
    shares = [_shared(truth, segment) for truth, segment in told if segment]
    right = sum(share == 1 for share in shares)
    return sum(shares) / max(1, len(shares)), right / max(1, len(shares)), len(shares)


def _shared(truth: Truth, segment: Segment) -> float:
    wanted = set(truth["names"])
    said = (
        {each["kind"] for each in segment["transforms"]} - NO_EDITS - (set(truth["may"]) - wanted)
    )
    return len(wanted & said) / len(wanted | said) if wanted | said else 1.0


def reliability(pairs: Sequence[Pair]) -> list[tuple[float, float, int, float]]:
    """Give for each bin of confidence: its bounds, how many pairs it has, and the true share."""
    table = []
    for low, high in pairwise(BINS):
        inside = [p for p in pairs if low < p.score <= high]
        true = sum(p.true for p in inside) / len(inside) if inside else float("nan")
        table.append((low, high, len(inside), true))
    return table
