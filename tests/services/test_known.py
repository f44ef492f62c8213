import threading

from sqlalchemy.orm import Session

from app import db
from app.access import SYSTEM
from app.core.media import MediaKind
from app.db import Database
from app.db.media import Media
from app.schemas.enums import CollectionKind
from app.services import collections, known
from tests.meanwhile import meanwhile, take_turn
from tests.records import is_searched_as_known
from tests.uploads import store_fingerprint


def an_item(session: Session) -> str:
    media = Media(
        sha256="0" * 64, kind=MediaKind.VIDEO, size_bytes=1, filename="a", content_type="video/mp4"
    )
    session.add(media)
    session.flush()
    return media.id


def test_a_newer_fingerprint_takes_the_older_ones_place(database: Database) -> None:
    with database.write() as session:
        item = an_item(session)
        archive = collections.create(session, "archive", "Archive", CollectionKind.ARCHIVE, SYSTEM)
        collections.add(session, archive, item, SYSTEM)
        assert db.known.last_seq(session) == 0
        first = store_fingerprint(session, item)
        known.shelve(session, item)
        second = store_fingerprint(session, item, algorithm="newer")
        known.shelve(session, item)
        assert not is_searched_as_known(session, first)
        assert is_searched_as_known(session, second)
        last = db.known.last_seq(session)
        known.shelve(session, item)
        assert db.known.last_seq(session) == last == 3


def test_a_membership_and_a_fingerprint_at_once_do_not_miss_each_other(
    database: Database,
) -> None:
    with database.write() as session:
        item = an_item(session)
        collections.create(session, "archive", "Archive", CollectionKind.ARCHIVE, SYSTEM)
    together = threading.Barrier(2)

    def join() -> None:
        together.wait()
        with database.write() as session:
            collections.add(session, collections.get(session, "archive"), item, SYSTEM)

    joining = threading.Thread(target=join)
    joining.start()
    together.wait()
    with database.write() as session:
        # Before any row is locked, as workers do.
        db.in_commit_order(session)
        number = store_fingerprint(session, item)
        known.shelve(session, item)
    joining.join()
    with database.read() as session:
        assert is_searched_as_known(session, number)


def test_a_membership_waits_for_its_turn_without_blocking_others(
    database: Database,
) -> None:
    with database.write() as session:
        item = an_item(session)
        collections.create(session, "archive", "Archive", CollectionKind.ARCHIVE, SYSTEM)

    def change() -> None:
        with database.write() as session:
            found = collections.get(session, "archive")
            collections.add(session, found, item, SYSTEM)
            collections.remove(session, found, item, SYSTEM)

    with database.write() as session:
        take_turn(session)
        joining = meanwhile(change)
        collections.add(session, collections.get(session, "archive"), item, SYSTEM)
        assert db.processing.unfinished(session, item)
    joining.result(20)


def test_what_is_common_never_alerts_whatever_else_it_is_in(database: Database) -> None:
    with database.write() as session:
        item = an_item(session)
        archive = collections.create(session, "archive", "Archive", CollectionKind.ARCHIVE, SYSTEM)
        idents = collections.create(session, "idents", "Idents", CollectionKind.COMMON, SYSTEM)
        collections.add(session, archive, item, SYSTEM)
        assert db.shelves.worth_an_alert(session, [item]) == {item}
        collections.add(session, idents, item, SYSTEM)
        assert db.shelves.worth_an_alert(session, [item]) == set()
