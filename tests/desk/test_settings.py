"""The settings of the desk as a page: trust lists, what is due, what is held."""

import hashlib
import re
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from app import db
from app.access import Role
from app.db import Database
from app.schemas.holds import NewHold
from app.schemas.privacy_enums import PurgeAuthority, RetentionClass
from app.schemas.purging import NewPurgeProposal
from app.schemas.retention import RetentionChange
from app.services import (
    holds,
    purge_proposals,
    restricted_terms,
    retention,
    settings_page,
    verifications,
)
from tests.desk.test_items import ADMIN, ready
from tests.records import actor_of
from tests.signing import Authority

VERIFIER = actor_of(Role.VERIFIER)

type BrowserOf = Callable[[Role], TestClient]


@pytest.fixture(scope="module")
def lab() -> Authority:
    return Authority.new("Lab")


def bring(browser: TestClient, pem: bytes, **changed: str) -> Response:
    fields = {"which": "list", "name": "Lab", "kind": "local", "dated": "2026-08-21", **changed}
    files = {"file": ("lab.pem", pem)}
    return browser.post("/desk/settings/trust-lists", data=fields, files=files)


def settings(browser: TestClient, query: str = "") -> str:
    answer = browser.get(f"/desk/settings{query}")
    assert answer.status_code == 200
    return answer.text


def test_a_trust_list_is_imported_shown_and_taken_out(
    database: Database, browser_of: BrowserOf, lab: Authority
) -> None:
    admin = browser_of(Role.ADMIN)
    assert "every signer is unknown" in settings(admin)
    assert bring(admin, lab.root).status_code == 303
    page = settings(admin)
    assert "CN=Lab root" in page
    assert "of 2026-08-21" in page
    with database.read() as session:
        (kept,) = db.trust_lists.in_force(session)
    assert hashlib.sha256(lab.root).hexdigest() == kept.sha256
    assert kept.sha256 in page
    assert "Signers that it alone vouches for are unknown from then on" in page
    gone = admin.post(f"/desk/settings/trust-lists/{kept.id}/remove")
    assert gone.status_code == 303
    assert ">removed<" in settings(admin)
    with database.read() as session:
        assert db.trust_lists.in_force(session) == []
    assert admin.post("/desk/settings/trust-lists/none/remove").status_code == 404


def test_a_list_with_names_in_any_letters_is_imported(
    database: Database, browser_of: BrowserOf, lab: Authority
) -> None:
    pem = "# NetLock Arany Főtanúsítvány\r\n".encode() + lab.root
    assert bring(browser_of(Role.ADMIN), pem).status_code == 303
    with database.read() as session:
        (kept,) = db.trust_lists.in_force(session)
    assert kept.sha256 == hashlib.sha256(pem).hexdigest()


def test_what_is_no_list_is_refused_in_place(
    database: Database, browser_of: BrowserOf, lab: Authority
) -> None:
    admin = browser_of(Role.ADMIN)
    for pem, status in ((b"\xff\xd8\xff", 422), (b"no certificate", 422), (lab.signer, 422)):
        refused = bring(admin, pem, name="Mine")
        assert (refused.status_code, 'id="refusal"' in refused.text) == (status, True)
        assert 'value="Mine"' in refused.text
    bring(admin, lab.root)
    assert bring(admin, lab.root).status_code == 409
    assert bring(admin, lab.root, name="").status_code == 422
    assert admin.post("/desk/settings/trust-lists", data={"name": "x"}).status_code == 422


def test_what_is_due_and_what_is_held_is_listed(database: Database, browser_of: BrowserOf) -> None:
    media_id, other = ready(database, "A joke"), ready(database, "Kept for the court")
    with database.write() as session:
        record = verifications.take(session, media_id)
        change = RetentionChange(retention_class=RetentionClass.VOID, reason="It is none.")
        retention.change(session, record, change, ADMIN)
        holds.place(session, NewHold(media_id=other, reason="Order 12/26."), ADMIN)
    auditor = browser_of(Role.AUDITOR)
    page = settings(auditor)
    due, _, held = page.partition('id="held"')
    assert re.search(rf'href="/desk/media/{media_id}/care">A joke<', due)
    assert "Kept for the court" in held
    assert "Order 12/26." in held
    assert "Import a list" not in page
    assert "A joke" not in settings(auditor, "?within=1")
    assert auditor.get("/desk/settings?within=-1").status_code == 422


def test_lists_that_are_cut_say_so_and_where_the_rest_is(
    database: Database, browser_of: BrowserOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = [ready(database, title) for title in ("One", "Two")]
    with database.write() as session:
        for each in items:
            record = verifications.take(session, each)
            wanted = NewPurgeProposal(authority=PurgeAuthority.DESK, reason="It is none.")
            purge_proposals.propose(session, record, wanted, VERIFIER)
            holds.place(session, NewHold(media_id=each, reason="Order 12/26."), ADMIN)
    admin = browser_of(Role.ADMIN)
    assert "These are the" not in settings(admin)
    monkeypatch.setattr(settings_page, "MOST", 1)
    _, _, rest = settings(admin).partition('id="proposed"')
    proposed, _, held = rest.partition('id="held"')
    assert 'These are the first 1; there are more. <a href="/v1/purge-proposals">' in proposed
    assert 'These are the newest 1; there are earlier ones. <a href="/v1/holds">' in held


def test_who_may_see_and_change_them(browser_of: BrowserOf, lab: Authority) -> None:
    assert browser_of(Role.EDITOR).get("/desk/settings").status_code == 403
    assert bring(browser_of(Role.AUDITOR), lab.root).status_code == 403


def test_who_asks_what_is_held_about_them_is_told_where(
    database: Database, browser_of: BrowserOf
) -> None:
    media_id, admin = ready(database), browser_of(Role.ADMIN)
    with database.write() as session:
        record = verifications.take(session, media_id)
        restricted_terms.replace(session, record, ["Kim Chol-su"], ADMIN)
    found = admin.post("/desk/settings/subject", data={"name": "KIM CHOLSU"})
    assert found.status_code == 200
    assert f"/desk/media/{media_id}/record" in found.text
    nobody = admin.post("/desk/settings/subject", data={"name": "<b>Nobody</b>"})
    assert "Nothing that people wrote names it." in nobody.text
    assert "<b>Nobody" not in nobody.text
    assert admin.post("/desk/settings/subject", data={"name": "–––"}).status_code == 422
    refused = browser_of(Role.AUDITOR).post("/desk/settings/subject", data={"name": "Kim"})
    assert refused.status_code == 403
