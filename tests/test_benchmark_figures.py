"""Benchmarks print a small table, write JSON where asked, and fail where their bar is missed."""

import itertools
import json
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from benchmarks import audit, pages, sound, variants
from benchmarks.figures import tell
from benchmarks.first_answer import BAR_FIRST_MS, Timed, show
from benchmarks.retroactive.__main__ import Report
from benchmarks.retroactive.waiting import until
from benchmarks.scale.__main__ import main as measure_scale

ROOT = Path(__file__).resolve().parent.parent
AGREED = Report(30, 30, 19, 19, 19, 0, 0, 326.0, 0.09, 40.0)


def test_figures_are_a_table_and_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written = tmp_path / "new" / "out.json"
    tell({"audit_entries": 10_200, "ok": True, "in_s": 1.25}, written)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[-1].strip() for line in lines] == ["10,200", "yes", "1.25"]
    assert json.loads(written.read_text()) == {"audit_entries": 10_200, "ok": True, "in_s": 1.25}
    tell({}, None)


def test_a_run_is_not_lost_for_want_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "variants.csv").write_text("group,original,derived,relation,transform\n")
    (tmp_path / "clips.csv").write_text("file\n")
    written = tmp_path / "new" / "variants.json"
    given = ["--media", str(tmp_path), "--cache", str(tmp_path / "cache"), "--json", str(written)]
    assert variants.main(given) == 0
    assert json.loads(written.read_text()) == []
    written = tmp_path / "newer" / "scale.json"
    assert measure_scale(["--sizes", "", "--json", str(written)]) == 0
    assert json.loads(written.read_text())["scale"] == []


def test_nothing_is_measured_on_nothing(tmp_path: Path) -> None:
    for refused in (
        lambda: audit.main(["30"]),
        lambda: pages.main(["--items", "20"]),
        lambda: sound.main(["--media", str(tmp_path)]),
    ):
        with pytest.raises(SystemExit) as ended:
            refused()
        assert ended.value.code == 2


def test_both_ways_must_alert_for_the_same_pairs() -> None:
    assert AGREED.status() == 0
    assert replace(AGREED, only_by_event=1).status() == 1
    assert replace(AGREED, only_from_scratch=1).status() == 1
    assert asdict(AGREED)["alerts_by_event"] == 19


def test_what_stands_still_is_not_waited_for() -> None:
    looks, signs = itertools.count(), itertools.count()
    until(lambda: next(looks) > 3, lambda: next(signs), patience_s=0, look_every_s=0)
    with pytest.raises(TimeoutError, match="still there"):
        until(lambda: False, lambda: "still there", patience_s=0.02, look_every_s=0.01)


def test_a_first_answer_that_is_late_or_does_not_come_fails(
    capsys: pytest.CaptureFixture[str],
) -> None:
    quick, late = (Timed(ms, 4_000, 1) for ms in (BAR_FIRST_MS / 2, BAR_FIRST_MS * 2))
    assert show([(quick, 90.0)] * 2) == 0
    assert show([(late, 90.0)] * 2) == 1
    assert show([(quick, 90.0), (replace(quick, first=None), 90.0)]) == 1
    assert "–" in capsys.readouterr().out


@pytest.mark.long
def test_the_chain_of_a_desk_is_made_and_verified(tmp_path: Path) -> None:
    written = tmp_path / "out.json"
    command = [sys.executable, "-m", "benchmarks.audit", "50", "--json", str(written)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "history entries" in done.stdout
    found = json.loads(written.read_text())
    assert found["ok"]
    assert found["audit_entries"] >= found["history_entries"] == 50
