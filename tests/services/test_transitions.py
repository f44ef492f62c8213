import itertools
from collections.abc import Callable

import pytest

from app import services
from app.access import SYSTEM, Actor, Role
from app.core.policy import Grade
from app.db import Database
from app.errors import Forbidden, IllegalTransition, MissingRequirements
from app.schemas.enums import ReasonCode, ReviewDecision, VerificationStatus
from app.schemas.matches import ReviewRequest
from app.schemas.verifications import TransitionRequest
from app.services import transition_table
from tests.records import actor_of, add_item, add_match, put_at

S = VerificationStatus
NOTE = "note: at least 10 characters"
WORDING = "public_wording: what may be said"
VOIDING = [
    NOTE,
    "reason_code: one of wrong_file, duplicate_of, test, out_of_scope",
]
WITHDRAWING = [
    NOTE,
    "reason_code: one of new_evidence, source_retracted, error, legal, safety",
]
UNVERIFIED = [NOTE, "missing: what would settle it", WORDING]
APPROVAL = "approval by another editor"
PARTLY = [
    NOTE,
    "findings: every pillar assessed",
    "findings: at least one confirmed, with evidence",
    WORDING,
    APPROVAL,
]
VERIFIED = [
    NOTE,
    "findings: provenance confirmed or probable",
    "findings: source confirmed or probable",
    "findings: date confirmed or probable",
    "findings: location confirmed or probable",
    "findings: at least two of these confirmed, none contradicted",
    "corroboration: about the media, supporting and independent, or the author's original file",
    APPROVAL,
]
EVIDENCE = "evidence: a match, or a link to an earlier or longer version"
MISLEADING = [
    NOTE,
    "authenticity_codes: DecontextualizedContent or EditedOrCroppedContent among them",
    "original_context: what the footage really shows",
    EVIDENCE,
    APPROVAL,
]
FABRICATED = [
    NOTE,
    "authenticity_codes: StagedContent or TransformedContent among them",
    EVIDENCE,
    APPROVAL,
]
V, E = Role.VERIFIER, Role.EDITOR

# from → to: the least role, and what an empty request lacks. Everything else is illegal.
EXPECTED: dict[tuple[S, S], tuple[Role, list[str]]] = {
    (S.UNREVIEWED, S.IN_REVIEW): (V, [NOTE, "assignee: who checks it"]),
    (S.UNREVIEWED, S.VOID): (V, VOIDING),
    (S.IN_REVIEW, S.UNVERIFIED): (V, UNVERIFIED),
    (S.IN_REVIEW, S.PARTLY_VERIFIED): (V, PARTLY),
    (S.IN_REVIEW, S.VERIFIED): (V, VERIFIED),
    (S.IN_REVIEW, S.MISLEADING): (V, MISLEADING),
    (S.IN_REVIEW, S.FABRICATED): (V, FABRICATED),
    (S.IN_REVIEW, S.VOID): (V, VOIDING),
    (S.UNVERIFIED, S.IN_REVIEW): (V, [NOTE]),
    (S.UNVERIFIED, S.PARTLY_VERIFIED): (V, PARTLY),
    (S.UNVERIFIED, S.VERIFIED): (V, VERIFIED),
    (S.UNVERIFIED, S.MISLEADING): (V, MISLEADING),
    (S.UNVERIFIED, S.FABRICATED): (V, FABRICATED),
    (S.UNVERIFIED, S.VOID): (V, VOIDING),
    (S.PARTLY_VERIFIED, S.UNVERIFIED): (V, UNVERIFIED),
    (S.PARTLY_VERIFIED, S.VERIFIED): (V, VERIFIED),
    (S.PARTLY_VERIFIED, S.MISLEADING): (V, MISLEADING),
    (S.PARTLY_VERIFIED, S.FABRICATED): (V, FABRICATED),
    (S.WITHDRAWN, S.IN_REVIEW): (E, [NOTE]),
    (S.WITHDRAWN, S.VOID): (E, VOIDING),
    (S.VOID, S.IN_REVIEW): (E, [NOTE]),
    **{
        (verdict, to): (E, lacking)
        for verdict in (S.PARTLY_VERIFIED, S.VERIFIED, S.MISLEADING, S.FABRICATED)
        for to, lacking in ((S.IN_REVIEW, [NOTE]), (S.WITHDRAWN, WITHDRAWING), (S.VOID, VOIDING))
    },
}
PAIRS = list(itertools.product(S, S))

