"""An application over a real socket, in a thread of the test."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI

from app.bootstrap import Parts
from app.main import create_app
from tests.receiver import wait_until

PATIENCE_S = 60.0


@contextmanager
def serving(application: FastAPI, **config: Any) -> Iterator[int]:
    """Serve an application with these settings of uvicorn; gives the port on the loopback address."""
    server = uvicorn.Server(uvicorn.Config(application, port=0, **config))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        wait_until(lambda: server.started or not thread.is_alive(), PATIENCE_S)
        assert thread.is_alive(), "the server ended before it served"
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(PATIENCE_S)
        assert not thread.is_alive(), "the server does not end: is a connection still open?"


@contextmanager
def served(parts: Parts, **config: Any) -> Iterator[int]:
    """Serve the desk over `parts`."""
    with serving(create_app(parts), **({"log_level": "critical"} | config)) as port:
        yield port
