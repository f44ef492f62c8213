"""Related verdicts: shown beside a record with the seconds in common, inherited by nobody."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from app import db, services
from app.access import SYSTEM, Role
from app.bootstrap import Parts
from app.core.media import MediaKind
from app.core.policy import Grade
from app.db import Database
from app.schemas.enums import CollectionKind, ReviewDecision, VerificationStatus
from app.schemas.matches import ReviewRequest, Span
from app.schemas.related import RelatedVerdict
from app.services import collections, shredding
from app.services.related import LINKS_MAX, Stretch, carried, overlap
from app.services.shredding import Shredder
from tests.records import PURGE, actor_of, add_item, add_match, put_at

S = VerificationStatus


@pytest.fixture
def items(database: Database) -> tuple[str, str, str]:
    """An upload, the known item that it shows, and another upload."""
    with database.write() as session:
        return add_item(session), add_item(session, title="SBU hand-out"), add_item(session)


def _related(database: Database, item: str) -> list[RelatedVerdict]:
    with database.read() as session:
        return services.records.read(session, item, actor_of(Role.VIEWER)).related_verdicts


def _match(database: Database, query: str, known: str, **changes: Any) -> str:
    with database.write() as session:
        match_id = add_match(session, query, known)
        match = db.matches.find(session, match_id)
        assert match is not None
        for name, value in changes.items():
            setattr(match, name, value)
    return match_id


def _at(database: Database, item: str, status: VerificationStatus) -> None:
    with database.write() as session:
        put_at(session, item, status)


def _segments(
    query: tuple[int, int], known: tuple[int, int], modality: str
) -> list[dict[str, Any]]:
    return [
        {
            "query": {"start_ms": query[0], "end_ms": query[1]},
            "known": {"start_ms": known[0], "end_ms": known[1]},
            "modality": modality,
            "speed": 1.0,
            "score": 0.8,
            "transforms": [],
        }
    ]


def test_the_verdict_of_what_an_item_matches_is_shown_from_both_ends(
    database: Database, items: tuple[str, str, str]
) -> None:
    upload, known, _ = items
    match = _match(database, upload, known)
    assert _related(database, upload) == [], "nobody has said anything yet"
    _at(database, known, S.MISLEADING)
    (shown,) = _related(database, upload)
    assert (shown.media_id, shown.status, shown.title) == (known, "misleading", "SBU hand-out")
    assert shown.kind is MediaKind.VIDEO
    assert (shown.relation, shown.match_id, shown.through) == ("excerpt", match, None)
    assert shown.transforms == ["crop", "mirror"]
    (segment,) = shown.segments
    assert (segment.own, segment.other) == (
        Span(start_ms=0, end_ms=6000),
        Span(start_ms=20_100, end_ms=26_100),
    )
    with database.read() as session:
        assert services.verifications.find(session, upload).status == "unreviewed"
    _at(database, known, S.UNREVIEWED)
    _at(database, upload, S.VERIFIED)
    (back,) = _related(database, known)
    assert (back.media_id, back.segments[0].own) == (upload, Span(start_ms=20_100, end_ms=26_100))


def test_two_uploads_of_one_known_item_are_related_where_they_overlap(
    database: Database, items: tuple[str, str, str]
) -> None:
    first, known, second = items
    own = _match(database, first, known, segments=_segments((0, 10_000), (20_000, 30_000), "both"))
    other = _match(
        database, second, known, segments=_segments((1_000, 6_000), (25_000, 35_000), "visual")
    )
    _at(database, second, S.UNVERIFIED)
    (shown,) = _related(database, first)
    assert (shown.media_id, shown.match_id) == (second, own)
    assert shown.through is not None
    assert (shown.through.media_id, shown.through.match_id) == (known, other)
    (segment,) = shown.segments
    assert segment.own == Span(start_ms=5_000, end_ms=10_000)
    assert segment.other == Span(start_ms=1_000, end_ms=3_500), "at half the speed"


@pytest.mark.parametrize(
    ("known_ms", "modality"), [((40_000, 50_000), "visual"), ((20_000, 30_000), "audio")]
)
def test_other_seconds_of_the_known_item_or_its_sound_alone_are_nothing_in_common(
    database: Database, items: tuple[str, str, str], known_ms: tuple[int, int], modality: str
) -> None:
    first, known, second = items
    _match(database, first, known, segments=_segments((0, 10_000), (20_000, 30_000), "visual"))
    _match(database, second, known, segments=_segments((0, 10_000), known_ms, modality))
    _at(database, second, S.FABRICATED)
    assert _related(database, first) == []


def test_leads_first_looks_and_rejected_pairs_relate_nothing(
    database: Database, items: tuple[str, str, str]
) -> None:
    upload, known, other = items
    _at(database, known, S.VERIFIED)
    _at(database, other, S.VERIFIED)
    match = _match(database, upload, known)
    _match(database, known, upload)
    _match(database, upload, other, grade=Grade.LEAD)
    _match(database, other, upload, preliminary=True)
    assert [each.media_id for each in _related(database, upload)] == [known]
    with database.write() as session:
        rejected = ReviewRequest(decision=ReviewDecision.REJECTED)
        services.matches.review(session, match, rejected, actor_of(Role.VERIFIER))
    assert _related(database, upload) == []


@pytest.mark.parametrize("is_query", [True, False])
def test_what_was_looked_into_is_not_crowded_out_by_what_was_not(
    database: Database, items: tuple[str, str, str], *, is_query: bool
) -> None:
    first, clip, judged = items
    _match(database, first, clip)
    with database.write() as session:
        for _ in range(LINKS_MAX):
            add_match(session, add_item(session), clip, confidence=0.99)
    _match(database, *((judged, clip) if is_query else (clip, judged)), confidence=0.91)
    _at(database, judged, S.FABRICATED)
    _match_segments_alike(database)
    assert [each.media_id for each in _related(database, first)] == [judged]
    assert [each.media_id for each in _related(database, clip)] == [judged]


def _match_segments_alike(database: Database) -> None:
    with database.write() as session:
        for match in session.scalars(sa.select(db.matches.StoredMatch)):
            match.segments = _segments((0, 5_000), (0, 5_000), "visual")


def test_ways_back_leave_room_for_ways_on(database: Database, items: tuple[str, str, str]) -> None:
    first, clip, judged = items
    _at(database, first, S.VERIFIED)
    _match(database, judged, clip, confidence=0.91)
    _match(database, first, clip, confidence=0.92)
    with database.write() as session:
        for _ in range(LINKS_MAX - 1):
            add_match(session, first, add_item(session), confidence=0.99)
    _at(database, judged, S.FABRICATED)
    assert [each.media_id for each in _related(database, first)] == [judged]


def test_an_ident_relates_nothing(database: Database, items: tuple[str, str, str]) -> None:
    first, ident, second = items
    _match(database, first, ident)
    _match(database, ident, second)
    _match_segments_alike(database)
    for each in items:
        _at(database, each, S.VERIFIED)
    assert [each.media_id for each in _related(database, first)] == [ident, second]
    with database.write() as session:
        idents = collections.create(session, "idents", "Idents", CollectionKind.COMMON, SYSTEM)
        collections.add(session, idents, ident, SYSTEM)
    assert [_related(database, each) for each in items] == [[], [], []]


def test_what_was_purged_is_called_so(parts: Parts, items: tuple[str, str, str]) -> None:
    upload, known, _ = items
    _match(parts.database, upload, known)
    _at(parts.database, known, S.FABRICATED)
    shredder = Shredder(parts.database, parts.blobs, parts.purge_list)
    assert shredding.purge(shredder, known, PURGE, SYSTEM)
    (shown,) = _related(parts.database, upload)
    assert (shown.title, shown.status) == ("(purged)", "fabricated")


def test_a_change_of_a_related_verdict_changes_what_readers_have(
    database: Database,
    items: tuple[str, str, str],
    client_as: Callable[[Role], TestClient],
) -> None:
    upload, known, _ = items
    _match(database, upload, known)
    verifier = client_as(Role.VERIFIER)
    address = f"/v1/media/{upload}/verification"
    plain = verifier.get(address).headers["ETag"]
    _at(database, known, S.MISLEADING)
    first = verifier.get(address, headers={"If-None-Match": plain})
    assert first.status_code == 200
    tag = first.headers["ETag"]
    assert verifier.get(address, headers={"If-None-Match": tag}).status_code == 304
    _at(database, known, S.WITHDRAWN)
    assert verifier.get(address, headers={"If-None-Match": tag}).status_code == 200
    start = {"to": "in_review", "assignee": "kim", "note": "Taking this one on"}
    taken = verifier.post(f"{address}/transitions", json=start, headers={"If-Match": tag})
    assert taken.status_code == 200, "the other verdict is no part of this record's version"


def test_stretches_of_stills_are_moments() -> None:
    moment, second = Span(start_ms=0, end_ms=0), Span(start_ms=0, end_ms=1_000)
    assert overlap(moment, second) == moment
    assert overlap(second, Span(start_ms=1_000, end_ms=2_000)) is None
    assert carried(moment, Stretch(near=second, far=moment)) == second


def test_backwards_the_first_shown_is_the_last_there() -> None:
    stretch = Stretch(
        near=Span(start_ms=0, end_ms=10_000), far=Span(start_ms=0, end_ms=10_000), backwards=True
    )
    assert carried(Span(start_ms=0, end_ms=2_000), stretch) == Span(start_ms=8_000, end_ms=10_000)
