"""Decoders that crash, hang, or eat memory end one try of one item; the neighbours go on."""

import ctypes
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.errors import DecoderCrashed, DecoderTimedOut
from app.core.media import DecodeLimits
from workers.child import Setup
from workers.children import Children, Patience

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


def own_pid() -> int:
    return os.getpid()


@pytest.fixture(scope="module")
def children(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Children]:
    folder = tmp_path_factory.mktemp("children")
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
    )
    made = Children(setup, 2, Patience(fingerprint_s=60, match_s=60))
    yield made
    made._pool.stop()
    made._pool.join()


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
