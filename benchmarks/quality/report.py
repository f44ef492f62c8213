"""Prints what the answers come to: a row for each kind of query, then the sums."""

import math
from collections.abc import Sequence

from benchmarks.quality.answers import Answer
from benchmarks.quality.metrics import ALERTING, pairs_of, ranking, reliability
from benchmarks.quality.summary import HEAD, Summary, number


def show(answers: Sequence[Answer], *, verbose: bool) -> int:
    """Print the tables; 1 when something unrelated alerts."""
    if verbose:
        for answer in answers:
            _show_one(answer)
    _line("query", "pairs", *HEAD, "s")
    for edit in dict.fromkeys(answer.edit for answer in answers):
        _row(edit, [answer for answer in answers if answer.edit == edit])
    _row("all", answers)
    pairs = [pair for answer in answers for pair in pairs_of(answer)]
    whole = ranking(pairs)
    at_99 = whole.at_99_precision if whole.pairs else math.nan
    print(f"recall at 99 % precision {number(at_99, 3)}")
    print("confidence     pairs  true")
    for low, high, count, true in reliability(pairs):
        print(f"{low:.2f} – {high:.2f}  {count:7}  {number(true)}")
    return int(whole.false_alerts > 0)


def _row(name: str, answers: Sequence[Answer]) -> None:
    row = Summary.of(answers)
    _line(name, str(row.rank.pairs), *row.cells, number(row.seconds))


def _line(name: str, *cells: str) -> None:
    print(f"{name:20}" + "".join(f"{cell:>8}" for cell in cells))


def _show_one(answer: Answer) -> None:
    true = {truth["known"]: truth for truth in answer.truths}
    found = {each["known"]: each for each in answer.found}
    for name, truth in true.items():
        each = found.get(name)
        mark = "ok" if each and each["grade"] in ALERTING else "MISSED"
        wanted = "{:.1f}-{:.1f}={:.1f}-{:.1f}".format(*truth["query_s"], *truth["known_s"])
        names = ",".join(truth["names"])
        said = f"{_said(each)} (truth {wanted} x{truth['speed']} {names})"
        print(f"{mark:7}{answer.query:34.34} {name:24.24} {said}")
    for name, each in found.items():
        if name not in true and each["confidence"] > 0.1:
            mark = "FALSE" if each["grade"] in ALERTING else "lead"
            print(f"{mark:7}{answer.query:34.34} {name:24.24} {_said(each)}")


def _said(each: dict[str, object] | None) -> str:
    if each is None:
        return "-"
    segments = " ".join(
        f"{s['query']['start_ms'] / 1000:.1f}-{s['query']['end_ms'] / 1000:.1f}="
        f"{s['known']['start_ms'] / 1000:.1f}-{s['known']['end_ms'] / 1000:.1f}x{s['speed']:g}"
        f"[{','.join(t['kind'] for t in s['transforms'])}]"
        for s in each["segments"]  # type: ignore[attr-defined]
    )
    return f"{each['confidence']:.2f} {segments[:100]}"
