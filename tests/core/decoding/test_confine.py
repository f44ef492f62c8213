import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.core.decoding.child import Ended, confined
from app.core.errors import DecoderCrashed, DecoderTimedOut, TooLarge
from app.core.media import DecodeLimits

LIMITS = DecodeLimits(cpu_s=20, wall_s=20, memory_bytes=512 * 1024**2)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "upload"
    path.write_bytes(b"the uploaded bytes")
    return path


def run(code: str, source: Path, limits: DecodeLimits = LIMITS) -> tuple[bytes, Ended]:
    with confined([sys.executable, "-I", "-S", "-c", code], source, limits) as child:
        return child.stdout.read(), child.finish()


def test_a_child_sees_its_file_and_nothing_of_ours(source: Path) -> None:
    code = "import os,sys; print(sys.stdin.read(), os.listdir('.'), sorted(os.environ))"
    os.environ["SECRET_OF_THE_SERVER"] = "x"
    try:
        out, ended = run(code, source)
    finally:
        del os.environ["SECRET_OF_THE_SERVER"]
    assert out.decode().startswith("the uploaded bytes []")
    assert b"SECRET" not in out
    assert ended.code == 0


def test_a_child_inherits_no_descriptor_but_the_standard_ones(source: Path) -> None:
    out, _ = run("import os; print(os.listdir('/proc/self/fd'))", source)
    assert len(eval(out)) == 4  # the fourth is the listing itself


@pytest.mark.parametrize("name", ["SIGSEGV", "SIGABRT", "SIGKILL", "SIGBUS"])
def test_a_crash_is_named(source: Path, name: str) -> None:
    with pytest.raises(DecoderCrashed):
        run(f"import os,signal; os.kill(os.getpid(), signal.{name})", source)


def test_a_hang_ends_at_the_wall_limit(source: Path) -> None:
    began = time.monotonic()
    with pytest.raises(DecoderTimedOut):
        run("import time; time.sleep(60)", source, DecodeLimits(wall_s=1))
    assert time.monotonic() - began < 5


def test_a_hang_that_forks_leaves_nothing_behind(source: Path) -> None:
    code = "import os,time; p=os.fork(); print(os.getpid(), flush=True); time.sleep(60)"
    command = [sys.executable, "-I", "-S", "-c", code]
    with confined(command, source, LIMITS) as child:
        pids = [int(child.stdout.readline()) for _ in range(2)]
    deadline = time.monotonic() + 5
    while any(_alive(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not any(_alive(pid) for pid in pids)


def test_a_busy_loop_ends_at_the_cpu_limit(source: Path) -> None:
    with pytest.raises(DecoderTimedOut):
        run("while True: pass", source, DecodeLimits(cpu_s=1, wall_s=20))


def test_eating_memory_is_too_large(source: Path) -> None:
    with pytest.raises(TooLarge):
        run("bytearray(2**30)", source)


def test_what_a_child_writes_is_limited(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "filled"
    code = f"f=open({str(target)!r},'wb',0)\nwhile f.write(b'x'*65536): pass"
    with confined([sys.executable, "-I", "-S", "-c", code], source, LIMITS) as child:
        child.finish()
    assert target.stat().st_size <= 1024 * 1024


def test_a_flood_of_messages_neither_blocks_nor_fills_the_disk(source: Path) -> None:
    code = (
        "import os\nfor _ in range(100):\n try: os.write(2, b'x'*65536)\n except OSError: pass\n"
        "os.write(1, b'done')"
    )
    out, ended = run(code, source)
    assert out == b"done"
    assert len(ended.log) <= 256 * 1024


def test_a_child_reaches_no_network_where_the_machine_allows_to_take_it(source: Path) -> None:
    allowed = subprocess.run(
        [sys.executable, "-c", "import os; os.unshare(os.CLONE_NEWUSER | os.CLONE_NEWNET)"],
        capture_output=True,
        check=False,
    )
    if allowed.returncode:
        pytest.skip("this machine permits no network namespaces to this user")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        code = f"import _socket as s; s.socket(2, 1).connect(('127.0.0.1', {port}))"
        _, ended = run(code, source)
        server.settimeout(0.1)
        with pytest.raises(TimeoutError):
            server.accept()
    assert ended.code == 1


def test_a_child_dies_with_its_parent(source: Path) -> None:
    code = (
        "import sys, os, signal\nfrom pathlib import Path\n"
        "from app.core.decoding.child import confined\nfrom app.core.media import DecodeLimits\n"
        "sleeper=[sys.executable,'-I','-S','-c',"
        "'import os,time;print(os.getpid(),flush=True);time.sleep(60)']\n"
        f"with confined(sleeper, Path({str(source)!r}), DecodeLimits()) as child:\n"
        "    print(child.stdout.readline().decode(), flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL
    pid = int(done.stdout)
    deadline = time.monotonic() + 5
    while _alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _alive(pid)


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def test_starting_is_cheap(source: Path) -> None:
    command = ["/bin/true"]
    times = []
    for _ in range(5):
        began = time.monotonic()
        with confined(command, source, LIMITS) as child:
            child.finish()
        times.append(time.monotonic() - began)
    assert min(times) < 0.25
