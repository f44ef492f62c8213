from dataclasses import replace

import pytest

from app import db
from app.access import SYSTEM
from app.core.matches import Match
from app.core.policy import Grade, Relation
from app.db import Database
from app.schemas.enums import CollectionKind, EventType, MatchFound, Shelf, VerificationStatus
from app.services import collections, known, recording
from app.services.heavy import Found, Hit
from tests.records import add_item, make_known, put_at
from tests.uploads import store_fingerprint


def found(other: str, against: Shelf = Shelf.KNOWN) -> Found:
    match = Match(0, Relation.EXCERPT, Grade.CERTAIN, 0.95, 1.0, 0.1, segments=(), evidence=())
    return Found((Hit(other, match, against),), "a", 1, 0, as_of_seq=1)


TOLD = {
    MatchFound.UPLOAD: EventType.MATCH_FOUND,
    MatchFound.RETROACTIVE: EventType.MATCH_FOUND_RETROACTIVELY,
}


@pytest.mark.parametrize("how", TOLD)
def test_where_an_ident_occurs_is_no_news(database: Database, how: MatchFound) -> None:
    with database.write() as session:
        ident, clip, programme = (add_item(session) for _ in range(3))
        make_known(session, programme)
        idents = collections.create(session, "idents", "Idents", CollectionKind.COMMON, SYSTEM)
        collections.add(session, idents, ident, SYSTEM)
        for query in (ident, clip):
            recording.record(session, query, found(programme), how)
        told = db.events.after(session, 0, 100, TOLD[how], None)
    assert [each.media_id for each in told] == [clip]


@pytest.mark.parametrize("hits", [0, 1])
def test_what_became_comparable_is_missed_until_everything_is_searched(
    database: Database, hits: int
) -> None:
    with database.write() as session:
        item, lead = add_item(session), make_known(session, add_item(session))
        nothing = replace(found(lead), hits=())
        recording.record(session, item, replace(nothing, not_comparable=3), MatchFound.UPLOAD)
    with database.write() as session:
        part = replace(found(lead), hits=found(lead).hits[:hits], as_of_seq=9, is_whole=False)
        if hits:
            recording.record(session, item, part, MatchFound.RETROACTIVE)
        else:
            recording.record_nothing_new(session, item, part)
    with database.write() as session:
        search = db.searches.of_media(session, item)
        assert search is not None
        assert (search.missed_after, search.not_comparable) == (1, 0)
        whole = replace(nothing, as_of_seq=9)
        recording.record(session, item, whole, MatchFound.RETROACTIVE)
        assert not search.incomplete


def test_what_explains_an_upload_is_known_material(database: Database) -> None:
    with database.write() as session:
        older = add_item(session)
        store_fingerprint(session, older)
        known.shelve(session, older)
        put_at(session, older, VerificationStatus.IN_REVIEW)
        source = add_item(session)
        store_fingerprint(session, source)
        known.shelve(session, source)
        # It becomes known while it is searched for among uploads.
        make_known(session, source)
        recording.record(session, source, found(older, Shelf.UPLOAD), MatchFound.UPLOAD)
        told = EventType.MATCH_FOUND_RETROACTIVELY
        [event] = db.events.after(session, 0, 100, told, None)
    data = event.data
    assert (event.media_id, data["known_id"], data["against"]) == (older, source, Shelf.KNOWN)
