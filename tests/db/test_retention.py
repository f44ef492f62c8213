"""What is due is said of all items at once, and says of each what is said of it alone."""

import random
from datetime import timedelta
from itertools import product

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import db
from app.db import Database
from app.db.matches import StoredMatch
from app.db.media import Media, Receipt
from app.db.retention import SetClass
from app.db.verifications import HistoryEntry
from app.schemas.enums import HistoryAction, ReviewDecision, VerificationStatus
from app.schemas.privacy_enums import RetentionClass
from tests.db.plans import plan_of
from tests.records import add_item, add_match, make_known, put_at

NOW = db.now()
DAYS = 10
MATCHED = {True: StoredMatch.query_media_id, False: StoredMatch.known_media_id}
CUTOFFS = {
    name: NOW - timedelta(days=days)
    for name, days in zip(RetentionClass, (DAYS / 2, 4, 6, 8), strict=True)
}


def _aged(chance: random.Random) -> timedelta:
    return timedelta(days=chance.uniform(0, DAYS))


def _add_one(session: Session, chance: random.Random, status: VerificationStatus) -> str:
    """An item whose times lie anywhere within the last days."""
    media_id = add_item(session)
    put_at(session, media_id, status)
    arrived = NOW - timedelta(days=DAYS)
    for table, column in ((Media, Media.id), (Receipt, Receipt.media_id)):
        session.execute(sa.update(table).where(column == media_id).values(received_at=arrived))
    if chance.random() < 0.5:
        session.add(
            Receipt(
                media_id=media_id,
                received_by="anna",
                filename="again.mp4",
                received_at=NOW - _aged(chance),
            )
        )
    if chance.random() < 0.5:
        session.add(
            HistoryEntry(
                media_id=media_id,
                at=NOW - _aged(chance),
                actor_id="anna",
                actor_name="Anna",
                actor_role="editor",
                action=HistoryAction.STATUS_CHANGED,
                version=99,
                details={},
            )
        )
    return media_id


def test_due_is_said_of_all_as_it_is_of_each(database: Database) -> None:
    chance = random.Random(20_261_130)
    statuses = (
        VerificationStatus.UNREVIEWED,
        VerificationStatus.VOID,
        VerificationStatus.VERIFIED,
    )
    matched = (None, *ReviewDecision)
    with database.write() as session:
        ids, other = [], add_item(session)
        for status, decision, is_query, known, by_hand in product(
            statuses, matched, (False, True), (False, True), (None, *RetentionClass)
        ):
            media_id = _add_one(session, chance, status)
            ids.append(media_id)
            if decision is not None:
                pair = (media_id, other) if is_query else (other, media_id)
                add_match(session, *pair)
                decided = sa.update(StoredMatch).where(MATCHED[is_query] == media_id)
                session.execute(decided.values(decision=decision))
            if known:
                make_known(session, media_id)
            if by_hand is not None:
                given = NOW - _aged(chance)
                session.add(
                    SetClass(
                        media_id=media_id,
                        retention_class=by_hand,
                        reason="a test",
                        set_by="anna",
                        set_at=given,
                    )
                )
    with database.read() as session:
        kept = db.retention.of(session, ids)
        for only in [{name} for name in RetentionClass] + [set(RetentionClass)]:
            cutoffs = {name: at for name, at in CUTOFFS.items() if name in only}
            wanted = {
                media_id
                for media_id, each in kept.items()
                if each.retention_class in only and each.since <= CUTOFFS[each.retention_class]
            }
            found = {each.id for each in db.retention.due(session, cutoffs, 1000, None).items}
            assert found == wanted
            assert wanted


def test_what_is_void_is_looked_up_by_that(database: Database) -> None:
    """Not among all items, each of which would be asked for its class."""
    if database.is_sqlite:
        cutoffs = {RetentionClass.VOID: NOW}
        plan = plan_of(database, lambda session: db.retention.due(session, cutoffs, 100, None))
        assert [each for each in plan if "ix_verifications_status" in each]
