"""Work done some steps ahead of who asks for it, each step in a thread of its own."""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor


def ahead[Asked, Done](
    work: Callable[[Asked], Done], asked: Iterable[Asked], at_once: int
) -> Generator[Done]:
    """Give what `work` makes of each that is asked, in order, while it works on the next ones.

    What is asked is read in the caller's thread, as late as may be. Closing it ends the work: up to
    `at_once` - 1 steps more were begun than were taken.
    """
    with ThreadPoolExecutor(at_once) as pool:
        begun: deque[Future[Done]] = deque()
        for each in asked:
            begun.append(pool.submit(work, each))
            if len(begun) == at_once:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()
