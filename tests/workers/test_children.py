"""Decoders that crash, hang, or eat memory end one try of one item; the neighbours go on."""

import ctypes
import hashlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.blobs.local import LocalBlobs
from app.core.errors import DecoderCrashed, DecoderTimedOut, Unreadable
from app.core.media import DecodeLimits, MediaInfo, MediaKind
from app.core.provenance.values import CredentialState
from app.services.heavy import BenchUnavailable, Made
from tests.databases import migrate
from tests.filming import film
from tests.receiver import wait_until
from workers import child
from workers.child import Setup
from workers.children import LOOK_EVERY_S, Children, Patience, _waited

MIB = 1024 * 1024
LIMIT_MIB = 256


def crash() -> None:
    ctypes.string_at(0)


def hang() -> None:
    time.sleep(1000)


def eat() -> str:
    try:
        bytearray(2 * LIMIT_MIB * MIB)
    except MemoryError:
        return "refused"
    return "eaten"


def leave_half(_media_id: str, _sha256: str, folder: Path) -> None:
    (folder / "half.zip").touch()
    crash()


def own_pid() -> int:
    return os.getpid()


def children_in(folder: Path) -> Children:
    setup = Setup(
        database_url=f"sqlite:///{folder}/unused.db",
        blobs_folder=folder / "blobs",
        run_folder=folder,
        work_folder=folder,
        frames_model=folder / "no-model.onnx",
        views_model=None,
        limits=DecodeLimits(memory_bytes=LIMIT_MIB * MIB),
        threads=1,
        log_json=False,
        niceness=0,
    )
    return Children(setup, 2, Patience(preview_s=60, fingerprint_s=60, match_s=60, reading_s=60))


def note_pid_and_hang(folder: Path) -> None:
    (folder / "pid").write_text(str(os.getpid()))
    hang()


def make_slowly(_media_id: str, _sha256: str, folder: Path) -> Made:
    (folder / child.PROGRESS).write_text("0.5")
    time.sleep(2 * LOOK_EVERY_S)
    encoded = folder / "made"
    encoded.touch()
    info = MediaInfo(MediaKind.AUDIO, "audio/wav", 1000, 0, 0, has_audio=True)
    return Made(info, "none", frames=0, voting_frames=0, has_sound=True, encoded=encoded)


def die_at_start(_setup: Setup) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def server_pid() -> int:
    return os.getppid()


def has_ended(process: Path) -> bool:
    """Whether a process is gone, or only its parent has not noticed yet."""
    try:
        return " Z " in (process / "stat").read_text()
    except OSError:
        return True


@pytest.fixture(scope="module")
def children(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Children]:
    made = children_in(tmp_path_factory.mktemp("children"))
    yield made
    made.close()


def _nothing() -> None:
    """Tell nobody."""


def test_a_crash_is_tried_again_and_then_named(children: Children) -> None:
    with pytest.raises(DecoderCrashed):
        children._run(crash, (), 60, _nothing)
    assert children._run(own_pid, (), 60, _nothing) > 0


def test_a_hang_is_ended(children: Children) -> None:
    with pytest.raises(DecoderTimedOut):
        children._run(hang, (), 0.5, _nothing)
    assert children._run(own_pid, (), 60, _nothing) > 0


def test_memory_is_limited(children: Children) -> None:
    assert children._run(eat, (), 60, _nothing) == "refused"


def test_a_killed_child_is_replaced(children: Children) -> None:
    os.kill(children._run(own_pid, (), 60, _nothing), signal.SIGKILL)
    assert children._run(own_pid, (), 60, _nothing) > 0
    assert Path(f"/proc/{children._run(own_pid, (), 60, _nothing)}").exists()


def test_a_killed_fork_server_is_replaced_and_its_children_too(children: Children) -> None:
    server = children._run(server_pid, (), 60, _nothing)
    assert server != os.getpid()
    os.kill(server, signal.SIGKILL)
    wait_until(lambda: has_ended(Path(f"/proc/{server}")))
    assert children._run(server_pid, (), 60, _nothing) != server


