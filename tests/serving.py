"""The application over a real socket, in a thread of the test."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from app.bootstrap import Parts
from app.main import create_app


@contextmanager
def served(parts: Parts) -> Iterator[int]:
    """Serve `parts`; gives the port on the loopback address."""
    config = uvicorn.Config(create_app(parts), port=0, log_level="critical")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()
