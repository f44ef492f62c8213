"""Children for what is asked now and then: started for it, kept for the next, ended when idle."""

from pathlib import Path

from tests.receiver import wait_until
from tests.workers.test_children import children_in, own_pid
from workers.children import Children
from workers.on_demand import OnDemand


def pid_of(bench: Children) -> int:
    return bench._run(own_pid, (), 60, lambda: None)


def lives(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_children_are_kept_for_the_next_who_comes_soon(tmp_path: Path) -> None:
    bench = OnDemand(lambda: children_in(tmp_path), idle_s=3600)
    with bench() as first:
        pid = pid_of(first)
    with bench() as second:
        assert second is first
        assert lives(pid)
    first.close()


def test_idle_children_end_and_come_again(tmp_path: Path) -> None:
    bench = OnDemand(lambda: children_in(tmp_path), idle_s=0.1)
    with bench() as first:
        pid = pid_of(first)
        with bench():
            pass
    wait_until(lambda: not lives(pid))
    with bench() as second:
        assert pid_of(second) != pid
