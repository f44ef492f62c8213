"""The one thread in which the web process draws: few pictures, in milliseconds each.

Many asked for at once take neither all processors nor memory each. What draws is loaded at the
first one, so that a process that never draws does not carry it.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="drawing")


def drawn[**P, R](work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """What `work` gives, done when it is its turn."""
    return _thread.submit(work, *args, **kwargs).result()
