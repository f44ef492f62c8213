"""Two transactions at once, in a known order."""

import threading
from collections.abc import Callable
from concurrent.futures import Future

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import db

LONG_ENOUGH_TO_WAIT_S = 0.4


def meanwhile[T](work: Callable[[], T]) -> Future[T]:
    """Run `work` in a thread; by now it has come to its end, or waits for the caller."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except Exception as error:  # noqa: BLE001  (the caller gets it)
            future.set_exception(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(LONG_ENOUGH_TO_WAIT_S)
    return future


def take_turn(session: Session) -> None:
    """Hold what every change of the record waits for: SQLite's write lock, or the commit order."""
    session.execute(sa.text("SELECT 1"))
    db.in_commit_order(session)
