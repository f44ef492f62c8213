"""What is told of an import costs what its own items cost, not what ever happened at the desk."""

from sqlalchemy.orm import Session

from app import db
from app.access import Role
from app.db import Database
from app.db.events import Event
from app.db.import_items import ImportItem
from app.db.imports import Import
from app.schemas.enums import EventType
from app.schemas.import_enums import ImportItemState, ImportKind
from tests.db.plans import plan_of
from tests.records import add_item, add_match


def _imported(session: Session) -> tuple[str, str]:
    """An import of one item; gives both ids."""
    made = Import(
        kind=ImportKind.FOLDER,
        root="/",
        path="/",
        options={},
        ordered_by="me",
        ordered_by_name="me",
        ordered_by_role=Role.ADMIN,
    )
    media_id = add_item(session)
    session.add(made)
    session.flush()
    session.add(
        ImportItem(import_id=made.id, path="1", media_id=media_id, state=ImportItemState.ADDED)
    )
    return made.id, media_id


def _tell_of_the_past(session: Session, older: str, known: str) -> None:
    kind = EventType.MATCH_FOUND_RETROACTIVELY
    session.add(Event(type=kind, media_id=older, data={"known_id": known}))
    session.flush()


def test_alerts_about_the_past_are_counted_whichever_item_was_searched_for(
    database: Database,
) -> None:
    with database.write() as session:
        import_id, known = _imported(session)
        earlier, verdict, other = (add_item(session) for _ in range(3))
        add_match(session, earlier, known)
        add_match(session, known, verdict)
        for older in (earlier, verdict):
            _tell_of_the_past(session, older, known)
        _tell_of_the_past(session, earlier, other)
        assert db.import_items.retro_matches(session, import_id) == 2


def test_no_other_events_are_read_to_count_them(database: Database) -> None:
    if database.is_sqlite:
        plan = plan_of(database, lambda session: db.import_items.retro_matches(session, "any"))
        assert [each for each in plan if "SCAN events" in each] == []
