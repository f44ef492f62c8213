"""The one thread in which the web process draws pictures, one after the other.

So many pictures that are asked for at once take neither all processors nor memory for each. Whoever
draws imports OpenCV and NumPy within the function that does: a process that never draws stays small.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import structlog

from app.errors import Busy

PATIENCE_S = 30.0
MOST_WAITING = 24

log = structlog.get_logger(__name__)

# Who waits keeps a thread of the web process for as long, and this one may hang on a picture.
_queue = threading.Semaphore(MOST_WAITING)
_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="drawing")


def drawn[**P, R](work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """What `work` gives, done in the drawing thread when its turn comes; Busy if that takes long."""
    if not _queue.acquire(blocking=False):
        raise _late()
    drawing = _thread.submit(work, *args, **kwargs)
    try:
        return drawing.result(PATIENCE_S)
    except TimeoutError as error:
        if drawing.done():  # its own
            raise
        drawing.cancel()
        log.exception("drawing.late")
        raise _late() from error
    finally:
        _queue.release()


def _late() -> Busy:
    return Busy("Many pictures are being drawn at the moment. Ask again in a minute.")
