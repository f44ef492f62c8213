"""The alerts' part of the acceptance story, over HTTP, with a desk of real processes and two receivers.

What is told must arrive, now and later: read it from `test_the_story_of_alerts` down. Each step is
in the module that it names.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from standardwebhooks import Webhook

from app.access import Role, at_the_machine
from app.bootstrap import Parts, bootstrap
from app.main import create_app
from app.services import keys
from app.settings import Settings
from tests.acceptance import (
    alerts_copies,
    alerts_imports,
    alerts_partners,
    alerts_past,
    alerts_webhooks,
    footage,
)
from tests.acceptance.alerts_imports import Archive
from tests.acceptance.alerts_webhooks import Day, Endpoint
from tests.acceptance.footage import Copies
from tests.acceptance.newsroom import Newsroom, newsroom
from tests.acceptance.verdicts import record_of
from tests.databases import SqliteTemplate
from tests.receiver import Receiver, receiving
from tests.workers.desk import Desk


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Copies:
    return footage.shoot_copies(tmp_path_factory.mktemp("clips"))


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return alerts_imports.shoot_archive(tmp_path_factory.mktemp("archive") / "tapes")


@pytest.fixture
def desk(parts: Parts, tmp_path: Path, archive: Archive) -> Iterator[Desk]:
    allowed = {
        "PROVENANCE_WEBHOOK_ALLOW_PRIVATE": "true",
        "PROVENANCE_IMPORT_FOLDERS": str(archive.manifest.parent),
    }
    started = Desk(parts.settings, tmp_path, with_model=True, **allowed)
    started.start()
    try:
        yield started
    finally:
        started.close()


@pytest.fixture
def room(desk: Desk, parts: Parts) -> Iterator[Newsroom]:
    with newsroom(desk, parts.settings.resolved_database_url) as people:
        yield people


@pytest.fixture
def day(desk: Desk, room: Newsroom) -> Iterator[Day]:
    """The sender's day, which goes as fast as the test likes."""
    alerts_webhooks.the_desks_own_sender_stands_still(desk)
    begun = Day(room.database_url)
    yield begun
    begun.close()


@pytest.fixture
def partner(tmp_path: Path, sqlite_template: SqliteTemplate) -> Iterator[Parts]:
    """Another desk."""
    folder = tmp_path / "partner"
    folder.mkdir()
    url = sqlite_template.copy_to(folder / "provenance.db")
    made = bootstrap(Settings(data_dir=folder, database_url=url, upload_reserve_bytes=0))
    yield made
    made.jobs.close()
    made.database.close()


@pytest.mark.long
@pytest.mark.timeout(600)
def test_the_story_of_alerts(
    room: Newsroom, desk: Desk, day: Day, clips: Copies, *, archive: Archive, partner: Parts
) -> None:
    with receiving() as receiver, receiving() as other:
        endpoint = alerts_webhooks.a_receiver_is_made_known_and_tested(room, receiver, day)
        alerts_imports.the_archive_is_imported(room, archive)
        copied = an_upload_is_copied_in_every_way(room, clips)
        all_of_it_arrives(room, endpoint, receiver, day)
        a_day_without_its_receiver_loses_nothing(room, desk, day, (endpoint, receiver, other))
    viral = alerts_past.a_viral_clip_is_verified_and_published(room, clips)
    alerts_past.an_import_shows_that_it_is_old(room, clips, archive.manifest.parent, viral)
    alerts_partners.it_is_found_misleading(room, copied)
    theirs = people_of(partner)
    shown = (copied, clips.disguised)
    alerts_partners.a_partner_gets_a_lead_and_no_status(room, partner, theirs, shown)
    assert room.auditor.get("/v1/audit/verify")["ok"] is True


def an_upload_is_copied_in_every_way(room: Newsroom, clips: Copies) -> str:
    """19–23: gives the edited copy."""
    handout, source = alerts_copies.an_upload_is_found_in_a_later_one(room, clips)
    alerts_copies.it_becomes_known_and_nothing_is_told_twice(room, handout, source)
    disguised = alerts_copies.an_edited_copy_inherits_no_status(room, clips, handout, source)
    channel = alerts_copies.a_channels_copy_is_named_edit_by_edit(room, clips, source)
    copies = (handout, disguised, channel)
    alerts_copies.the_same_room_another_time_is_no_copy(room, clips, *copies)
    return disguised


def all_of_it_arrives(room: Newsroom, endpoint: Endpoint, receiver: Receiver, day: Day) -> None:
    """What the feed says is what the receiver got, and of a flagged item it holds no words."""
    before = len(receiver.received)
    day.catches_up()
    day.passes(alerts_webhooks.A_MINUTE, alerts_webhooks.A_MINUTE / 6)
    signed = Webhook(endpoint.secret)
    got = [signed.verify(each.body, each.headers) for each in receiver.received[before:]]
    for kind in ("match.found", "import.completed", "subscription.matched"):
        told = {event["id"]: event for event in room.events(kind)}
        assert {each["data"]["id"] for each in got if each["type"] == kind} == set(told)
    for each in got:
        if each["type"] == "subscription.matched":
            assert "subscription" not in each["data"]
            assert each["data"]["sensitivity"] == ["pow"]


def a_day_without_its_receiver_loses_nothing(
    room: Newsroom, desk: Desk, day: Day, ends: tuple[Endpoint, Receiver, Receiver]
) -> None:
    """30–31: closed, killed in the middle, back, and gone for good."""
    endpoint, receiver, other = ends
    noted = str(room.viewer.get("/v1/media")["items"][0]["id"])

    def tell(count: int) -> None:
        for number in range(count):
            room.verifier.post(record_of(noted, "/notes"), {"text": f"alert {number}"}, 201)

    def kill() -> None:
        for module in ("app\0serve", "workers.job_worker"):
            desk.kill_one(module)
        desk.wait_until_ready()

    wanted = {"url": other.url, "events": ["endpoint.*"]}
    room.admin.post("/v1/webhooks", wanted, 201)
    receiver.close()
    before = alerts_webhooks.it_is_down_for_a_day(room, endpoint, other, day, tell=tell, kill=kill)
    with receiving(port=receiver.port) as back:
        alerts_webhooks.it_is_back(room, endpoint, back, day, before=before, tell=tell)
        alerts_webhooks.one_that_is_gone_is_not_asked_again(room, endpoint, back, day, tell)


def people_of(desk: Parts) -> TestClient:
    """An admin of another desk."""
    with desk.database.write() as session:
        key = keys.create(session, name="x", role=Role.ADMIN, maker=at_the_machine("tests"))
    headers = {"Authorization": f"Bearer {key.token}"}
    return TestClient(create_app(desk), headers=headers, raise_server_exceptions=False)
