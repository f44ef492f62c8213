"""What goes out of a record, and what never does."""

import json

import pytest

from app import db, services
from app.core.policy import Relation
from app.db import Database
from app.pages import media_review
from tests.pages.vocabulary import faults
from tests.records import add_item, add_match, claim, find_out
from tests.services.publishing import (
    EDITOR,
    WORDING,
    Publish,
    confirm,
    publishable_item,
    publisher,
    say,
)


@pytest.fixture
def item(database: Database) -> str:
    return publishable_item(database)


@pytest.fixture
def publish(database: Database, item: str) -> Publish:
    return publisher(database, item)


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("https://t.example/src/5", "https://t.example/src/5/"),
        ("https://t.example/src/5", "http://t.example/src/5"),
        ("https://t.example/src/5", "https://WWW.T.example:443/Src/5?single#c"),
        ("https://t.example/src/5", "https://t.example/%73rc//5"),
        ("https://t.example/src/5", "https://archive.example/2025/https://t.example/src/5"),
        ("https://t.example/src/5", "https://r.example/?to=https%3A%2F%2Ft.example%2Fsrc%2F5"),
        ("https://v.example/watch?v=a", "https://m.v.example/watch?t=1&v=a"),
        ("https://müller.example", "https://xn--mller-kva.example/?p=5"),
        ("https://[", None),
    ],
)
def test_where_a_protected_source_spoke_stays_hidden_however_it_is_written(
    database: Database, item: str, publish: Publish, source: str, written: str | None
) -> None:
    with database.write() as session:
        say(session, item, {"name": "A neighbour", "protected": True}, link=source)
        for ref in filter(None, (written, "https://t.example/src/56")):
            say(session, item, {"name": "AFP", "kind": "media"}, link=ref)
    assert [each.url for each in publish().citations] == ["https://t.example/src/56"]


def test_it_says_what_the_record_holds_and_nothing_more(
    database: Database, item: str, publish: Publish
) -> None:
    hidden = "https://secret.example/source"
    with database.write() as session:
        find_out(
            session,
            item,
            "provenance",
            "probable",
            value={"earliest_known": {"url": "https://t.example/sbu/1"}},
            method=["reverse_search", "I asked Pak's sister on the phone"],
        )
        find_out(
            session,
            item,
            "location",
            value={"text": "Kyiv, cell 4", "lat": 50.4501, "lon": 130.52},
            evidence=[{"kind": "url", "ref": hidden}, {"kind": "url", "ref": "http://10.0.0.7/a"}],
            limits="interior only",
        )
        find_out(session, item, "source", value={"released_by": "SBU", "relation": "handout"})
        find_out(session, item, "motivation", "not_assessed")
        supported = claim(session, item)
        claim(session, item, "One had no papers")
        say(
            session,
            item,
            {"name": "NIS", "kind": "state_agency"},
            about="claim",
            target_id=supported,
            statement="we helped to question them",
            link="https://agency.example/nis",
            quoted_via="AFP",
        )
        say(session, item, {"name": "A neighbour", "protected": True}, link=hidden)
        witness = {"name": "Ms Lim", "kind": "witness"}
        say(session, item, witness, link="https://social.example/w")
        noted = services.verifications.take(session, item)
        services.notes.write(session, noted.media_id, "Pak is afraid", EDITOR)
    review = publish(description="Two men in a cell")
    assert review.original_link == "https://t.example/sbu/1"
    assert [(c.pillar, c.verdict, c.methods) for c in review.checks] == [
        ("provenance", "probable", ("reverse_search",)),
        ("source", "confirmed", ()),
        ("location", "confirmed", ()),
    ]
    assert [each.text for each in review.claims] == ["Two soldiers were captured"]
    assert [(each.name, each.url) for each in review.citations] == [
        ("AFP", "https://agency.example/nis")
    ]
    assert (review.creator, review.wording) == ("SBU", WORDING)
    document = media_review.document(review)
    assert faults(document) == []
    said = json.dumps(document)
    for secret in (
        "Pak",
        "Lim",
        "secret.example",
        "neighbour",
        "130.52",
        "Kyiv",
        "friend",
        "10.0.0",
        "question them",
        "interior only",
        "producer",
        "kim",
        item,
    ):
        assert secret not in said, secret
    assert "sha256" not in said


def test_what_a_finding_rests_on_is_cited_but_where_a_protected_source_spoke(
    database: Database, item: str, publish: Publish
) -> None:
    hidden = "https://secret.example/source"
    maps = "https://maps.example/cell"
    archived = "https://archive.example/2"
    proofs = [
        {"kind": "url", "ref": maps, "archive_url": archived},
        {"kind": "url", "ref": "https://sat.example/1", "archive_url": hidden},
        {"kind": "url", "ref": f"{hidden}/"},
        {"kind": "url", "ref": "https://agency.example/nis"},
    ]
    with database.write() as session:
        find_out(session, item, "location", evidence=proofs)
        say(session, item, {"name": "A neighbour", "protected": True}, link=hidden)
        say(session, item, {"name": "NIS", "kind": "state_agency"}, link=proofs[3]["ref"])
    cited = [(each.name, each.url, each.archive_url) for each in publish().citations]
    assert cited == [
        ("NIS", "https://agency.example/nis", None),
        ("maps.example", maps, archived),
        ("sat.example", "https://sat.example/1", None),
    ]


def test_a_hash_is_named_only_where_the_editor_says_so(
    database: Database, item: str, publish: Publish
) -> None:
    with database.write() as session:
        sha256 = db.media.by_ids(session, [item])[item].sha256
    assert sha256 not in publish().model_dump_json()
    assert publish(publish_hash=True).appearances[0].sha256 == sha256


def test_confirmed_copies_come_along_and_edits_do_not(
    database: Database, item: str, publish: Publish
) -> None:
    with database.write() as session:
        copy, edited, guessed = (add_item(session) for _ in range(3))
        confirm(session, copy, item)
        confirm(session, item, edited, Relation.EDITED)
        add_match(session, item, guessed)
    files = publish(codes=["EditedOrCroppedContent"]).appearances
    assert [each.description for each in files] == ["The file that was checked", "A confirmed copy"]
    assert [(clip.start_ms, clip.end_ms, clip.description) for clip in files[0].clips] == [
        (0, 6000, "Also in other footage (picture): mirrored, cropped to 60 % × 60 %")
    ]
    corrected = publish(codes=["OriginalMediaContent"], correction_text="It is not cropped.")
    assert corrected.appearances[0].clips == ()
