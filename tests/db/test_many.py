"""Lists longer than a database takes in one statement."""

from app import db
from app.access import SYSTEM
from app.bootstrap import Parts
from app.db import Database
from app.schemas.enums import CollectionKind
from app.services import collections, item_hashes
from tests.listing import add_hashed
from tests.records import add_item
from tests.uploads import store_fingerprint

MANY = 300_000


def test_a_search_may_hit_any_number_of_items(database: Database) -> None:
    with database.write() as session:
        item = add_item(session)
        number = store_fingerprint(session, item)
        idents = collections.create(session, "idents", "Idents", CollectionKind.COMMON, SYSTEM)
        collections.add(session, idents, item, SYSTEM)
    with database.read() as session:
        assert db.fingerprints.media_of(session, range(MANY)) == {number: item}
        many = [item, *(str(each) for each in range(MANY))]
        assert db.collections.in_common(session, many) == {item}


def test_a_hash_may_be_like_those_of_any_number_of_items(database: Database, parts: Parts) -> None:
    with database.write() as session:
        item = add_hashed(session, 1)
    assert item_hashes.take(database, parts.blobs, item)
    with database.read() as session:
        [found] = db.item_hashes.living(session, range(MANY)).values()
    assert found.id == item
