"""Refused uploads are told, but a key that repeats itself does not flood the receivers."""

import hashlib

from app.access import Role
from app.db import Database
from app.schemas.enums import EventType
from app.schemas.webhook_enums import Rejection
from app.services import events
from app.services.refused_uploads import MOST_A_MINUTE, RefusedUploads
from tests.records import actor_of

LOOPING, OTHER = actor_of(Role.SERVICE, "loop"), actor_of(Role.PRODUCER, "paula")


def test_a_key_is_told_of_some_times_a_minute(database: Database) -> None:
    now = 0.0
    refused = RefusedUploads(database, lambda: now)

    def told() -> int:
        with database.read() as session:
            return len(events.follow(session, 0, 200, EventType.MEDIA_REJECTED).items)

    for _ in range(MOST_A_MINUTE + 5):
        refused.tell(Rejection.NOT_MEDIA, "a.pdf", LOOPING)
    assert told() == MOST_A_MINUTE
    refused.tell(Rejection.TOO_LARGE, "", OTHER)
    assert told() == MOST_A_MINUTE + 1
    now = 61.0
    refused.tell(Rejection.NOT_MEDIA, "holiday.pdf", LOOPING)
    with database.read() as session:
        *_, too_large, last = events.follow(session, 0, 200).items
    assert "filename_hash" not in too_large.data
    assert too_large.data["reason_code"] == "too_large"
    assert last.data["filename_hash"] == hashlib.sha256(b"holiday.pdf").hexdigest()
    assert (last.data["actor_kind"], last.data["media_id"]) == ("machine", None)
    assert "holiday" not in str(last.data)
