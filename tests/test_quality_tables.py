"""The terminal and the page say the same of a run, and a dash where nothing was asked."""

from pathlib import Path

import pytest

from benchmarks.quality import comparison, page, report
from benchmarks.quality.answers import Answer

FOUND = {"known": "a", "grade": "certain", "confidence": 0.99, "segments": []}
STRANGER = Answer("q", "stranger", [], [], 0.25)
FALSE = Answer("q", "stranger", [], [FOUND], 0.25)


def cells(line: str) -> list[str]:
    return [cell for cell in line.replace("|", " ").split() if cell]


def test_rows_without_true_pairs_are_dashes_on_the_terminal_and_on_the_page(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    written = tmp_path / "page.md"
    assert report.show([STRANGER], verbose=False) == 0
    page.write({comparison.OURS: [STRANGER], "other": [FALSE]}, "", written)
    said = [cells(each) for each in capsys.readouterr().out.splitlines()]
    lines = [cells(each) for each in written.read_text().splitlines()]
    assert ["stranger", "0", *"–––0––––", "0.25"] in said
    assert ["stranger", "1", "0", *"–––0––––"] in lines
    assert ["stranger", "–", "–"] in lines
    assert ["stranger", "–", "/", "0", "–", "/", "1"] in lines


def test_a_false_alert_fails_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert report.show([FALSE], verbose=False) == 1
    assert ["stranger", "0", *"–––1––––", "0.25"] in map(
        cells, capsys.readouterr().out.splitlines()
    )
