"""Launcher of decoder children: gives up what a decoder never needs, then becomes the program.

Run as `python -I -S confine.py CPU_S MEMORY_BYTES OUTPUT_BYTES PARENT_PID -- PROGRAM ARGUMENTS…`.
It imports nothing of ours and little of the standard library, so that it starts in about 20 ms.
A limit that the machine does not grant is skipped; the wall clock is the parent's to watch.
"""

import ctypes
import os
import resource
import signal
import sys
from contextlib import suppress

_OPEN_FILES = 64
_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38


def leave_network() -> None:
    """Move into a network namespace without interfaces, where the machine permits it."""
    for flags in (os.CLONE_NEWNET, os.CLONE_NEWUSER | os.CLONE_NEWNET):
        with suppress(OSError):
            os.unshare(flags)
            return


def limit(cpu_s: int, memory_bytes: int, output_bytes: int) -> None:
    """Set the kernel's limits; the hard CPU limit kills what outlives the soft one's signal."""
    wanted = {
        resource.RLIMIT_CPU: (cpu_s, cpu_s + 1),
        resource.RLIMIT_AS: (memory_bytes, memory_bytes),
        resource.RLIMIT_FSIZE: (output_bytes, output_bytes),
        resource.RLIMIT_NOFILE: (_OPEN_FILES, _OPEN_FILES),
        resource.RLIMIT_CORE: (0, 0),
    }
    for name, value in wanted.items():
        with suppress(OSError, ValueError):
            resource.setrlimit(name, value)
    # A full error log must not end a decoder that is doing well: the write fails instead.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def die_with(parent: int) -> None:
    """End when the parent ends, and never gain privileges by executing something."""
    with suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def main(arguments: list[str]) -> None:
    """Confine this process and become the program."""
    cpu_s, memory_bytes, output_bytes, parent = (int(number) for number in arguments[:4])
    command = arguments[5:]
    leave_network()
    limit(cpu_s, memory_bytes, output_bytes)
    die_with(parent)
    os.execv(command[0], command)  # noqa: S606  the program is the caller's choice, never the file's


if __name__ == "__main__":
    main(sys.argv[1:])
