"""An idle worker asks little, and sees at once when something waits."""

from app.bootstrap import Parts
from app.jobs import JobKind
from app.jobs.idling import only_where_work_waits
from app.jobs.queue import QUEUE_OF


def test_the_engine_claims_only_from_queues_in_which_something_waits(parts: Parts) -> None:
    scopes = only_where_work_waits(parts.database.engine, lambda _queue: [None])
    media, previews = QUEUE_OF[JobKind.PROCESS_MEDIA], QUEUE_OF[JobKind.PREVIEW_MEDIA]
    assert scopes(media) == scopes(previews) == []

    with parts.database.write() as session:
        parts.jobs.enqueue(session, JobKind.PROCESS_MEDIA, "one")
        assert scopes(media) == []  # not before the promise is committed

    assert scopes(media) == [None]
    assert scopes(previews) == []