Conclude = Callable[..., VerificationStatus]


@pytest.fixture
def conclude(database: Database) -> Conclude:
    """Send one transition; gives the status that the record then has."""

    def send(media_id: str, actor: Actor, **fields: object) -> VerificationStatus:
        with database.write() as session:
            record = services.verifications.take(session, media_id)
            request = TransitionRequest.model_validate(fields)
            services.transitions.apply(session, record, request, actor)
        with database.read() as session:
            return services.verifications.find(session, media_id).status

    return send


@pytest.fixture
def item(database: Database) -> str:
    with database.write() as session:
        return add_item(session)


def _at(database: Database, item: str, status: VerificationStatus) -> None:
    with database.write() as session:
        put_at(session, item, status)


def test_every_pair_is_either_legal_with_its_requirements_or_refused_with_the_legal_list(
    database: Database, item: str, conclude: Conclude
) -> None:
    for origin, to in PAIRS:
        _at(database, item, origin)
        if (origin, to) not in EXPECTED:
            with pytest.raises(IllegalTransition) as illegal:
                conclude(item, actor_of(Role.EDITOR), to=to)
            legal = {target for start, target in EXPECTED if start is origin}
            assert set(illegal.value.extra["legal"]) == legal
            continue
        role, lacking = EXPECTED[origin, to]
        with pytest.raises(MissingRequirements) as refused:
            conclude(item, actor_of(role), to=to)
        assert refused.value.extra["missing"] == lacking
        with pytest.raises(Forbidden):
            conclude(item, actor_of(Role.VERIFIER if role is E else Role.PRODUCER, "x"), to=to)


def test_no_verdict_is_reached_without_what_only_people_and_sources_can_give(
    database: Database, item: str, conclude: Conclude
) -> None:
    everything = {
        "note": "I am quite sure of it",
        "public_wording": "verified by us",
        "authenticity_codes": ["EditedOrCroppedContent", "TransformedContent"],
        "original_context": "another year",
        "evidence": ["https://example.org/older"],
        "missing": ["nothing"],
    }
    for to in (S.PARTLY_VERIFIED, S.VERIFIED, S.MISLEADING, S.FABRICATED):
        _at(database, item, S.IN_REVIEW)
        with pytest.raises(MissingRequirements) as refused:
            conclude(item, actor_of(Role.ADMIN), to=to, **everything)
        assert APPROVAL in refused.value.extra["missing"]
        assert all(
            each.startswith(("findings", "corroboration", "approval"))
            for each in refused.value.extra["missing"]
        )


def test_a_record_goes_from_unreviewed_to_unverified_and_back_into_review(
    item: str, conclude: Conclude
) -> None:
    verifier = actor_of(Role.VERIFIER)
    started = conclude(item, verifier, to="in_review", assignee="Kim", note="Taking this one on")
    assert started is S.IN_REVIEW
    said = conclude(
        item,
        verifier,
        to="unverified",
        note="Nobody could see the prisoners",
        missing=["unedited original"],
        public_wording="could not be independently verified",
    )
    assert said is S.UNVERIFIED
    assert conclude(item, verifier, to="in_review", note="A pool camera was there") is S.IN_REVIEW


def test_the_fields_of_a_status_leave_with_it_and_the_assignment_stays(
    database: Database, item: str, conclude: Conclude
) -> None:
    verifier = actor_of(Role.VERIFIER)
    conclude(item, verifier, to="in_review", assignee="Kim", note="Taking this one on")
    conclude(
        item,
        verifier,
        to="unverified",
        note="Nobody could tell us",
        missing=["x"],
        public_wording="not confirmed",
    )
    with database.read() as session:
        record = services.verifications.find(session, item)
        assert (record.missing, record.public_wording) == (["x"], "not confirmed")
    conclude(item, verifier, to="in_review", note="Something new came")
    with database.read() as session:
        record = services.verifications.find(session, item)
        assert (record.assignee, record.missing) == ("Kim", None)
        assert record.public_wording == "being checked"


