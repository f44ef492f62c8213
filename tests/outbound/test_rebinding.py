"""A name that stands for another address the next time it is asked for, by a real name server."""

import json
import subprocess
import sys

import pytest

from tests.outbound.rebinding_process import ALLOWED, NO_NAMESPACES


def test_a_name_that_changes_its_mind_leads_to_no_other_address() -> None:
    command = [sys.executable, "-m", "tests.outbound.rebinding_process"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode == NO_NAMESPACES:
        pytest.skip(f"this machine lets nobody have a network of their own: {done.stderr}")
    assert done.returncode == 0, done.stderr
    first, second, two_at_once = json.loads(done.stdout)
    assert first == {"outcome": "200", "asked": 1, "reached": [ALLOWED]}
    assert second == {"outcome": "refused", "asked": 1, "reached": []}
    assert two_at_once == {"outcome": "refused", "asked": 1, "reached": []}
