"""What a record says of where it can go next."""

import pytest

from app import services
from app.access import Role
from app.db import Database
from app.services import gates
from tests.records import actor_of, add_item
from tests.services.statuses import APPROVAL, NOTE, E, S, V, settle


@pytest.fixture
def item(database: Database) -> str:
    with database.write() as session:
        return add_item(session)


def test_what_is_legal_depends_on_who_asks(database: Database, item: str) -> None:
    def legal(role: Role) -> set[str]:
        with database.read() as session:
            record = services.verifications.find(session, item)
            found = gates.legal(session, record, actor_of(role), four_eyes=True)
        assert all(NOTE in each.requires for each in found)
        return {each.to.value for each in found}

    assert legal(Role.VERIFIER) == legal(Role.EDITOR) == {"in_review", "void"}
    assert legal(Role.PRODUCER) == {"void"}
    assert legal(Role.VIEWER) == legal(Role.SERVICE) == set()


def test_what_is_legal_says_what_is_missing_before_one_tries(database: Database, item: str) -> None:
    settle(database, item)
    with database.read() as session:
        record = services.verifications.find(session, item)
        found = gates.legal(session, record, actor_of(V), four_eyes=True)
        alone = gates.legal(session, record, actor_of(E), four_eyes=False)
    assert {each.to: each.requires for each in found}[S.VERIFIED] == [NOTE, APPROVAL]
    assert {each.to: each.requires for each in alone}[S.VERIFIED] == [NOTE]
