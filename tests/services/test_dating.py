"""By when an item existed, and what is older than it is claimed to be."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from app import db, services
from app.access import SYSTEM, Role
from app.core.policy import Grade
from app.core.provenance.values import (
    READER,
    Credentials,
    CredentialState,
    Metadata,
    Provenance,
    Value,
    ValueKind,
)
from app.db import Database
from app.schemas.dating import Evidenced, EvidenceKind, Strength
from app.schemas.enums import CollectionKind, EventType, ReviewDecision
from app.services import claimed_dates, collections, dating, purging
from tests.records import PURGE, actor_of, add_item, add_match
from tests.uploads import png
from tests.uploads import upload as upload_file

RECEIVED = datetime(2024, 6, 1, 12, tzinfo=UTC)
CLAIMED = datetime(2025, 1, 9, tzinfo=UTC)


def _received(database: Database, media_id: str, **fields: Any) -> None:
    with database.write() as session:
        values = {"received_at": RECEIVED, **fields}
        receipts = sa.update(db.media.Receipt).where(db.media.Receipt.media_id == media_id)
        session.execute(receipts.values(**values))


def _reading(database: Database, media_id: str, *dates: Evidenced) -> None:
    with database.write() as session:
        session.merge(
            db.provenance.ProvenanceReading(
                media_id=media_id,
                reader=READER,
                lists_revision=0,
                state=CredentialState.NONE,
                lists=[],
                report={},
                metadata_values=[],
                failures={},
                pictures=[],
                hints=[],
                evidenced=[each.model_dump(mode="json") for each in dates],
            )
        )


def _evidenced(at: datetime, kind: EvidenceKind, strength: Strength) -> Evidenced:
    return Evidenced(at=at, kind=kind, strength=strength, origin="somewhere")


def _asked(database: Database) -> list[dict[str, Any]]:
    with database.read() as session:
        found = db.events.after(session, 0, 50, EventType.ATTENTION_REQUIRED, None)
    return [event.data["detail"] for event in found]


def _check(database: Database, media_id: str) -> None:
    with database.write() as session:
        claimed_dates.check_around(session, media_id)


@pytest.fixture
def known(database: Database) -> str:
    with database.write() as session:
        media_id = add_item(session, title="March footage")
    _received(database, media_id)
    return media_id


@pytest.fixture
def upload(database: Database) -> str:
    """Received after what it matches, and said to be filmed in between."""
    with database.write() as session:
        media_id = add_item(session)
    _received(database, media_id, received_at=CLAIMED + timedelta(days=2), claimed_at=CLAIMED)
    return media_id


def test_the_earliest_date_says_what_it_rests_on(database: Database, known: str) -> None:
    archived = RECEIVED - timedelta(days=90)
    stamped = RECEIVED - timedelta(days=400)
    _received(database, known, archive_url="https://archive.example/1", archived_at=archived)
    with database.read() as session:
        found = dating.earliest(session, known)
    assert found is not None
    assert (found.at, found.kind, found.strength) == (
        archived,
        EvidenceKind.ARCHIVE_LINK,
        Strength.MEDIUM,
    )
    _reading(database, known, _evidenced(stamped, EvidenceKind.RFC3161, Strength.STRONG))
    with database.read() as session:
        found = dating.earliest(session, known)
        assert dating.earliest(session, "nobody") is None
    assert found is not None
    assert (found.at, found.kind) == (stamped, EvidenceKind.RFC3161)


def test_a_match_shows_by_when_the_known_item_existed(
    database: Database, known: str, upload: str
) -> None:
    with database.write() as session:
        match_id = add_match(session, upload, known)
    with database.read() as session:
        shown = services.matches.read(session, match_id)
    assert shown.known.earliest_evidenced_at == RECEIVED
    assert shown.known.earliest_evidence is not None
    assert shown.known.earliest_evidence.kind is EvidenceKind.RECEIPT


def test_what_matches_older_footage_than_claimed_asks_for_attention_once(
    database: Database, known: str, upload: str
) -> None:
    _check(database, upload)
    assert _asked(database) == []
    with database.write() as session:
        match_id = add_match(session, upload, known)
    for media_id in (upload, known, upload):
        _check(database, media_id)
    [detail] = _asked(database)
    assert (detail["evidence_media_id"], detail["match_id"]) == (known, match_id)
    assert (detail["kind"], detail["strength"]) == ("receipt", "strong")
    assert detail["claimed_at"] == CLAIMED.isoformat()
    assert detail["evidenced_at"] == RECEIVED.isoformat()


def test_what_somebody_closed_is_not_asked_again_unless_there_is_more(
    database: Database, known: str, upload: str
) -> None:
    with database.write() as session:
        add_match(session, upload, known)
        claimed_dates.check(session, upload)
    with database.write() as session:
        record = services.verifications.take(session, upload)
        [waiting] = db.attention.page(session, upload, 10, None).items
        actor = actor_of(Role.VERIFIER)
        services.attention.close(session, record, waiting.id, "A slip of the pen", actor)
    _check(database, upload)
    assert len(_asked(database)) == 1
    weaker = _evidenced(RECEIVED - timedelta(days=9), EvidenceKind.METADATA, Strength.WEAK)
    _reading(database, known, weaker)
    _check(database, known)
    assert len(_asked(database)) == 1
    stamped = _evidenced(RECEIVED - timedelta(days=9), EvidenceKind.RFC3161, Strength.STRONG)
    _reading(database, known, stamped)
    _check(database, known)
    assert [each["kind"] for each in _asked(database)] == ["receipt", "rfc3161"]


def test_an_archived_copy_of_the_last_day_of_all_is_not_older(
    database: Database, upload: str
) -> None:
    last = datetime(9999, 12, 31, 23, tzinfo=UTC)
    _received(database, upload, received_at=db.now(), archived_at=last)
    _check(database, upload)
    assert _asked(database) == []


def test_an_upload_that_is_being_purged_keeps_nobody_from_dating_what_it_showed(
    database: Database, known: str, upload: str
) -> None:
    with database.write() as session:
        add_match(session, upload, known)
        purging.order(session, upload, PURGE, actor_of(Role.ADMIN))
    _check(database, known)
    assert _asked(database) == []


@pytest.mark.parametrize(("grade", "rejected"), [(Grade.LEAD, False), (Grade.CERTAIN, True)])
def test_leads_and_rejected_matches_date_nothing(
    database: Database, known: str, upload: str, grade: Grade, rejected: bool
) -> None:
    with database.write() as session:
        match_id = add_match(session, upload, known, grade)
        if rejected:
            match = db.matches.find(session, match_id)
            assert match is not None
            match.decision = ReviewDecision.REJECTED
    _check(database, upload)
    assert _asked(database) == []


def test_a_file_that_is_older_than_its_own_claim_asks_too(database: Database, upload: str) -> None:
    old = _evidenced(CLAIMED - timedelta(days=300), EvidenceKind.METADATA, Strength.WEAK)
    _reading(database, upload, old)
    _check(database, upload)
    [detail] = _asked(database)
    assert (detail["evidence_media_id"], detail["match_id"]) == (upload, None)
    assert detail["strength"] == "weak"


def test_a_day_is_no_contradiction(database: Database, upload: str) -> None:
    near = _evidenced(CLAIMED - timedelta(hours=20), EvidenceKind.METADATA, Strength.WEAK)
    _reading(database, upload, near)
    _check(database, upload)
    assert _asked(database) == []


def _read(values: list[Value], **manifest: Any) -> list[Evidenced]:
    report: dict[str, Any] = {}
    if manifest:
        report = {"active": "a", "manifests": [{"label": "a", "ingredients": [], **manifest}]}
    credentials = Credentials(CredentialState.VALID_UNTRUSTED, report=report)
    made = Provenance(READER, credentials, Metadata(values=tuple(values)), (), ())
    return dating.of_file(made, until=datetime(2026, 1, 1, tzinfo=UTC))


def _time(at: str) -> Value:
    return Value(ValueKind.TIME, "creation_time", at, "moov/mvhd", "boxes", at=at)


def test_metadata_is_weak_and_a_clock_that_was_never_set_is_none() -> None:
    times = ["1970-01-01T00:00:00", "2016-01-01T00:00:07", "2023-03-04T10:00:00", "2031-05-05"]
    [found] = _read([_time(each) for each in times])
    assert found.at == datetime(2023, 3, 4, 10, tzinfo=UTC)
    assert (found.kind, found.strength) == (EvidenceKind.METADATA, Strength.WEAK)
    assert found.origin == "moov/mvhd creation_time"
    assert _read([_time("1904-01-01T00:00:00+00:00")]) == []


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00"])
def test_what_is_before_or_after_all_time_in_utc_dates_nothing(at: str) -> None:
    assert _read([_time(at)], time={"at": at, "state": "none"}, trusted_by=[]) == []


@pytest.mark.parametrize(
    ("state", "lists", "kind", "strength"),
    [
        ("trusted", [], EvidenceKind.RFC3161, Strength.STRONG),
        ("validated", [], EvidenceKind.RFC3161, Strength.MEDIUM),
        ("none", ["a list"], EvidenceKind.C2PA_TIME, Strength.MEDIUM),
        ("none", [], EvidenceKind.C2PA_TIME, Strength.WEAK),
    ],
)
def test_a_signing_time_is_as_strong_as_who_vouches_for_it(
    state: str, lists: list[str], kind: EvidenceKind, strength: Strength
) -> None:
    time = {"at": "2023-03-04T10:00:00+00:00", "state": state}
    [found] = _read([], time=time, trusted_by=lists)
    assert (found.kind, found.strength) == (kind, strength)
    assert _read([], time={**time, "state": "invalid"}, trusted_by=[]) == []


def test_the_same_file_brought_again_as_new_footage_asks(client: TestClient) -> None:
    first = upload_file(client, png(7))
    media_id = first.json()["id"]
    again = upload_file(client, png(7), claimed_at="2031-01-09T10:00:00Z")
    assert again.json()["duplicate"] is True
    [reason] = client.get(f"/v1/media/{media_id}/verification/attention").json()["items"]
    assert reason["reason"] == "older_than_claimed"
    assert reason["detail"]["evidence_media_id"] == media_id
    assert reason["detail"]["kind"] == "receipt"


def test_a_pair_that_was_rejected_the_other_way_round_dates_nothing(
    database: Database, known: str, upload: str
) -> None:
    with database.write() as session:
        add_match(session, upload, known)
        turned = db.matches.find(session, add_match(session, known, upload))
        assert turned is not None
        turned.decision = ReviewDecision.REJECTED
    _check(database, upload)
    _check(database, known)
    assert _asked(database) == []


def test_an_older_ident_makes_no_upload_older_than_claimed(
    database: Database, known: str, upload: str
) -> None:
    with database.write() as session:
        add_match(session, upload, known)
        idents = collections.create(session, "idents", "Idents", CollectionKind.COMMON, SYSTEM)
        collections.add(session, idents, known, SYSTEM)
    _check(database, upload)
    _check(database, known)
    assert _asked(database) == []
