"""Known material, alerts and the audit chain as pages."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from app import db
from app.access import Role
from app.bootstrap import Parts
from app.db import Database
from app.desk import audit, known
from app.schemas.audit import FixityOutcome
from app.schemas.enums import DeliveryState
from app.schemas.import_enums import ImportItemState, ImportKind, ImportState
from app.schemas.imports import NewImport
from app.services import deliveries, imports, webhooks
from app.settings import Settings
from tests.desks import arrive, damage
from tests.records import actor_of

type BrowserOf = Callable[[Role], TestClient]

ENDPOINT = {"url": "http://127.0.0.1:9/hook", "events|lines": "match.*\nnote.added"}


def test_a_collection_is_made_and_shown(database: Database, browser_of: BrowserOf) -> None:
    verifier = browser_of(Role.VERIFIER)
    wanted = {"which": "collection", "slug": "archive", "title": "Our <archive>", "kind": "archive"}
    assert verifier.post("/desk/known/collections", data=wanted).status_code == 303
    assert "Our &lt;archive&gt;" in verifier.get("/desk/known").text
    assert verifier.get("/desk/known/collections/archive").status_code == 200
    again = verifier.post("/desk/known/collections", data=wanted)
    assert again.status_code == 409
    assert 'value="archive"' in again.text
    odd = verifier.post("/desk/known/collections", data={**wanted, "slug": "No Slug"})
    assert odd.status_code == 422
    refused = browser_of(Role.VIEWER).post("/desk/known/collections", data=wanted)
    assert refused.status_code == 403


def test_lists_of_known_material_go_on(
    parts: Parts, browser_of: BrowserOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known, "MOST_COLLECTIONS", 1)
    monkeypatch.setattr(known, "IMPORTS_SHOWN", 1)
    admin = browser_of(Role.ADMIN)
    for slug in ("archive", "bureau"):
        collection = {"slug": slug, "title": slug.title(), "kind": "archive"}
        admin.post("/desk/known/collections", data=collection)
    orders = [ordered(parts, tmp_path) for _ in range(2)]
    page = admin.get("/desk/known").text
    for name, seen in (("after", "/collections/"), ("imports_after", "/imports/")):
        following = re.search(rf'href="(\?{name}=[^"#]+)', page)
        assert following
        shown = re.findall(rf"/desk/known{seen}(\w+)\"", page)
        later = re.findall(
            rf"/desk/known{seen}(\w+)\"", admin.get(f"/desk/known{following[1]}").text
        )
        assert sorted(shown + later) in (["archive", "bureau"], sorted(orders))


def test_an_import_is_ordered_from_allowed_folders_only(
    parts: Parts, browser_of: BrowserOf, tmp_path: Path
) -> None:
    admin = browser_of(Role.ADMIN)
    collection = {"slug": "archive", "title": "Archive", "kind": "archive"}
    admin.post("/desk/known/collections", data=collection)
    wanted = {"which": "import", "kind": "folder", "path": str(tmp_path), "collection": "archive"}
    answer = admin.post("/desk/known/imports", data=wanted)
    assert answer.status_code == 422
    assert 'id="refusal"' in answer.text
    assert browser_of(Role.VIEWER).post("/desk/known/imports", data=wanted).status_code == 403


def test_a_refused_import_keeps_where_it_goes_and_that_it_watches(
    browser_of: BrowserOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = browser_of(Role.ADMIN)
    monkeypatch.setattr(Settings, "import_roots", (tmp_path,))
    for slug in ("agency", "archive"):
        collection = {"slug": slug, "title": slug.title(), "kind": "archive"}
        admin.post("/desk/known/collections", data=collection)
    wanted = {"which": "import", "kind": "folder", "path": str(tmp_path / "none")}
    chosen = []
    for slug in ("agency", "archive"):
        data = {**wanted, "collection": slug, "options.watch": "true"}
        refused = admin.post("/desk/known/imports", data=data)
        assert refused.status_code == 422
        chosen += re.findall(r'<option value="(\w+)" selected>A', refused.text)
        assert re.search(r'name="options.watch" value="true" checked', refused.text)
    assert chosen == ["agency", "archive"]


def test_an_import_is_shown_with_all_that_failed_and_is_ended(
    parts: Parts, browser_of: BrowserOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known, "PROBLEMS_SHOWN", 2)
    admin = browser_of(Role.ADMIN)
    collection = {"slug": "archive", "title": "Archive", "kind": "archive"}
    admin.post("/desk/known/collections", data=collection)
    import_id = ordered(parts, tmp_path)
    address = f"/desk/known/imports/{import_id}"
    page = admin.get(address).text
    polled = page[page.index('id="import"') :]
    assert 'hx-trigger="every 2s"' in polled
    assert "Failed or left out (3)" in polled
    assert "entering" in polled
    assert "one.mp4" in page
    assert "three.mp4" not in page
    following = re.search(r'href="(\?cursor=[^"]+)"', page)
    assert following
    later = admin.get(address + following[1]).text
    assert "three.mp4" in later
    assert f'hx-get="{address}?cursor=' in later
    assert admin.post(f"{address}/cancel").headers["location"] == "/desk/known"
    ended = admin.get(address).text
    assert "every 2s" not in ended
    assert browser_of(Role.VIEWER).post(f"{address}/cancel").status_code == 403


def ordered(parts: Parts, folder: Path) -> str:
    """An import under way of which three files failed or were left out."""
    wanted = NewImport(kind=ImportKind.FOLDER, path=str(folder), collection="archive")
    place = imports.place_of(str(folder), [folder])
    with parts.database.write() as session:
        made = imports.order(session, wanted, place, actor_of(Role.ADMIN, "importer"))
        made.state = ImportState.ENTERING
        failed, skipped = ImportItemState.FAILED, ImportItemState.SKIPPED
        rows = [("one.mp4", failed), ("two.mp4", skipped), ("three.mp4", failed)]
        db.import_items.add(
            session,
            [
                {
                    "import_id": made.id,
                    "path": name,
                    "state": state,
                    "code": "corrupt",
                    "error": "x",
                }
                for name, state in rows
            ],
        )
        return made.id


def test_a_receiver_is_added_tested_paused_and_removed(
    database: Database, browser_of: BrowserOf
) -> None:
    admin = browser_of(Role.ADMIN)
    made = admin.post("/desk/alerts/endpoints", data=ENDPOINT)
    secret = re.search(r"whsec_[\w+/=-]+", made.text)
    assert secret
    page = admin.get("/desk/alerts").text
    assert "match.*, note.added" in page
    assert secret[0] not in page
    with database.read() as session:
        endpoint_id = webhooks.listing(session, 10, None).items[0].id
    own = f"/desk/alerts/endpoints/{endpoint_id}"
    assert admin.post(f"{own}/test").status_code == 303
    assert "webhook.test" in admin.get("/desk/alerts").text
    rotated = re.search(r"whsec_[\w+/=-]+", admin.post(f"{own}/secret").text)
    assert rotated
    assert rotated[0] != secret[0]
    assert admin.post(f"{own}/enabled", data={"enabled": "no"}).status_code == 303
    paused = admin.post(f"{own}/test")
    assert paused.status_code == 409
    assert 'id="refusal"' in paused.text
    assert (
        f'<summary>Remove<span class="visually-hidden"> {ENDPOINT["url"]}</span></summary>' in page
    )
    assert "what still waits for it go with it" in page
    assert admin.post(f"{own}/remove").status_code == 303
    assert "Nobody is told anything yet." in admin.get("/desk/alerts").text


def test_what_was_given_up_is_sent_again(database: Database, browser_of: BrowserOf) -> None:
    admin = browser_of(Role.ADMIN)
    admin.post("/desk/alerts/endpoints", data=ENDPOINT)

    def give_up() -> tuple[str, str]:
        with database.write() as session:
            (endpoint,) = webhooks.listing(session, 2, None).items
            if not deliveries.listing(session, EVERY).items:
                deliveries.test(session, endpoint.id)
            session.execute(sa.update(db.webhooks.Delivery).values(state=DeliveryState.DEAD))
            return endpoint.id, deliveries.listing(session, EVERY).items[0].id

    def state() -> DeliveryState:
        with database.read() as session:
            return deliveries.listing(session, EVERY).items[0].state

    for act in ("/desk/alerts/deliveries/{1}/redeliver", "/desk/alerts/endpoints/{0}/redeliver"):
        address = act.format(*give_up())
        assert admin.post(address).headers["location"] == "/desk/alerts"
        assert state() is DeliveryState.PENDING
    assert admin.post("/desk/alerts/deliveries/none/redeliver").status_code == 404
    assert browser_of(Role.EDITOR).post(address).status_code == 403


def test_a_delivery_that_failed_is_said_to_be_failing(
    database: Database, browser_of: BrowserOf
) -> None:
    admin = browser_of(Role.ADMIN)
    admin.post("/desk/alerts/endpoints", data=ENDPOINT)
    with database.write() as session:
        (endpoint,) = webhooks.listing(session, 2, None).items
        made = deliveries.test(session, endpoint.id)
    assert '<span class="tag care">waiting</span>' in admin.get("/desk/alerts").text
    with database.write() as session:
        session.execute(sa.update(db.webhooks.Delivery).values(attempts=1))
    with database.read() as session:
        assert deliveries.one(session, made.id).failing
    for state in ("", "failing", "pending"):
        page = admin.get("/desk/alerts", params={"state": state}).text
        assert '<span class="tag care">failing</span>' in page
        assert '<span class="tag care">waiting</span>' not in page
    own = f"endpoint={endpoint.id}"
    page = admin.get(f"/desk/alerts?{own}").text
    assert f"to {ENDPOINT['url']}</span>" in page
    assert f'href="/desk/alerts?state=dead&amp;{own}#log"' in page
    with database.write() as session:
        deliveries.redeliver(session, made.id)
    assert '<span class="tag care">waiting</span>' in admin.get("/desk/alerts").text


EVERY = deliveries.DeliveryFilter(None, 50, None, None)


def test_only_administrators_see_alerts(browser_of: BrowserOf) -> None:
    editor = browser_of(Role.EDITOR)
    assert editor.get("/desk/alerts").status_code == 403
    assert editor.post("/desk/alerts/endpoints", data=ENDPOINT).status_code == 403


def test_the_chain_is_searched_and_verified(
    parts: Parts, database: Database, browser_of: BrowserOf
) -> None:
    auditor = browser_of(Role.AUDITOR)
    media_id = arrive(parts, b"a clip" * 99)
    page = auditor.get(f"/desk/audit?media={media_id}&since=2020-01-01&until=never").text
    assert "record.opened" in page
    assert "record.opened" in auditor.get("/desk/audit?until=9999-12-31").text
    report = auditor.post("/desk/audit/verify").text
    assert "Everything is as it was recorded." in report
    with database.write() as session:
        record = db.verifications.of_media(session, media_id)
        assert record is not None
        record.version = 9
    assert "Something is not as it was recorded." in auditor.post("/desk/audit/verify").text
    assert browser_of(Role.EDITOR).get("/desk/audit").status_code == 403


def test_entries_name_who_acted_and_why_what_was_said_is_gone(
    parts: Parts, database: Database, browser_of: BrowserOf
) -> None:
    admin = browser_of(Role.ADMIN)
    archive = {"which": "collection", "slug": "archive", "title": "Archive", "kind": "archive"}
    admin.post("/desk/known/collections", data=archive)
    media_id = arrive(parts, b"a clip" * 99)
    purged = {"authority": "data_subject", "reason": "Somebody asked for it.", "sure": "yes"}
    admin.post(f"/desk/media/{media_id}/care/purge", data=purged)
    who = admin.get("/v1/me").json()["id"]
    page = admin.get("/desk/audit").text
    assert f'<a href="/desk/audit?actor={who}" title="{who}">A admin</a>' in page
    assert "erased: somebody whom it is about" in page
    assert "erased: data_subject" not in page


def test_damaged_files_that_are_not_listed_are_told_of(
    parts: Parts, database: Database, browser_of: BrowserOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "READINGS_SHOWN", 1)
    auditor = browser_of(Role.AUDITOR)
    for number in range(2):
        media_id = arrive(parts, b"a clip %d" % number)
        with database.write() as session:
            reading = db.fixity.FixityCheck(media_id=media_id, outcome=FixityOutcome.MISSING)
            session.add(reading)
        cut = '<a href="/v1/fixity?outcome=missing">' in auditor.get("/desk/audit").text
        assert cut is bool(number)


def test_the_chain_is_shown_and_verified_beside_an_altered_checkpoint(
    parts: Parts, browser_of: BrowserOf
) -> None:
    auditor = browser_of(Role.AUDITOR)
    arrive(parts, b"content")
    parts.sealer.seal()
    damage(parts, 1)
    page = auditor.get("/desk/audit")
    assert page.status_code == 200
    assert "record.opened" in page.text
    assert "Checkpoint 1 was altered" in page.text
    report = auditor.post("/desk/audit/verify").text
    assert "Something is not as it was recorded." in report
    assert "its files are not those that the chain recorded" in report


@pytest.mark.parametrize("path", ["known", "alerts", "audit", ""])
def test_nobody_sees_pages_without_signing_in(browser: TestClient, path: str) -> None:
    answer = browser.get(f"/desk/{path}")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/desk/sign-in")
