"""What is public of a purged item is still the law's to take."""

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app import db, services
from app.access import Role, at_the_machine
from app.bootstrap import Parts
from app.errors import Gone
from app.schemas.audit import Fault
from app.schemas.enums import EventType, VerificationStatus
from app.schemas.privacy_enums import PurgeAuthority
from app.schemas.publications import Desk, PublicationRequest
from app.schemas.purging import PurgeRequest
from app.services import late_purges, purging, reapplying, shredding, verifying
from app.services.shredding import Shredder
from tests.records import PURGE, actor_of, add_item
from tests.services.publishing import conclude, look

ADMIN, EDITOR = actor_of(Role.ADMIN), actor_of(Role.EDITOR)
DESK = Desk(name="The Desk", url="https://desk.example")
COURT = PurgeRequest(authority=PurgeAuthority.COURT, reason="Order 12/26")


@pytest.fixture
def shredder(parts: Parts) -> Shredder:
    return Shredder(parts.database, parts.blobs, parts.purge_list)


def publish(session: Session) -> str:
    """Publish a review that names somebody; gives the item's id."""
    media_id = add_item(session)
    look(session, media_id)
    conclude(session, media_id, VerificationStatus.PARTLY_VERIFIED)
    record = services.verifications.take(session, media_id)
    wanted = PublicationRequest(description="Shows Ms Kovalenko")
    services.publication.publish(session, record, wanted, DESK, EDITOR)
    return media_id


@pytest.fixture
def published(parts: Parts) -> str:
    """An item whose review names somebody."""
    with parts.database.write() as session:
        return publish(session)


def said(parts: Parts) -> str:
    """Every text of the revisions and of the audit chain."""
    names = ("publication_revisions", "publications", "audit_payloads")
    with parts.database.read() as session:
        tables = [db.Table.metadata.tables[each] for each in names]
        rows = [row for table in tables for row in session.execute(sa.select(table))]
    return " ".join(str(tuple(row)) for row in rows)


def faults(parts: Parts) -> list[Fault]:
    return verifying.verify(parts.database, parts.trusted).faults


def test_the_law_takes_what_a_purge_left_public(
    parts: Parts, shredder: Shredder, published: str
) -> None:
    assert shredding.purge(shredder, published, PURGE, ADMIN)
    assert "Kovalenko" in said(parts)
    with parts.database.write() as session:
        left = db.tombstones.find(session, published)
        assert left is not None
        before = services.tombstones.answer(session, left)
        late_purges.order(session, published, COURT, ADMIN, parts.purge_list)
        after = services.tombstones.answer(session, left)
    assert (before.authority, before.complete, before.public) == (PurgeAuthority.DESK, True, True)
    assert after == before.model_copy(update={"public": False})
    assert "Kovalenko" not in said(parts)
    assert faults(parts) == []
    with parts.database.read() as session:
        told = [each.type for each in db.events.after(session, 0, 100, None, None)]
        history = db.verifications.history_page(session, published, 50, None).items
    assert (told.count(EventType.REVIEW_TOMBSTONED), told.count(EventType.MEDIA_PURGED)) == (1, 1)
    assert [each.details["authority"] for each in history if each.action == "purged"] == [
        "desk",
        "court",
    ]
    lines = list(parts.purge_list.entries())
    assert [(each["authority"], each["reason"]) for each in lines] == [
        ("desk", PURGE.reason),
        ("court", COURT.reason),
    ]
    for wanted in (COURT, PURGE):
        with parts.database.write() as session, pytest.raises(Gone):
            late_purges.order(session, published, wanted, ADMIN, parts.purge_list)
    assert len(list(parts.purge_list.entries())) == 2


def test_who_has_no_law_behind_them_takes_nothing_more(
    parts: Parts, shredder: Shredder, published: str
) -> None:
    assert shredding.purge(shredder, published, PURGE, ADMIN)
    with parts.database.write() as session, pytest.raises(Gone):
        late_purges.order(session, published, PURGE, ADMIN, parts.purge_list)
    assert "Kovalenko" in said(parts)


def test_a_purge_that_is_under_way_takes_it_along(
    parts: Parts, shredder: Shredder, published: str
) -> None:
    with parts.database.write() as session:
        purging.order(session, published, PURGE, ADMIN)
    with parts.database.write() as session:
        late_purges.order(session, published, COURT, ADMIN, parts.purge_list)
    shredding.carry_out(shredder, published)
    assert "Kovalenko" not in said(parts)
    assert faults(parts) == []


def test_a_restore_is_purged_of_it_again(parts: Parts, shredder: Shredder, published: str) -> None:
    line = {
        "kind": "media",
        "media_id": published,
        "keep_fingerprint": False,
        "keep_reason": None,
        "digest": "0" * 64,
        "salt": "00" * 32,
    }
    first = {**line, "at": "2026-01-02T03:04:05+00:00", "authority": "desk", "reason": "Deleted."}
    late = {**line, "at": "2026-02-03T04:05:06+00:00", "authority": "court", "reason": "Order 1"}
    done = reapplying.reapply(shredder, [first, late], at_the_machine("cli"))
    assert (done.items, done.refused) == (2, [])
    assert "Kovalenko" not in said(parts)
    with parts.database.read() as session:
        left = db.tombstones.find(session, published)
        assert left is not None
        assert left.purged_at.isoformat().startswith("2026-01-02T03:04:05")
    assert reapplying.reapply(shredder, [first, late], at_the_machine("cli")).items == 0


def test_an_administrator_asks_for_it_where_they_purge(
    parts: Parts, shredder: Shredder, client: TestClient, published: str
) -> None:
    assert shredding.purge(shredder, published, PURGE, ADMIN)
    why = {"authority": "court", "reason": "Order 12/26"}
    answer = client.post(f"/v1/media/{published}/purge", json=why)
    assert (answer.status_code, answer.json()["authority"]) == (200, "desk")
    assert "Kovalenko" not in said(parts)
    assert client.post(f"/v1/media/{published}/purge", json=why).status_code == 410
