"""What a file's own credentials say of how it was made: in its report, and in what is published."""

from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app import services
from app.access import Role
from app.bootstrap import Parts
from app.db import Database
from app.pages import media_review
from app.schemas.enums import VerificationStatus
from app.schemas.publications import PublicationRequest
from app.services import processing, provenance
from app.services.bench import LocalBench
from tests.pages.test_html import Seen
from tests.pages.vocabulary import faults
from tests.services.publishing import DESK, EDITOR, conclude, look
from tests.signing import AI, CAMERA, Authority, flipped
from tests.uploads import upload

Arrive = Callable[[Path], str]


@pytest.fixture
def arrive(parts: Parts, client: TestClient, bench: LocalBench) -> Arrive:
    """Upload a clip and read everything that there is to read of it; gives its id."""

    def send(clip: Path) -> str:
        media_id: str = upload(client, clip.read_bytes(), clip.name).json()["id"]
        processing.process(parts.database, bench, media_id)
        provenance.read(parts.database, bench, media_id)
        with parts.database.write() as session:
            look(session, media_id)
            conclude(session, media_id, VerificationStatus.UNVERIFIED)
        return media_id

    return send


def published_source(database: Database, media_id: str) -> str | None:
    with database.read() as session:
        seen = services.publication_views.preview(session, media_id, PublicationRequest(), DESK)
    document = media_review.document(seen.review)
    assert faults(document) == []
    source: str | None = document["itemReviewed"]["mediaItemAppearance"][0].get("digitalSourceType")
    return source


def test_what_ai_made_is_told_where_its_credentials_hold(
    database: Database,
    arrive: Arrive,
    clips: tuple[Path, Path],
    client_as: Callable[[Role], TestClient],
) -> None:
    lab, clip = Authority.new("Lab"), clips[0]
    made, filmed = (clip.with_name(name) for name in ("made.mp4", "filmed.mp4"))
    lab.sign(clip, made, "video/mp4", source_type=AI)
    lab.sign(clip, filmed, "video/mp4", source_type=CAMERA)
    by_ai, by_camera = arrive(made), arrive(filmed)
    changed = arrive(flipped(made, clip.with_name("changed.mp4")))
    wanted = "https://schema.org/TrainedAlgorithmicMediaDigitalSource"
    assert [published_source(database, each) for each in (by_ai, by_camera, changed)] == [
        wanted,
        None,
        None,
    ]
    page = client_as(Role.VERIFIER).get(f"/v1/media/{by_ai}/report.html")
    text = Seen(page.text).text
    for said in (
        "What the file says of itself",
        "AI disclosed",
        "Lab signer",
        "not on a trust list",
    ):
        assert said in text, said


def test_a_source_may_say_so_itself(
    database: Database, arrive: Arrive, clips: tuple[Path, Path]
) -> None:
    media_id = arrive(clips[0])
    assert published_source(database, media_id) is None
    choices = {"source_discloses": "CompositeSyntheticDigitalSource"}
    with database.write() as session:
        record = services.verifications.take(session, media_id)
        wanted = PublicationRequest.model_validate(choices)
        review = services.publication.publish(session, record, wanted, DESK, EDITOR)
    assert review.appearances[0].digital_source == "CompositeSyntheticDigitalSource"
