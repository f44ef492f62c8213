"""Ties between parent and child processes, so that nothing is left behind by `kill -9`."""

import _thread
import ctypes
import multiprocessing
import os
import signal
import sys
import threading
from pathlib import Path

PARENT = "PROVENANCE_PARENT_PID"

_PR_SET_PDEATHSIG = 1


def follow(parent_pid: int) -> None:
    """End this process as soon as its parent ends, however that happens."""
    end_with_parent()
    # The parent may have died before the line above.
    if os.getppid() != parent_pid:
        os._exit(1)


def follow_through_server() -> None:
    """End this process with the worker whose fork server made it; the server itself ends with that."""
    end_with_parent()
    parent = multiprocessing.parent_process()
    if parent is not None and not parent.is_alive():
        os._exit(1)


def end_with_parent() -> None:
    """Let the kernel end this process when its parent ends from now on."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def follow_supervisor() -> None:
    """End this process with the supervisor, if that is what started it."""
    parent_pid = os.environ.pop(PARENT, "")
    if parent_pid:
        follow(int(parent_pid))


def stop_signal() -> threading.Event:
    """An event that SIGTERM and SIGINT set."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        # In a thread of its own: the interrupted one may be holding the event's lock, for ever then.
        signal.signal(number, lambda *_: _thread.start_new_thread(stop.set, ()))
    return stop


def environment() -> dict[str, str]:
    """What a child is started with: it follows this process and finds the same code."""
    root = str(Path(__file__).resolve().parents[1])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    return os.environ | {PARENT: str(os.getpid()), "PYTHONPATH": os.pathsep.join(paths)}
