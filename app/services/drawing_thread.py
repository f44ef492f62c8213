"""The one thread in which the web process draws pictures, one after the other.

So many pictures that are asked for at once take neither all processors nor memory for each. Whoever
draws imports OpenCV and NumPy within the function that does: a process that never draws stays small.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="drawing")


def drawn[**P, R](work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """What `work` gives, done in the drawing thread when its turn comes."""
    return _thread.submit(work, *args, **kwargs).result()