@pytest.mark.parametrize("actor", [actor_of(Role.SERVICE), SYSTEM])
def test_machines_move_no_record_whatever_their_scopes(
    item: str, conclude: Conclude, actor: Actor
) -> None:
    everything = actor_of(Role.ADMIN).scopes
    armed = Actor(actor.id, actor.name, Role.SERVICE, everything)
    for machine in (actor, armed):
        with pytest.raises(Forbidden):
            conclude(item, machine, to="in_review", assignee="bot", note="beep beep beep beep")


def test_viewers_and_auditors_are_refused_before_anything_else(
    item: str, conclude: Conclude
) -> None:
    for role in (Role.VIEWER, Role.AUDITOR):
        with pytest.raises(Forbidden):
            conclude(item, actor_of(role), to="verified")


def test_a_producer_voids_an_own_upload_while_nobody_has_looked(
    database: Database, item: str, conclude: Conclude
) -> None:
    void = {"to": "void", "reason_code": "wrong_file", "note": "picked the wrong file"}
    with pytest.raises(Forbidden):
        conclude(item, actor_of(Role.PRODUCER, "somebody else"), **void)
    _at(database, item, S.IN_REVIEW)
    with pytest.raises(Forbidden):
        conclude(item, actor_of(Role.PRODUCER), **void)
    _at(database, item, S.UNREVIEWED)
    assert conclude(item, actor_of(Role.PRODUCER), **void) is S.VOID
    with pytest.raises(Forbidden):
        conclude(item, actor_of(Role.VERIFIER), to="in_review", note="but it is the right file")
    reopened = conclude(item, actor_of(Role.EDITOR), to="in_review", note="it is the right file")
    assert reopened is S.IN_REVIEW


def test_a_duplicate_names_another_item_that_exists(
    database: Database, item: str, conclude: Conclude
) -> None:
    with database.write() as session:
        other = add_item(session)
    void = {"to": "void", "reason_code": "duplicate_of", "note": "same as another one"}
    for wrong in (None, "unknown", item):
        with pytest.raises(MissingRequirements) as refused:
            conclude(item, actor_of(Role.VERIFIER), duplicate_of=wrong, **void)
        assert refused.value.extra["missing"] == [transition_table.DUPLICATE.text]
    assert conclude(item, actor_of(Role.VERIFIER), duplicate_of=other, **void) is S.VOID


def test_a_reason_of_the_other_kind_is_none(
    database: Database, item: str, conclude: Conclude
) -> None:
    _at(database, item, S.VERIFIED)
    for to, wrong in ((S.VOID, ReasonCode.LEGAL), (S.WITHDRAWN, ReasonCode.TEST)):
        with pytest.raises(MissingRequirements):
            conclude(item, actor_of(Role.EDITOR), to=to, reason_code=wrong, note="long enough note")
    taken_back = {"to": "withdrawn", "reason_code": "new_evidence", "note": "it is from 2023"}
    assert conclude(item, actor_of(Role.EDITOR), **taken_back) is S.WITHDRAWN


def test_verified_waits_for_the_review_of_every_alerting_match(
    database: Database, item: str, conclude: Conclude
) -> None:
    with database.write() as session:
        alert = add_match(session, item, add_item(session), Grade.PROBABLE)
        add_match(session, item, add_item(session), Grade.LEAD)
        put_at(session, item, S.IN_REVIEW)

    def lacks_reviews() -> bool:
        with pytest.raises(MissingRequirements) as refused:
            conclude(item, actor_of(Role.VERIFIER), to="verified")
        return transition_table.ALERTS_REVIEWED.text in refused.value.extra["missing"]

    assert lacks_reviews()
    with database.write() as session:
        decided = ReviewRequest(decision=ReviewDecision.REJECTED)
        services.matches.review(session, alert, decided, actor_of(Role.VERIFIER))
    assert not lacks_reviews()


def test_what_is_legal_depends_on_who_asks(database: Database, item: str) -> None:
    def legal(role: Role) -> set[str]:
        with database.read() as session:
            record = services.verifications.find(session, item)
            found = services.transitions.legal(session, record, actor_of(role))
        assert all(NOTE in each.requires for each in found)
        return {each.to.value for each in found}

    assert legal(Role.VERIFIER) == legal(Role.EDITOR) == {"in_review", "void"}
    assert legal(Role.PRODUCER) == {"void"}
    assert legal(Role.VIEWER) == legal(Role.SERVICE) == set()
