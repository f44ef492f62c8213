"""The library in five lines: what README and docs/library.md show runs, without the service."""

import re
from pathlib import Path

import pytest

from tests.alone import ROOT, run_alone
from tests.filming import edit, film


def snippets(document: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", (ROOT / document).read_text(), re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("library")
    archive = film(made / "archive.mp4", seconds=6, seed=21, shots=3, audio=False)
    edit(archive, made / "upload.mp4", "-ss", "2", "-t", "3", "-vf", "hflip")
    return made


@pytest.mark.parametrize("document", ["README.md", "docs/library.md"])
def test_what_is_shown_runs_as_shown(document: str, folder: Path) -> None:
    shown = snippets(document)
    assert shown
    for snippet in shown:
        done = run_alone(snippet, folder=folder)
        assert done.returncode == 0, done.stderr
        assert "excerpt" in done.stdout
        assert "mirror" in done.stdout


def test_the_readme_promises_five_lines() -> None:
    [snippet] = snippets("README.md")
    assert len(snippet.strip().splitlines()) == 5
