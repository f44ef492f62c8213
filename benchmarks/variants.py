"""Finds real edited copies among real clips, and nothing else.

Run it by `python -m benchmarks.variants --media FOLDER`.

Three tables: every derived file of variants.csv against all originals; every clip against the
others, with what shares footage left out, where any alert is false; and, with `--edits`, queries
made of the clips with fixed seeds.
"""

import argparse
import csv
import hashlib
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import chain
from pathlib import Path

from app.core import DecodeLimits, Fingerprinted, Grade, Match, default_describers, fingerprint_file
from app.core.fingerprint import algorithm_id, decode, encode
from app.core.library import MemoryLibrary
from app.core.matcher import match
from app.core.media import MediaInfo, MediaKind
from app.core.original import Original
from app.core.pictures import pack, unpack
from benchmarks import edits

TOLERANCE_MS = 1_000
NEGATIVE = "hard negative"


class Files:
    """Fingerprints files once and keeps the result in a folder."""

    def __init__(self, media: Path, cache: Path) -> None:
        self.media, self.cache = media, cache
        self.describers = default_describers(threads=2)
        cache.mkdir(parents=True, exist_ok=True)
        self.seconds = 0.0
        self._held: dict[Path, Fingerprinted] = {}

    def __call__(self, path: Path) -> Fingerprinted:
        """Give the fingerprint and the pictures of a file."""
        if path not in self._held:
            self._held[path] = self._load(path)
        return self._held[path]

    def _load(self, path: Path) -> Fingerprinted:
        models = self.describers
        name = (
            algorithm_id(models.frames.id, models.views.id) if models else algorithm_id(None, None)
        )
        key = hashlib.sha256(name.encode() + path.read_bytes()).hexdigest()
        about, encoded, pictures = (
            self.cache / f"{key}.{what}" for what in ("json", "fingerprint", "zip")
        )
        if about.exists():
            fields = json.loads(about.read_text())
            info = MediaInfo(**fields | {"kind": MediaKind(fields["kind"])})
            original = Original(path, DecodeLimits()) if info.kind is MediaKind.VIDEO else None
            kept = unpack(pictures.read_bytes())
            return Fingerprinted(info, decode(encoded.read_bytes()), kept, original)
        started = time.perf_counter()
        made = fingerprint_file(path, models, DecodeLimits())
        self.seconds += time.perf_counter() - started
        encoded.write_bytes(encode(made.fingerprint))
        pictures.write_bytes(pack(made.pictures))
        about.write_text(json.dumps(asdict(made.info)))
        return made


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
    error_ms: float | None = None


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


def derived(files: Files) -> Iterator[Row]:
    """Query every derived file against all originals."""
    lines = list(csv.DictReader((files.media / "variants.csv").open()))
    originals = sorted({files.media / line["original"] for line in lines})
    library = MemoryLibrary([files(path) for path in originals])
    for line in lines:
        query = files(files.media / line["derived"])
        wanted = originals.index(files.media / line["original"])
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


def unrelated(files: Files) -> Iterator[Row]:
    """Query every clip against all others; every alert is false."""
    clips = clip_paths(files.media)
    library = MemoryLibrary([files(path) for path in clips])
    for place, path in enumerate(clips):
        for found in alerts(match(files(path), library)):
            if found.number != place:
                line = {"derived": path.name, "original": clips[found.number].name}
                yield _row("unrelated", "", line, found, (False, True))


def clip_paths(media: Path) -> list[Path]:
    """Give the clips that serve as known material."""
    return [media / line["file"] for line in csv.DictReader((media / "clips.csv").open())]


def edited(files: Files, per_edit: int, seed: int, only: str) -> Iterator[Row]:
    """Query clips edited with fixed seeds; a match with any other clip is false."""
    clips = clip_paths(files.media)
    library = MemoryLibrary([files(path) for path in clips])
    sources = [
        edits.Source(path, files(path).info.duration_ms / 1000)
        for path in clips
        if files(path).info.duration_ms > 2_800 and path.suffix in {".mp4", ".mkv", ".webm"}
    ]
    folder = files.cache / "edits"
    for made in edits.make(sources, folder, per_edit, seed, lambda name: only in name):
        found = match(files(made.path), library)
        truths = {truth.clip: truth for truth in made.truths}
        by_name = {clips[each.number].name: each for each in found}
        for clip, truth in truths.items():
            mine = by_name.get(clip)
            error = _error(mine, truth)
            line = {"derived": made.path.name, "original": clip}
            right = bool(mine and mine.grade is not Grade.LEAD)
            row = _row(
                "edits", made.edit, line, mine, (right, error is not None and error <= TOLERANCE_MS)
            )
            yield replace(row, error_ms=error)
        for each in alerts(found):
            if clips[each.number].name not in truths:
                line = {"derived": made.path.name, "original": clips[each.number].name}
                yield _row("edits, unrelated", made.edit, line, each, (False, True))


def _error(found: Match | None, truth: edits.Truth) -> float | None:
    """Give by how much the worst end of the found stretch is off, in ms, on either side."""
    if found is None or not found.segments:
        return None
    ends = (
        min(s.query.start_ms for s in found.segments),
        max(s.query.end_ms for s in found.segments),
        min(s.known.start_ms for s in found.segments),
        max(s.known.end_ms for s in found.segments),
    )
    wanted = (*truth.query_s, *truth.known_s)
    return max(abs(end - 1000 * want) for end, want in zip(ends, wanted, strict=True))


def show(row: Row) -> None:
    """Print one line of a table."""
    mark = "ok " if row.found and row.placed else "MISPLACED" if row.found else "WRONG"
    error = "" if row.error_ms is None else f" {row.error_ms / 1000:.2f}s"
    print(
        f"{mark:9} {row.case[:22]:22} {row.query[:34]:34} {row.known[:22]:22}"
        f" {row.relation:10} {row.grade:8} {row.confidence:.2f}{error} {row.segments[:110]}",
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
    parser.add_argument("--edits", type=int, default=0, metavar="N", help="queries per edit")
    parser.add_argument("--only", default="", help="only edits whose name contains this")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    files = Files(chosen.media, chosen.cache)
    started = time.perf_counter()
    tables = [] if chosen.only else [derived(files), unrelated(files)]
    if chosen.edits:
        tables.append(edited(files, chosen.edits, chosen.seed, chosen.only))
    rows = []
    for row in chain.from_iterable(tables):
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
