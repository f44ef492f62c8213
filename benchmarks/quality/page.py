"""Writes what a run came to as a page of Markdown that claims can link to."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.quality.answers import Answer
from benchmarks.quality.comparison import MEASURES, OURS, Methods, ranks
from benchmarks.quality.metrics import pairs_of, reliability
from benchmarks.quality.summary import HEAD, Summary, number


def write(methods: Methods, about: str, path: Path) -> None:
    """Write our answers kind by kind, the reliability of confidences, and every method side by side."""
    ours = methods[OURS]
    kinds = dict.fromkeys(each.edit for each in ours)
    lines = ["# Output of the benchmark of quality", "", about, "", "## Kind by kind", ""]
    lines += _table(
        ("query", "queries", "pairs", *HEAD),
        [
            *(_row(kind, [each for each in ours if each.edit == kind]) for kind in kinds),
            _row("all", ours),
        ],
    )
    lines += ["", "## Confidence against truth", ""]
    pairs = [pair for answer in ours for pair in pairs_of(answer)]
    lines += _table(
        ("confidence", "pairs", "true"),
        [(f"{a:.2f} – {b:.2f}", str(n), number(true)) for a, b, n, true in reliability(pairs)],
    )
    if len(methods) > 1:
        table = ranks(methods)
        for measure, cell in MEASURES.items():
            lines += ["", f"## Beside other methods: {measure}", ""]
            rows = [(kind, *(cell(rank) for rank in row.values())) for kind, row in table.items()]
            lines += _table(("query", *methods), rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _row(name: str, answers: Sequence[Answer]) -> tuple[str, ...]:
    row = Summary.of(answers)
    return name, str(row.queries), str(row.rank.pairs), *row.cells


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    rule = "|".join(["---", *("---:" for _ in head[1:])])
    return [_line(head), f"|{rule}|", *map(_line, rows)]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
