import pytest

from app import db
from app.access import SYSTEM
from app.core.matches import Match
from app.core.policy import Grade, Relation
from app.db import Database
from app.schemas.enums import CollectionKind, EventType, MatchFound, Shelf
from app.services import collections, recording
from app.services.heavy import Found, Hit
from tests.records import add_item, make_known


def found(known: str) -> Found:
    match = Match(0, Relation.EXCERPT, Grade.CERTAIN, 0.95, 1.0, 0.1, segments=(), evidence=())
    return Found((Hit(known, match, Shelf.KNOWN),), "a", 1, 0, as_of_seq=1)


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
