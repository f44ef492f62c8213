from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from app.access import Role
from app.db import Database
from tests.desk.test_items import ready


def test_a_refusal_goes_beside_the_part_that_htmx_would_replace(
    database: Database, browser_of: Callable[[Role], TestClient]
) -> None:
    media_id, viewer = ready(database), browser_of(Role.VIEWER)
    form = {"pillar": "date", "verdict": "unclear"}
    to = f"/desk/media/{media_id}/record/findings"
    answer = viewer.post(to, data=form, headers={"HX-Request": "true"})
    assert (answer.status_code, "<main" in answer.text) == (403, False)
    aside = {name: answer.headers[f"hx-{name}"] for name in ("retarget", "reselect", "reswap")}
    assert aside == {"retarget": "#said", "reselect": ".refused", "reswap": "innerHTML"}
    assert 'class="refused"' in answer.text
    page = viewer.post(to, data=form)
    assert 'id="said" role="alert"' in page.text
    assert "hx-retarget" not in page.headers


@pytest.mark.parametrize(
    ("sent", "page"),
    [
        ("matches/some/clear", "matches/some"),
        ("matches/some/review/undo", "matches/some"),
        ("media/some/clear", "media/some"),
        ("media/some/collections/archive/leave", "media/some"),
        ("media/some/record/notes", "media/some/record"),
        ("media/some/record/publication/preview", "media/some/record"),
        ("media/some/care/holds/one/release", "media/some/care"),
    ],
)
def test_the_address_of_a_form_leads_to_its_page(
    browser_of: Callable[[Role], TestClient], sent: str, page: str
) -> None:
    viewer = browser_of(Role.VIEWER)
    answer = viewer.get(f"/desk/{sent}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/desk/{page}")
    by_script = viewer.get(f"/desk/{sent}", headers={"HX-Request": "true"})
    assert by_script.status_code == 405