def test_children_that_cannot_start_are_no_fault_of_the_file(
    children: Children, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(child, "start", die_at_start)
        with pytest.raises(BenchUnavailable):
            children._replace(children._pool)
            children._run(own_pid, (), 60, _nothing)
    assert children._run(own_pid, (), 60, _nothing) > 0


def test_who_asks_for_children_that_cannot_start_is_told_to_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "start", die_at_start)
    with pytest.raises(BenchUnavailable):
        children_in(tmp_path)


def test_what_cannot_be_told_does_not_end_the_work(
    children: Children, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = []

    def tell(share: float) -> None:
        told.append(share)
        raise RuntimeError("Nobody listens.")

    monkeypatch.setattr(child, "fingerprint", make_slowly)
    made = children.fingerprint("m1", "", tell)
    assert set(told) == {0.5}
    made.encoded.unlink()


def test_work_that_nobody_waits_for_is_ended(children: Children, tmp_path: Path) -> None:
    def interrupt() -> None:
        if (tmp_path / "pid").exists():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        children._run(note_pid_and_hang, (tmp_path,), 60, interrupt)
    process = Path("/proc", (tmp_path / "pid").read_text())
    wait_until(lambda: has_ended(process))


MAKE_AND_WAIT = """
import sys, time, pathlib
from tests.workers import test_children as here
made = here.children_in(pathlib.Path(sys.argv[1]))
print(made._run(here.own_pid, (), 60, here._nothing), flush=True)
time.sleep(600)
"""


def test_what_waits_when_they_are_closed_is_told_and_starts_none_anew(tmp_path: Path) -> None:
    closed = children_in(tmp_path)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(closed._run, note_pid_and_hang, (tmp_path,), 60, _nothing)
        wait_until((tmp_path / "pid").exists)
        closed.close()
        with pytest.raises(BenchUnavailable, match="closed"):
            waiting.result(timeout=30)
    assert not closed._pool.active
    with pytest.raises(BenchUnavailable, match="closed"):
        closed._run(own_pid, (), 60, _nothing)


def test_children_end_with_the_process_that_made_them(tmp_path: Path) -> None:
    command = [sys.executable, "-c", MAKE_AND_WAIT, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            made = Path("/proc", process.stdout.readline().strip())
            assert made.name.isdigit()
            assert not has_ended(made)
        finally:
            process.kill()
    wait_until(lambda: has_ended(made))


def test_the_fork_server_starts_no_threads() -> None:
    count = "import os, workers.fork_server; print(len(os.listdir('/proc/self/task')))"
    one = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-c", count], env=one, capture_output=True, check=True)
    assert int(done.stdout) == 1


def test_a_try_that_fails_leaves_no_files(
    children: Children, monkeypatch: pytest.MonkeyPatch
) -> None:
    torn = b"\x89PNG\r\n\x1a\n" + bytes(1000)
    sha256 = hashlib.sha256(torn).hexdigest()
    blobs = LocalBlobs(children._setup.blobs_folder, reserve_bytes=0)
    with blobs.receive() as incoming:
        incoming.write(torn)
        incoming.sync()
        blobs.adopt(incoming)
    before = set(children._setup.work_folder.iterdir())
    with pytest.raises(Unreadable):
        children.fingerprint("m1", sha256, lambda _share: None)
    monkeypatch.setattr(child, "fingerprint", leave_half)
    with pytest.raises(DecoderCrashed):
        children.fingerprint("m1", sha256, lambda _share: None)
    assert set(children._setup.work_folder.iterdir()) == before


def test_provenance_is_read_in_a_child(children: Children, tmp_path: Path) -> None:
    content = film(tmp_path / "clip.mp4", seconds=1, shots=1).read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    path = children._setup.blobs_folder / sha256[:2] / sha256[2:4] / sha256
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    migrate(children._setup.database_url)
    found = children.read_provenance("nobody", sha256, ())
    assert found.credentials.state is CredentialState.NONE
    assert found.metadata.shape is not None
    assert found.metadata.failures == {}


def test_passing_files_of_children_lie_where_the_next_worker_removes_them(
    children: Children,
) -> None:
    where = _waited(children._pool, tempfile.gettempdir, (), 60, _nothing)
    assert Path(where) == children._setup.work_folder
