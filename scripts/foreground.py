"""Run a command as the terminal's own foreground group, so that Ctrl-C ends it and not `make`.

`make` would answer the same Ctrl-C with an error message and status 130 although the service ended
cleanly. Without a terminal, or in its background, the command is run as it is.
"""

import os
import signal
import sys


def take_the_terminal() -> None:
    """Move this process to a group of its own and make that the foreground group."""
    try:
        terminal = os.open("/dev/tty", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return
    if os.tcgetpgrp(terminal) != os.getpgrp():
        return
    os.setpgid(0, 0)
    previous = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    os.tcsetpgrp(terminal, os.getpgrp())
    signal.signal(signal.SIGTTOU, previous)


if __name__ == "__main__":
    take_the_terminal()
    os.execvp(sys.argv[1], sys.argv[1:])
