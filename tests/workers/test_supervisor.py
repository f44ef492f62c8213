"""What the supervisor does for processes that the machine does not start."""

import threading
from collections.abc import Callable, Iterator

import pytest

from tests.receiver import wait_until
from workers import supervisor
from workers.supervisor import Child

SLEEP = ("timeit", "-n1", "-r1", "import time; time.sleep(600)")
TOO_LONG = ("x" * 200_000,)
"""The kernel takes no such argument."""


@pytest.fixture
def supervised() -> Iterator[Callable[..., threading.Thread]]:
    stop = threading.Event()
    threads: list[threading.Thread] = []

    def supervise(*children: Child) -> threading.Thread:
        threads.append(threading.Thread(target=supervisor.supervise, args=(children, stop)))
        threads[-1].start()
        return threads[-1]

    yield supervise
    stop.set()
    for thread in threads:
        thread.join()


def test_a_start_that_fails_is_tried_again_and_ends_nobody(
    supervised: Callable[..., threading.Thread],
) -> None:
    runs, fails = Child("runs", SLEEP), Child("fails", TOO_LONG)
    thread = supervised(runs, fails)
    wait_until(lambda: fails.start_at > 0)
    assert runs.process is not None
    assert runs.process.poll() is None
    fails.command = SLEEP
    wait_until(lambda: fails.process is not None)
    assert runs.process.poll() is None
    assert thread.is_alive()
