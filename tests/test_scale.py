"""The scale benchmark runs, in little, and finds what it hid."""

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.scale.__main__ import _misses

ROOT = Path(__file__).resolve().parent.parent


def test_the_scale_benchmark_finds_every_copy(tmp_path: Path) -> None:
    written = tmp_path / "out.json"
    command = [sys.executable, "-m", "benchmarks.scale", "--sizes", "2e3", "--faiss"]
    done = subprocess.run(
        [*command, "--json", str(written)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "60 ÷ product" in done.stdout
    turbo, faiss = json.loads(written.read_text())["scale"]
    for row in (turbo, faiss):
        assert row["recall_0.3"] == row["recall_0.4"] == row["recall_0.5"] == 1
        assert row["recall_exact"] == row["pdq_recall"] == 1
        assert row["file_bytes"] > 2000 * 512
        assert min(row["ratio_60"], row["pdq_s"], row["open_wall_s"]) > 0


def test_one_copy_that_is_not_found_misses_the_bar() -> None:
    row = {"frames": 2e3, "ratio_60": 1.0, "recall_0.3": 1.0, "recall_0.4": 1.0, "recall_0.5": 1.0}
    assert not _misses({**row})
    assert _misses({**row, "recall_0.3": 0.99})
    assert _misses({**row, "frames": 1e6})
