"""A receiver is down for a day, and loses nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bootstrap import Parts
from tests.acceptance import alerts_webhooks as story
from tests.acceptance.newsroom import newsroom
from tests.filming import film
from tests.receiver import receiving
from tests.workers.desk import Desk


@pytest.fixture
def desk(parts: Parts, tmp_path: Path) -> Iterator[Desk]:
    started = Desk(parts.settings, tmp_path, PROVENANCE_WEBHOOK_ALLOW_PRIVATE="true")
    started.start()
    try:
        yield started
    finally:
        started.close()


@pytest.mark.timeout(400)
def test_a_receiver_is_down_for_a_day(desk: Desk, parts: Parts, tmp_path: Path) -> None:
    with newsroom(desk, parts.settings.resolved_database_url) as room:
        story.the_desks_own_sender_stands_still(desk)
        day = story.Day(parts.settings.resolved_database_url)
        media_id = room.producer.send(film(tmp_path / "clip.mp4", seconds=1, shots=1))["id"]
        room.producer.ready(media_id)

        def tell(count: int) -> None:
            for number in range(count):
                body = {"text": f"alert {number}"}
                room.verifier.post(f"/v1/media/{media_id}/verification/notes", body, 201)

        def kill() -> None:
            for module in ("serve", "workers.job_worker"):
                for pid in desk.members(module):
                    desk.kill(pid)
            desk.wait_until_ready()

        with receiving() as first, receiving() as other:
            port = first.port
            endpoint = story.a_receiver_is_made_known_and_tested(room, first, day)
            wanted = {"url": other.url, "events": ["endpoint.*"]}
            room.admin.post("/v1/webhooks", wanted, 201)
            first.close()
            before = story.it_is_down_for_a_day(room, endpoint, other, day, tell=tell, kill=kill)
            with receiving(port=port) as back:
                story.it_is_back(room, endpoint, back, day, before=before, tell=tell)
                story.one_that_is_gone_is_not_asked_again(room, endpoint, back, day, tell)
        day.close()
