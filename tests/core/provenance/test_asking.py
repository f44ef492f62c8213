"""The child that reads hostile files: what it may do, and what its ends are called."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from app.core.errors import Corrupt, DecoderTimedOut
from app.core.media import DecodeLimits
from app.core.provenance.asking import ask

ROOT = Path(__file__).resolve().parents[3]


def test_a_sealed_process_opens_no_file_and_no_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        program = (
            f"import socket, sys\nsys.path.insert(0, {str(ROOT)!r})\n"
            "from app.core.provenance.sealing import seal\n"
            "kept = open('/etc/hostname')\n"
            "if not seal(): sys.exit(9)\n"
            "assert kept.read()\n"
            "for attempt in (lambda: open('/etc/hostname'), lambda: open('/tmp/made', 'w'),\n"
            f"    lambda: socket.socket().connect(('127.0.0.1', {port}))):\n"
            "    try: attempt()\n"
            "    except PermissionError: continue\n"
            "    sys.exit(1)\n"
        )
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
        if done.returncode == 9:
            pytest.skip("this kernel has no Landlock")
        server.settimeout(0.1)
        with pytest.raises(TimeoutError):
            server.accept()
    assert done.returncode == 0, done.stderr


def test_a_reader_that_fails_is_told_without_paths(tmp_path: Path) -> None:
    torn = tmp_path / "torn.jpg"
    torn.write_bytes(b"\xff\xd8\xff\xe0 torn")
    with pytest.raises(Corrupt) as caught:
        ask("still_reading", torn, {"format": "JPEG"}, DecodeLimits())
    assert str(tmp_path) not in str(caught.value)


def test_a_reader_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    empty = tmp_path / "empty.mp4"
    empty.touch()
    with pytest.raises(DecoderTimedOut):
        ask("iso_reading", empty, {}, DecodeLimits(wall_s=0))
