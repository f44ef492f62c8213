"""What is worked out ahead comes in order, and little is worked out for nothing."""

import threading
from contextlib import closing

import pytest

from app.core.matching.ahead import ahead


def test_what_is_asked_comes_in_order_whatever_takes_longest() -> None:
    second_is_done = threading.Event()

    def work(number: int) -> int:
        if number == 0:
            assert second_is_done.wait(10), "nothing was begun beside the first"
        if number == 1:
            second_is_done.set()
        return number * number

    assert list(ahead(work, range(5), 2)) == [0, 1, 4, 9, 16]


@pytest.mark.parametrize("at_once", [1, 3])
def test_no_more_is_begun_than_asked_for_at_once(at_once: int) -> None:
    begun: list[int] = []
    with closing(ahead(begun.append, range(10), at_once)) as done:
        next(done)
        next(done)
    assert sorted(begun) == list(range(1 + at_once))


def test_what_goes_wrong_is_told_in_its_place() -> None:
    done = ahead(lambda number: 1 // number, [1, 0, 1], 2)
    assert next(done) == 1
    with pytest.raises(ZeroDivisionError):
        next(done)
    assert list(done) == []
