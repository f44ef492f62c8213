"""Carries a purge out in a process of its own that is killed where its arguments say.

`python -m tests.services.purge_process URL BLOBS LIST MEDIA_ID AFTER`: the process kills itself when
it is about to write to the database for the AFTERth time, so after a step and before its mark.
"""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.orm import Session

from app.blobs.local import LocalBlobs
from app.blobs.purge_list import PurgeList
from app.db import Database
from app.services import shredding


class Doomed(Database):
    """A database whose user does not live to write to it again."""

    writes_left = 0

    @contextmanager
    def write(self) -> Iterator[Session]:
        if self.writes_left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self.writes_left -= 1
        with super().write() as session:
            yield session


if __name__ == "__main__":
    url, blobs, listed, media_id, after = sys.argv[1:]
    database = Doomed(url)
    database.writes_left = int(after)
    mine = shredding.Shredder(database, LocalBlobs(Path(blobs), 0), PurgeList(Path(listed)))
    shredding.carry_out(mine, media_id)
