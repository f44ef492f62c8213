"""Print what search costs against the size of the library.

    python -m benchmarks.scale --sizes 1e4,1e5,1e6 [--faiss] [--media FOLDER] [--json out.json]

The bar: 60 query vectors in 10^6 frames cost at most 0.3 of a float32 product of the same shape on
the same threads, and every copy at a cosine of 0.3 and more is found.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.figures import write

if TYPE_CHECKING:
    from collections.abc import Iterable

BAR = 0.3
BAR_RECALL = 1.0
BAR_FROM_FRAMES = 1_000_000
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")

type Row = dict[str, float | str]

COLUMNS = {
    "engine": ("engine", "{}"),
    "frames": ("frames", "{:,}"),
    "ratio_60": ("60 ÷ product", "{:.2f}"),
    "ratio_600": ("600 ÷ product", "{:.2f}"),
    "search_60_s": ("60, s", "{:.3f}"),
    "search_600_s": ("600, s", "{:.3f}"),
    "recall_0.3": ("found 0.3", "{:.3f}"),
    "recall_0.4": ("0.4", "{:.3f}"),
    "recall_0.5": ("0.5", "{:.3f}"),
    "recall_exact": ("of exact", "{:.4f}"),
    "pdq_s": ("480 PDQ, s", "{:.3f}"),
    "pdq_peer_s": ("FAISS, s", "{:.3f}"),
    "sound_s": ("sound, s", "{:.4f}"),
    "bytes_a_frame": ("memory B/frame", "{:.0f}"),
    "peak_bytes": ("peak B", "{:,.0f}"),
    "add_us_a_frame": ("add µs/frame", "{:.1f}"),
    "write_us_a_frame": ("write µs/frame", "{:.1f}"),
    "open_wall_s": ("open s", "{:.2f}"),
    "open_cpu_s": ("open CPU s", "{:.2f}"),
    "file_bytes": ("files B", "{:,}"),
}
FOOTAGE_COLUMNS = {
    "clip": ("clip", "{}"),
    "minutes": ("minutes", "{:.2f}"),
    "frames_a_minute": ("frames/min", "{:.0f}"),
    "views": ("views", "{}"),
    "row_bytes_a_minute": ("row B/min", "{:,.0f}"),
    "views_share_of_row": ("views' share", "{:.2f}"),
    "pictures_bytes_a_minute": ("pictures B/min", "{:,.0f}"),
    "reel_bytes_a_minute": ("of it reel", "{:,.0f}"),
    "index_bytes_a_minute": ("index B/min", "{:,.0f}"),
    "clip_bytes_a_minute": ("clip B/min", "{:,.0f}"),
}


def main(argv: list[str] | None = None) -> int:
    """Print the tables, write them as JSON where asked, and fail if a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="1e4,1e5", help="frames, separated by commas")
    parser.add_argument("--threads", type=int, default=1, help="for search and product alike")
    parser.add_argument("--faiss", action="store_true", help="measure the FAISS index too")
    parser.add_argument("--media", type=Path, help="a folder of clips to fingerprint")
    parser.add_argument("--clips", type=int, default=8, help="at most so many of them")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args(argv)
    # Read by the libraries when they are loaded, so before they are imported.
    os.environ |= dict.fromkeys(THREADS, str(arguments.threads))
    sizes = [int(float(size)) for size in arguments.sizes.split(",") if size]
    rows = _scale(sizes, with_faiss=arguments.faiss)
    _print(COLUMNS, rows)
    footage = _footage(arguments.media, arguments.clips) if arguments.media else []
    _print(FOOTAGE_COLUMNS, footage)
    if arguments.json:
        result = {"threads": arguments.threads, "scale": rows, "footage": footage}
        write(result, arguments.json)
    missed = [row for row in rows if _misses(row)]
    for row in missed:
        print(f"MISSED by {row['engine']} at {row['frames']:,} frames")
    return 1 if missed else 0


def _scale(sizes: list[int], *, with_faiss: bool) -> list[Row]:
    from app.core.index.engines import TURBO, engine_of  # noqa: PLC0415  (threads are set now)
    from benchmarks.scale.measure import measure, peer_pdq_s  # noqa: PLC0415
    from benchmarks.scale.synthetic import Synthetic  # noqa: PLC0415

    rows = []
    for size in sizes:
        for engine in (TURBO, engine_of("faiss")) if with_faiss else (TURBO,):
            with tempfile.TemporaryDirectory() as folder:
                row = measure(engine, size, Path(folder, "index"))
            if with_faiss:
                row["pdq_peer_s"] = peer_pdq_s(Synthetic(size))
            rows.append(row)
            print(f"{engine.name}, {size:,} frames: measured", file=sys.stderr, flush=True)
    return rows


def _footage(media: Path, clips: int) -> list[Row]:
    from benchmarks.scale.footage import stored  # noqa: PLC0415

    return stored(media, clips)


def _misses(row: Row) -> bool:
    complete = all(float(row[f"recall_{cosine}"]) >= BAR_RECALL for cosine in (0.3, 0.4, 0.5))
    cheap = float(row["ratio_60"]) <= BAR or float(row["frames"]) < BAR_FROM_FRAMES
    return not (complete and cheap)


def _print(columns: dict[str, tuple[str, str]], rows: "Iterable[Row]") -> None:
    """Print a table in Markdown; what was not measured is a dash."""
    lines = [
        [form.format(row[name]) if name in row else "–" for name, (_, form) in columns.items()]
        for row in rows
    ]
    if lines:
        titles = [title for title, _ in columns.values()]
        for line in (titles, ["---"] * len(titles), *lines):
            print("| " + " | ".join(line) + " |")
        print()


if __name__ == "__main__":
    sys.exit(main())
