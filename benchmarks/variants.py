"""Finds real edited copies among real clips, and nothing else.

Run it by `python -m benchmarks.variants --media FOLDER`.

Two tables: every derived file of variants.csv against all originals; every clip against the
others, where any alert is false. Queries made by editing clips: `benchmarks.quality`.
"""

import argparse
import csv
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path

from app.core import Fingerprinted, Grade, Match
from app.core.library import MemoryLibrary
from app.core.matcher import match
from benchmarks.quality.files import Files

TOLERANCE_MS = 1_000
NEGATIVE = "hard negative"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table."""

    table: str
    case: str
    query: str
    known: str
    relation: str
    grade: str
    confidence: float
    segments: str
    found: bool
    placed: bool


def alerts(matches: Sequence[Match]) -> list[Match]:
    """Keep what would alert."""
    return [found for found in matches if found.grade is not Grade.LEAD]


def spans(found: Match | None) -> str:
    """Write the segments for a reader."""
    if found is None:
        return ""
    return " ".join(
        f"{s.query.start_ms / 1000:.1f}-{s.query.end_ms / 1000:.1f}"
        f"={s.known.start_ms / 1000:.1f}-{s.known.end_ms / 1000:.1f}x{s.speed:g}"
        f"[{','.join(t.kind for t in s.transforms)}]"
        for s in found.segments
    )


def derived(files: Files, media: Path) -> Iterator[Row]:
    """Query every derived file against all originals."""
    lines = list(csv.DictReader((media / "variants.csv").open()))
    originals = sorted({media / line["original"] for line in lines})
    library = MemoryLibrary([files(path) for path in originals])
    for line in lines:
        query = files(media / line["derived"])
        wanted = originals.index(media / line["original"])
        found = match(query, library)
        mine = next((each for each in found if each.number == wanted), None)
        alerted = bool(mine and mine.grade is not Grade.LEAD)
        negative = line["relation"] == NEGATIVE
        same = line["derived"] == line["original"]
        right = alerted != negative
        placed = negative or _whole(mine, query, files(originals[wanted]))
        if not same:
            yield _row(line["group"], line["transform"], line, mine, (right, placed))


def _whole(found: Match | None, query: Fingerprinted, known: Fingerprinted) -> bool:
    """Say whether all of the shorter item was found: the variants are cut at one end or not at all."""
    if found is None or found.grade is Grade.LEAD:
        return False
    shorter = min(query.info.duration_ms, known.info.duration_ms)
    covered = sum(s.query.length_ms for s in found.segments)
    return shorter - covered <= 2 * TOLERANCE_MS


def _row(
    table: str, case: str, line: dict[str, str], found: Match | None, verdict: tuple[bool, bool]
) -> Row:
    return Row(
        table,
        case,
        Path(line["derived"]).name,
        Path(line["original"]).name,
        found.relation.value if found else "-",
        found.grade.value if found else "-",
        found.confidence if found else 0.0,
        spans(found),
        *verdict,
    )


def unrelated(files: Files, media: Path) -> Iterator[Row]:
    """Query every clip against all others; every alert is false."""
    clips = clip_paths(media)
    library = MemoryLibrary([files(path) for path in clips])
    for place, path in enumerate(clips):
        for found in alerts(match(files(path), library)):
            if found.number != place:
                line = {"derived": path.name, "original": clips[found.number].name}
                yield _row("unrelated", "", line, found, (False, True))


def clip_paths(media: Path) -> list[Path]:
    """Give the clips that serve as known material."""
    return [media / line["file"] for line in csv.DictReader((media / "clips.csv").open())]


def show(row: Row) -> None:
    """Print one line of a table."""
    mark = "ok " if row.found and row.placed else "MISPLACED" if row.found else "WRONG"
    print(
        f"{mark:9} {row.case[:22]:22} {row.query[:34]:34} {row.known[:22]:22}"
        f" {row.relation:10} {row.grade:8} {row.confidence:.2f} {row.segments[:110]}",
        flush=True,
    )


def sum_up(rows: Sequence[Row]) -> None:
    """Print what the tables come to."""
    for table in dict.fromkeys(row.table for row in rows):
        chosen = [row for row in rows if row.table == table]
        right = sum(row.found for row in chosen)
        placed = sum(row.found and row.placed for row in chosen)
        print(f"{table:24} {right}/{len(chosen)} right, {placed} of them well placed")
    print(f"false alerts among unrelated clips: {sum('unrelated' in row.table for row in rows)}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; 1 when a copy is missed or something unrelated alerts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--media", type=Path, required=True)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--cache", type=Path, default=Path("build/benchmark-cache"))
    chosen = parser.parse_args(arguments)
    files = Files(chosen.cache)
    started = time.perf_counter()
    rows = []
    for row in chain(derived(files, chosen.media), unrelated(files, chosen.media)):
        show(row)
        rows.append(row)
    spent = time.perf_counter() - started
    sum_up(rows)
    print(f"fingerprinting {files.seconds:.1f} s, everything else {spent - files.seconds:.1f} s")
    if chosen.json:
        chosen.json.write_text(json.dumps([asdict(row) for row in rows], indent=1))
    return int(any(not row.found for row in rows))


if __name__ == "__main__":
    sys.exit(main())
