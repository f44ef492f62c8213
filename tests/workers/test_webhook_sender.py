"""The sender's process ends when its loop does, however that ends: then a new one is started."""

import os
import subprocess
import sys

from app.bootstrap import Parts

BREAKING = """
from workers import webhook_sender

def broken(*_anything):
    raise RuntimeError("can't start new thread")

webhook_sender.run_sender = broken
webhook_sender.main()
"""


def test_a_sender_that_breaks_off_is_no_process_that_sends_nothing(parts: Parts) -> None:
    settings = parts.settings
    given = {
        "PROVENANCE_DATA_DIR": str(settings.data_dir),
        "DATABASE_URL": settings.resolved_database_url,
    }
    command = [sys.executable, "-c", BREAKING]
    ended = subprocess.run(
        command, env=os.environ | given, capture_output=True, timeout=30, check=False
    )
    assert ended.returncode == 1
    assert b"can't start new thread" in ended.stderr
