"""Our answers beside those of other methods: measured alike, printed as one table for each measure."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.quality import signature, videohash
from benchmarks.quality.answers import Answer
from benchmarks.quality.files import Files
from benchmarks.quality.metrics import Ranking, pairs_of, ranking
from benchmarks.quality.peers import JUDGES, judged
from benchmarks.quality.queries import Query
from benchmarks.quality.summary import number

OURS = "ours"
MEASURES: dict[str, Callable[[Ranking], str]] = {
    "micro average precision": lambda rank: _share(rank, rank.micro_ap, 3),
    "recall before the first false pair": lambda rank: _share(rank, rank.before_first_false, 3),
    "recall at 99 % precision": lambda rank: _share(rank, rank.at_99_precision, 3),
    "alerts at the method's own threshold / false ones": lambda rank: (
        f"{_share(rank, rank.alerted, 2)} /{rank.false_alerts:3}"
    ),
}
type Methods = Mapping[str, Sequence[Answer]]


def peers(
    queries: Sequence[Query], known: Sequence[Path], files: Files
) -> dict[str, Sequence[Answer]]:
    """Give the answers of each other method that is installed."""
    methods: dict[str, Sequence[Answer]] = {
        name: judged(judge, queries, known, files) for name, judge in JUDGES.items()
    }
    methods["MPEG-7"] = signature.judged(queries, known, files)
    if videohash.installed():
        methods[videohash.PACKAGE] = videohash.judged(queries, known, files)
    else:
        print(f"{videohash.PACKAGE}: not installed", flush=True)
    return methods


def ranks(methods: Methods) -> dict[str, dict[str, Ranking]]:
    """Give for each kind of query, and for all, what each method comes to."""
    kinds = dict.fromkeys(each.edit for answers in methods.values() for each in answers)
    return {kind: _ranked(methods, {kind}) for kind in kinds} | {"all": _ranked(methods, {*kinds})}


def _ranked(methods: Methods, kinds: set[str]) -> dict[str, Ranking]:
    return {
        name: ranking([pair for each in answers if each.edit in kinds for pair in pairs_of(each)])
        for name, answers in methods.items()
    }


def show(methods: Methods) -> None:
    """Print one table for each measure."""
    table = ranks(methods)
    for measure, cell in MEASURES.items():
        print(f"\n{measure}")
        print(f"{'query':20}{'pairs':>8}" + "".join(f"{name:>12}" for name in methods))
        for kind, row in table.items():
            cells = "".join(f"{cell(rank):>12}" for rank in row.values())
            print(f"{kind:20}{row[next(iter(row))].pairs:8}{cells}")


def plain(methods: Methods) -> list[dict[str, Any]]:
    """Give our answers as rows, each with what the peers found for the same query."""
    others = {name: answers for name, answers in methods.items() if name != OURS}
    return [
        asdict(each) | {"peers": {name: answers[n].found for name, answers in others.items()}}
        for n, each in enumerate(methods[OURS])
    ]


def _share(rank: Ranking, share: float, digits: int) -> str:
    return number(share if rank.pairs else math.nan, digits)
