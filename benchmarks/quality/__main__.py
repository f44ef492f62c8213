"""Finds edited footage among known material, and nothing else: the benchmark of quality.

    python -m benchmarks.quality --media FOLDER [--media FOLDER …] [--per-edit 4] [--side test]

Takes any folders of clips and stills. Half of the sources serve to set weights (`--side fit`), the
other half to measure (`--side test`), the same halves with every seed; every clip that is known is
known to both.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import figures
from benchmarks.quality import comparison
from benchmarks.quality.answers import Answer, answers
from benchmarks.quality.files import Files
from benchmarks.quality.needs import AlikeNames, TooFew, told_apart
from benchmarks.quality.page import write
from benchmarks.quality.plot import draw
from benchmarks.quality.queries import Query, begun, make, pictured
from benchmarks.quality.report import show
from benchmarks.quality.sources import Side, Sources, gather, split


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark and print what it comes to; 1 when something unrelated alerts."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    files = Files(chosen.cache)
    sources = gather(chosen.media, files)
    sides = {}
    for side in Side:
        still = pictured(split(sources, side, chosen.seed), chosen.cache / "stills", files)
        sides[side] = begun(still, chosen.cache / "beginnings", files)
    mine = sides[Side(chosen.side)]
    known = [
        each.path
        for side in sides.values()
        for each in (*side.known, *side.stills, *side.beginnings)
    ]
    try:
        queries = _queries(chosen, mine)
        told_apart(known)
    except (TooFew, AlikeNames) as error:
        parser.error(str(error))
    print(f"{len(queries)} queries, {len(known)} known items", flush=True)
    got: list[Answer] = answers(queries, known, chosen.cache, chosen.processes)
    result = show(got, verbose=chosen.verbose)
    methods: dict[str, Sequence[Answer]] = {comparison.OURS: got}
    if chosen.peers:
        methods |= comparison.peers(queries, known, files)
    if len(methods) > 1:
        comparison.show(methods)
    if chosen.page:
        write(methods, _about(chosen, queries, known), chosen.page)
    if chosen.plot:
        draw(comparison.ranks(methods), chosen.plot)
    figures.write(comparison.plain(methods), chosen.json)
    return result


def _queries(chosen: argparse.Namespace, mine: Sources) -> list[Query]:
    only = chosen.only.split(",")
    return make(
        mine,
        chosen.cache / "queries",
        chosen.per_edit,
        chosen.seed,
        lambda name: any(word in name for word in only),
    )


def _about(chosen: argparse.Namespace, queries: Sequence[Query], known: Sequence[Path]) -> str:
    """Say what was run."""
    return (
        f"`python -m benchmarks.quality --side {chosen.side} --per-edit {chosen.per_edit} "
        f"--seed {chosen.seed}`: {len(queries)} queries against {len(known)} known items of both "
        "sides. What the kinds and columns are: [quality.md](quality.md)."
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--media", type=Path, action="append", required=True)
    parser.add_argument("--cache", type=Path, default=Path("build/benchmark-cache"))
    parser.add_argument("--per-edit", type=int, default=4)
    parser.add_argument("--side", choices=[side.value for side in Side], default=Side.TEST.value)
    parser.add_argument("--only", default="", help="kinds of queries whose name contains this")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--peers", action="store_true", help="also ask other methods")
    parser.add_argument("--page", type=Path, help="write the tables as a page of Markdown")
    parser.add_argument("--plot", type=Path, help="draw micro-AP by kind of query as a PNG")
    parser.add_argument("--verbose", action="store_true", help="also print each query")
    return parser


if __name__ == "__main__":
    sys.exit(main())
