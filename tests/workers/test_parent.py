"""A signal ends a process in whatever moment it comes."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 30.0
ASKED_AT_THE_WORST_MOMENT = """
import os, signal
from workers.parent import stop_signal

stop = stop_signal()
with stop._cond:  # as while the main thread begins or ends to wait for it
    os.kill(os.getpid(), signal.SIGTERM)
print(stop.wait(10))
"""


def test_who_is_asked_to_stop_while_it_looks_whether_it_is_stops() -> None:
    command = [sys.executable, "-c", ASKED_AT_THE_WORST_MOMENT]
    given = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, env=given, capture_output=True, text=True, check=True, timeout=PATIENCE_S
    )
    assert done.stdout == "True\n"
