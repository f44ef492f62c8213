"""Enqueue jobs inside the transaction that makes them necessary."""

from datetime import datetime
from enum import StrEnum

from dbos import DBOS, DBOSClient, EnqueueOptions
from sqlalchemy.orm import Session

import app.sqlite  # noqa: F401  (the engine needs a new enough SQLite)

APPLICATION = "provenance-desk"
LAST = 1000  # the engine takes the lowest number first, and none counts as 0


class JobKind(StrEnum):
    """The engine's workflow names."""

    PREVIEW_MEDIA = "preview_media"
    PROCESS_MEDIA = "process_media"
    READ_AGAIN = "read_again"
    LOOK_UP = "look_up"
    LOOK_UP_FILE = "look_up_file"


# A queue for each kind: short work never waits behind long work.
QUEUE_OF = {
    JobKind.PREVIEW_MEDIA: "previews",
    JobKind.PROCESS_MEDIA: "media",
    JobKind.READ_AGAIN: "readings",
    JobKind.LOOK_UP: "lookups",
    JobKind.LOOK_UP_FILE: "file_lookups",
}


# `READ_AGAIN` is asked about by `attempts`, which counts the rows of its jobs: these few stay.
FORGETTABLE = [kind.value for kind in JobKind if kind is not JobKind.READ_AGAIN]
AT_ONCE = 500


class JobQueue:
    """Writes jobs as rows; nothing runs before the caller's commit."""

    def __init__(self, database_url: str) -> None:
        self._client = DBOSClient(system_database_url=database_url, application_name=APPLICATION)

    def enqueue(
        self,
        session: Session,
        kind: JobKind,
        subject_id: str,
        attempt: int = 1,
        *,
        after_others: bool = False,
    ) -> None:
        """Promise one job; asking again for the same kind, subject and attempt changes nothing.

        One `after_others` is taken when no other job of its kind waits.
        """
        options: EnqueueOptions = {
            "workflow_name": kind.value,
            "queue_name": QUEUE_OF[kind],
            "workflow_id": f"{kind.value}:{subject_id}:{attempt}",
        }
        if after_others:
            options["priority"] = LAST
        self._client.enqueue_in_transaction(session, options, subject_id)

    def attempts(self, kind: JobKind, subject_id: str) -> int:
        """How often a job of this kind was promised to its subject."""
        mine = f"{kind.value}:{subject_id}:"
        return len(self._client.list_workflows(workflow_id_prefix=mine, load_input=False))

    def has_open(self, kind: JobKind, started_below: int) -> bool:
        """Whether a job of this kind waits or runs that was started less often than this."""
        found = self._client.list_workflows(
            name=kind.value, status=["ENQUEUED", "PENDING"], load_input=False
        )
        return any((each.recovery_attempts or 0) < started_below for each in found)

    def forget_done(self, before: datetime) -> int:
        """Remove jobs that are done and were promised before an instant; gives how many."""
        forgotten = 0
        while found := self._client.list_workflows(
            name=FORGETTABLE,
            status="SUCCESS",
            end_time=before.isoformat(),
            limit=AT_ONCE,
            load_input=False,
            load_output=False,
        ):
            self._client.delete_workflows([each.workflow_id for each in found])
            forgotten += len(found)
        return forgotten

    def close(self) -> None:
        """Return the engine's connections."""
        self._client.destroy()


def migrate_jobs(database_url: str) -> None:
    """Bring the engine's own tables to the version that the pinned engine needs."""
    DBOS.migrate(database_url)
