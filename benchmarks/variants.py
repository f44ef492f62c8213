"""Finds real edited copies among real clips, and nothing else.

Run it by `python -m benchmarks.variants --media FOLDER`.

Every derived file of variants.csv against all originals: its own must be found and placed, and an
alert of another work is false. Every clip against the others, where any alert is false. Queries made
by editing clips: `benchmarks.quality`.
"""

import argparse
import csv
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path

from app.core import Grade, Match
from app.core.matches import SEEN, Segment, covered_ms
from app.core.matching.library import MemoryLibrary
from app.core.matching.matcher import match
from app.core.media import MediaInfo, MediaKind
from benchmarks.figures import write
from benchmarks.quality.files import Files

TOLERANCE_MS = 1_000
NEGATIVE = "hard negative"
OTHERS, UNRELATED = "other originals", "unrelated clips"
"""The tables of which every row is a false alert."""
ALIKE = (
    (
        "variants/still_pdq_bridge_mods/aaa-orig.jpg",
        "variants/still_pdq_dihedral/bridge-1-original.jpg",
    ),
)
"""Originals of two groups that are one picture."""
UNTOLD = {"stream-of-water-audioless.webm"}
"""A title stands before its water, of which no moment is like one of the original more than others."""

type Works = dict[str, set[str]]


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
    lines = list(csv.DictReader((media / "variants.csv").read_text().splitlines()))
    names = sorted({line["original"] for line in lines})
    library = MemoryLibrary([files(media / name) for name in names])
    works = works_of(lines)
    for line in lines:
        if line["derived"] == line["original"]:
            continue
        query = files(media / line["derived"])
        known = files(media / line["original"])
        found = match(query, library)
        mine = next((each for each in found if names[each.number] == line["original"]), None)
        alerted = bool(mine and mine.grade is not Grade.LEAD)
        negative = line["relation"] == NEGATIVE
        right = alerted != negative
        placed = negative or is_placed(mine, query.info, known.info, line["derived"])
        yield _row(line["group"], line["transform"], line, mine, (right, placed))
        yield from others(found, line, names, works)


def works_of(lines: Sequence[dict[str, str]]) -> Works:
    """Give for each file all that show the same: a copy's copy is one of the original, too."""
    works: Works = {}
    copies = [(line["original"], line["derived"]) for line in lines if line["relation"] != NEGATIVE]
    for one, other in (*copies, *ALIKE):
        joined = works.get(one, {one}) | works.get(other, {other})
        works |= dict.fromkeys(joined, joined)
    return works


def others(
    found: Sequence[Match], line: dict[str, str], names: Sequence[str], works: Works
) -> Iterator[Row]:
    """Give a row for every alert of what is another work than the file of this line."""
    own = works.get(line["derived"], set()) | {line["original"]}
    for each in alerts(found):
        name = names[each.number]
        if name not in own:
            told = {"derived": line["derived"], "original": name}
            yield _row(OTHERS, line["group"], told, each, (False, True))


def is_placed(found: Match | None, query: MediaInfo, known: MediaInfo, name: str) -> bool:
    """Say whether all of the shorter item was found where it lies; of a still no moment is known.

    The variants are cut at one end or not at all: they begin or end with their originals.
    """
    if found is None or found.grade is Grade.LEAD:
        return False
    seen = [each for each in found.segments if each.modality in SEEN]
    shorter_ms = min(query.duration_ms, known.duration_ms)
    if shorter_ms - covered_ms(each.query for each in seen) > 2 * TOLERANCE_MS:
        return False
    timeless = MediaKind.STILL in {query.kind, known.kind} or Path(name).name in UNTOLD
    return timeless or any(
        all(_lies(each, offset_ms) for each in seen)
        for offset_ms in (0, known.duration_ms - query.duration_ms)
    )


def _lies(segment: Segment, offset_ms: int) -> bool:
    query, known = segment.query, segment.known
    ends = (known.start_ms - query.start_ms, known.end_ms - query.end_ms)
    return all(abs(end - offset_ms) <= TOLERANCE_MS for end in ends)


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
                yield _row(UNRELATED, "", line, found, (False, True))


def clip_paths(media: Path) -> list[Path]:
    """Give the clips that serve as known material."""
    return [
        media / line["file"]
        for line in csv.DictReader((media / "clips.csv").read_text().splitlines())
    ]


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
    for table in dict.fromkeys(row.table for row in rows if row.table not in {OTHERS, UNRELATED}):
        chosen = [row for row in rows if row.table == table]
        right = sum(row.found for row in chosen)
        placed = sum(row.found and row.placed for row in chosen)
        print(f"{table:24} {right}/{len(chosen)} right, {placed} of them well placed")
    for table in (OTHERS, UNRELATED):
        print(f"false alerts, {table}: {sum(row.table == table for row in rows)}")


def status(rows: Sequence[Row]) -> int:
    """Give the exit status: 1 when a copy is missed or misplaced, or something unrelated alerts."""
    return int(not all(row.found and row.placed for row in rows))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; gives `status`."""
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
    write([asdict(row) for row in rows], chosen.json)
    return status(rows)


if __name__ == "__main__":
    sys.exit(main())
