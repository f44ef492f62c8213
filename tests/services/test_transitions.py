"""The table of statuses, row by row: who may, what it takes, and what is refused."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from app import db, services
from app.access import SYSTEM, Actor, Role
from app.core.policy import Grade
from app.core.provenance.values import CredentialState
from app.db import Database
from app.errors import Forbidden, IllegalTransition, MissingRequirements
from app.schemas.enums import EventType, ReasonCode, ReviewDecision, SourceKind, VerificationStatus
from app.schemas.matches import ReviewRequest
from app.schemas.record_enums import FileOrigin, PublicationState
from app.schemas.verifications import TransitionRequest
from app.services import gates, purging, requirements, transition_table
from tests.records import (
    PURGE,
    actor_of,
    add_item,
    add_match,
    claim,
    find_out,
    hear,
    put_at,
    reading_of,
)

S = VerificationStatus
V, E = Role.VERIFIER, Role.EDITOR
PRIVATE, PUBLISHED = PublicationState.PRIVATE, PublicationState.PUBLISHED

NOTE = "note: at least 10 characters"
APPROVAL = "approval by another editor"
WORDING = "public_wording: what may be said"
CORRECTION = "correction_text: what is taken back, in public words"
VOIDING = [NOTE, "reason_code: one of wrong_file, duplicate_of, test, out_of_scope"]
WITHDRAWING = [
    NOTE,
    "reason_code: one of new_evidence, source_retracted, error, legal, safety",
]
UNVERIFIED = [
    NOTE,
    "findings: at least one",
    "missing: what would settle it",
    "public_wording: what may be said",
]
PARTLY = [
    NOTE,
    "findings: every pillar assessed",
    "findings: at least one confirmed, with evidence",
    "public_wording: what may be said, naming what is not confirmed",
]
VERIFIED = [
    NOTE,
    "findings: provenance confirmed or probable",
    "findings: source confirmed or probable",
    "findings: date confirmed or probable",
    "findings: location confirmed or probable",
    "findings: at least two of provenance, source, date, location confirmed",
    "corroboration: about the media, supporting and independent, or the author's original file",
]
MISLEADING = [
    NOTE,
    "authenticity_codes: DecontextualizedContent or EditedOrCroppedContent among them",
    "original_context: what the footage really shows",
    "evidence: a match of this item, or a link to an earlier or longer version",
]
FABRICATED = [
    NOTE,
    "authenticity_codes: StagedContent or TransformedContent among them",
    "evidence: a match or a finding of this item, or a link",
]
CONCLUSIONS = {
    S.PARTLY_VERIFIED: PARTLY,
    S.VERIFIED: VERIFIED,
    S.MISLEADING: MISLEADING,
    S.FABRICATED: FABRICATED,
}
# A correction is read at once: it has a wording, where the verdict does not take one anyway.
SAID: dict[S, list[str]] = {S.PARTLY_VERIFIED: []}
VERDICTS = tuple(CONCLUSIONS)
Row = tuple[Role, list[str]]

# from → to: the least role, and what an empty request lacks. Everything else is illegal.
ALWAYS: dict[tuple[S, S], Row] = {
    (S.UNREVIEWED, S.IN_REVIEW): (V, [NOTE, "assignee: who checks it"]),
    (S.IN_REVIEW, S.UNVERIFIED): (V, UNVERIFIED),
    (S.UNVERIFIED, S.IN_REVIEW): (V, [NOTE]),
    (S.WITHDRAWN, S.IN_REVIEW): (E, [NOTE]),
    (S.VOID, S.IN_REVIEW): (E, [NOTE]),
    **{
        (origin, to): (V, [*lacking, APPROVAL])
        for origin in (S.IN_REVIEW, S.UNVERIFIED)
        for to, lacking in CONCLUSIONS.items()
    },
}
NEVER_PUBLISHED: dict[tuple[S, S], Row] = {
    **ALWAYS,
    (S.UNREVIEWED, S.VOID): (V, VOIDING),
    (S.IN_REVIEW, S.VOID): (V, VOIDING),
    (S.UNVERIFIED, S.VOID): (V, VOIDING),
    (S.WITHDRAWN, S.VOID): (E, VOIDING),
    (S.PARTLY_VERIFIED, S.UNVERIFIED): (V, UNVERIFIED),
    **{
        (S.PARTLY_VERIFIED, to): (V, [*CONCLUSIONS[to], APPROVAL])
        for to in (S.VERIFIED, S.MISLEADING, S.FABRICATED)
    },
    **{
        (verdict, to): (E, lacking)
        for verdict in VERDICTS
        for to, lacking in ((S.IN_REVIEW, [NOTE]), (S.WITHDRAWN, WITHDRAWING), (S.VOID, VOIDING))
    },
}
ONCE_PUBLISHED: dict[tuple[S, S], Row] = {
    **ALWAYS,
    (S.PARTLY_VERIFIED, S.UNVERIFIED): (E, [*UNVERIFIED, CORRECTION, APPROVAL]),
    **{(verdict, S.WITHDRAWN): (E, [*WITHDRAWING, CORRECTION]) for verdict in VERDICTS},
    **{
        (origin, to): (E, [*CONCLUSIONS[to], *SAID.get(to, [WORDING]), CORRECTION, APPROVAL])
        for origin, to in itertools.permutations(VERDICTS, 2)
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


def _at(
    database: Database, item: str, status: VerificationStatus, publication: Any = PRIVATE
) -> None:
    with database.write() as session:
        put_at(session, item, status, publication)


def _missing(conclude: Conclude, item: str, actor: Actor, **fields: object) -> list[str]:
    with pytest.raises(MissingRequirements) as refused:
        conclude(item, actor, **fields)
    missing: list[str] = refused.value.extra["missing"]
    return missing


@pytest.mark.parametrize(
    ("publication", "expected"), [(PRIVATE, NEVER_PUBLISHED), (PUBLISHED, ONCE_PUBLISHED)]
)
def test_every_pair_is_either_legal_with_its_requirements_or_refused_with_the_legal_list(
    database: Database,
    item: str,
    conclude: Conclude,
    publication: PublicationState,
    expected: dict[tuple[S, S], Row],
) -> None:
    for origin, to in PAIRS:
        _at(database, item, origin, publication)
        if (origin, to) not in expected:
            with pytest.raises(IllegalTransition) as illegal:
                conclude(item, actor_of(Role.EDITOR), to=to)
            legal = {target for start, target in expected if start is origin}
            assert set(illegal.value.extra["legal"]) == legal
            continue
        role, lacking = expected[origin, to]
        assert _missing(conclude, item, actor_of(role), to=to) == lacking
        with pytest.raises(Forbidden):
            conclude(item, actor_of(Role.VERIFIER if role is E else Role.PRODUCER, "x"), to=to)


def test_whatever_was_public_counts_as_published(
    database: Database, item: str, conclude: Conclude
) -> None:
    for publication in (PublicationState.CORRECTED, PublicationState.TOMBSTONED):
        _at(database, item, S.VERIFIED, publication)
        with pytest.raises(IllegalTransition):
            conclude(item, actor_of(Role.EDITOR), to="in_review", note="not any more, it is public")


def test_a_record_goes_from_unreviewed_to_unverified_and_back_into_review(
    database: Database, item: str, conclude: Conclude
) -> None:
    verifier = actor_of(Role.VERIFIER)
    started = conclude(item, verifier, to="in_review", assignee="Kim", note="Taking this one on")
    assert started is S.IN_REVIEW
    unverified = {
        "to": "unverified",
        "note": "Nobody could see the prisoners",
        "missing": ["unedited original"],
        "public_wording": "could not be independently verified",
    }
    assert _missing(conclude, item, verifier, **unverified) == ["findings: at least one"]
    with database.write() as session:
        find_out(session, item, "date", "unclear")
    assert conclude(item, verifier, **unverified) is S.UNVERIFIED
    assert conclude(item, verifier, to="in_review", note="A pool camera was there") is S.IN_REVIEW


def test_the_fields_of_a_status_leave_with_it_and_the_assignment_stays(
    database: Database, item: str, conclude: Conclude
) -> None:
    verifier = actor_of(Role.VERIFIER)
    start = {"to": "in_review", "assignee": "Kim", "due_at": "2025-01-11T17:00:00Z"}
    conclude(item, verifier, note="Taking this one on", **start)
    with database.write() as session:
        find_out(session, item, "source", "probable")
        assert services.verifications.find(session, item).due_at is not None
    said = {"missing": ["x"], "public_wording": "not confirmed"}
    conclude(item, verifier, to="unverified", note="Nobody could tell us", **said)
    with database.read() as session:
        record = services.verifications.find(session, item)
        assert (record.missing, record.public_wording) == (["x"], "not confirmed")
        assert record.due_at is None, "what was due is done"
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
        other, gone = add_item(session), add_item(session)
        purging.order(session, gone, PURGE, actor_of(Role.ADMIN))
    void = {"to": "void", "reason_code": "duplicate_of", "note": "same as another one"}
    for wrong in (None, "unknown", item, gone):
        missing = _missing(conclude, item, actor_of(V), duplicate_of=wrong, **void)
        assert missing == [requirements.DUPLICATE.text]
    assert conclude(item, actor_of(Role.VERIFIER), duplicate_of=other, **void) is S.VOID


def test_a_reason_of_the_other_kind_is_none(
    database: Database, item: str, conclude: Conclude
) -> None:
    _at(database, item, S.VERIFIED)
    for to, wrong in ((S.VOID, ReasonCode.LEGAL), (S.WITHDRAWN, ReasonCode.TEST)):
        assert _missing(conclude, item, actor_of(E), to=to, reason_code=wrong, note="long enough")
    taken_back = {"to": "withdrawn", "reason_code": "new_evidence", "note": "it is from 2023"}
    assert conclude(item, actor_of(Role.EDITOR), **taken_back) is S.WITHDRAWN


def test_a_published_verdict_is_taken_back_in_public_words(
    database: Database, item: str, conclude: Conclude
) -> None:
    _at(database, item, S.VERIFIED, PUBLISHED)
    taken_back = {"to": "withdrawn", "reason_code": "new_evidence", "note": "it is from 2023"}
    assert _missing(conclude, item, actor_of(E), **taken_back) == [CORRECTION]
    text = "This footage is from 2023."
    assert conclude(item, actor_of(E), correction_text=text, **taken_back) is S.WITHDRAWN
    with database.read() as session:
        told = [event.type for event in db.events.after(session, 0, 50, None, item)]
        (withdrawn,) = db.events.after(session, 0, 50, EventType.VERDICT_WITHDRAWN, item)
    assert told.index(EventType.VERDICT_WITHDRAWN) < told.index(EventType.STATUS_CHANGED)
    assert withdrawn.data["correction_text"] == text
    assert (withdrawn.data["from"], withdrawn.data["reason_code"]) == ("verified", "new_evidence")


def test_a_new_verdict_after_a_public_withdrawal_says_what_was_wrong(
    database: Database, item: str, conclude: Conclude
) -> None:
    misleading = {
        "to": "misleading",
        "note": "It is from 2023",
        "authenticity_codes": ["DecontextualizedContent"],
        "original_context": "A flood in 2023",
        "evidence": ["https://example.org/2023"],
    }
    _at(database, item, S.IN_REVIEW, PublicationState.WITHDRAWN)
    assert _missing(conclude, item, actor_of(V), **misleading) == [CORRECTION, APPROVAL]
    conclude(item, actor_of(V), correction_text="It is from 2023.", **misleading)


def test_what_was_never_public_is_taken_back_without_its_text_being_told(
    database: Database, item: str, conclude: Conclude
) -> None:
    _at(database, item, S.MISLEADING)
    taken_back = {"to": "withdrawn", "reason_code": "error", "note": "we mixed up two clips"}
    conclude(item, actor_of(E), correction_text="internal words", **taken_back)
    with database.read() as session:
        (withdrawn,) = db.events.after(session, 0, 50, EventType.VERDICT_WITHDRAWN, item)
    assert "correction_text" not in withdrawn.data


SURE = {"to": "verified", "note": "I am quite sure of it"}


def _settle(database: Database, item: str, **verdicts: str) -> None:
    """Everything that `verified` takes but approval; `verdicts` of some pillars otherwise."""
    with database.write() as session:
        put_at(session, item, S.IN_REVIEW)
        for pillar in ("provenance", "source", "date", "location"):
            find_out(session, item, pillar, verdicts.get(pillar, "confirmed"))
        hear(session, item, source="pool camera")


def _lacks(conclude: Conclude, item: str, **fields: object) -> set[str]:
    """What `verified` lacks besides its approval."""
    return set(_missing(conclude, item, actor_of(V), **SURE, **fields)) - {APPROVAL}


def test_verified_rests_on_four_pillars_two_of_them_confirmed(
    database: Database, item: str, conclude: Conclude
) -> None:
    for pillar in ("provenance", "source", "date", "location"):
        _settle(database, item, **{pillar: "unclear"})
        assert _lacks(conclude, item) == {f"findings: {pillar} confirmed or probable"}
    _settle(database, item, provenance="probable", date="probable", location="probable")
    assert _lacks(conclude, item) == {requirements.TWO_CONFIRMED.text}
    _settle(database, item, date="probable", location="probable")
    assert conclude(item, actor_of(V), **SURE) is S.IN_REVIEW, "proposed only"


def test_nothing_is_verified_against_a_contradiction(
    database: Database, item: str, conclude: Conclude
) -> None:
    _settle(database, item)
    with database.write() as session:
        find_out(session, item, "motivation", "contradicted")
    assert _lacks(conclude, item) == {requirements.NONE_CONTRADICTED.text}


@pytest.mark.parametrize(
    "weak",
    [
        {"independence": "cooperating"},
        {"independence": "party"},
        {"independence": "unknown"},
        {"independence": "derived"},
        {"basis": "repeats_other"},
        {"stance": "neutral"},
    ],
)
def test_verified_takes_somebody_independent_who_speaks_of_the_media_itself(
    database: Database, item: str, conclude: Conclude, weak: dict[str, str]
) -> None:
    with database.write() as session:
        put_at(session, item, S.IN_REVIEW)
        for pillar in ("provenance", "source", "date", "location"):
            find_out(session, item, pillar)
        hear(session, item, **weak)
        hear(session, item, claim(session, item))
    assert _lacks(conclude, item) == {requirements.CORROBORATED.text}
    with database.write() as session:
        said = hear(session, item)
        hear(session, item, stance="retracts", retracts_id=said)
    assert _lacks(conclude, item) == {requirements.CORROBORATED.text}


def test_the_authors_original_file_stands_for_a_corroboration(
    database: Database, conclude: Conclude
) -> None:
    with database.write() as session:
        item = add_item(session, file_origin=FileOrigin.AUTHOR_ORIGINAL)
        put_at(session, item, S.IN_REVIEW)
        for pillar in ("provenance", "source", "date", "location"):
            find_out(session, item, pillar)
    assert _lacks(conclude, item) == {requirements.CORROBORATED.text}, "so far only claimed"
    with database.write() as session:
        find_out(session, item, "provenance", value={"is_original": "yes"})
    conclude(item, actor_of(V), **SURE)


def test_verified_waits_for_the_review_of_every_alerting_match(
    database: Database, item: str, conclude: Conclude
) -> None:
    _settle(database, item)
    with database.write() as session:
        alert = add_match(session, item, add_item(session), Grade.PROBABLE)
        add_match(session, item, add_item(session), Grade.LEAD)
    assert _lacks(conclude, item) == {requirements.ALERTS_REVIEWED.text}
    with database.write() as session:
        decided = ReviewRequest(decision=ReviewDecision.REJECTED)
        services.matches.review(session, alert, decided, actor_of(Role.VERIFIER))
    conclude(item, actor_of(V), **SURE)


def test_who_concludes_over_a_conflict_says_what_to_make_of_it(
    database: Database, item: str, conclude: Conclude
) -> None:
    _settle(database, item)
    with database.write() as session:
        hear(session, item, source="ministry", stance="refutes", independence="party")
    assert _lacks(conclude, item) == {requirements.CONFLICT_NOTED.text}
    conclude(item, actor_of(V), conflict_note="The ministry was not there.", **SURE)


@pytest.mark.parametrize("is_found", [True, False], ids=["found", "claimed at arrival"])
def test_a_hand_out_needs_its_motivation(
    database: Database, conclude: Conclude, *, is_found: bool
) -> None:
    kind = SourceKind.UNKNOWN if is_found else SourceKind.HANDOUT
    with database.write() as session:
        item = add_item(session, source_kind=kind)
    _settle(database, item)
    if is_found:
        with database.write() as session:
            find_out(session, item, "source", value={"relation": "handout"})
    assert _lacks(conclude, item) == {requirements.MOTIVATION.text}
    with database.write() as session:
        find_out(session, item, "motivation", "not_applicable")
    assert _lacks(conclude, item) == {requirements.MOTIVATION.text}
    with database.write() as session:
        find_out(session, item, "motivation", "confirmed", value={"interest": "party_to_conflict"})
    conclude(item, actor_of(V), **SURE)


def test_partly_verified_takes_every_pillar_and_one_proof(
    database: Database, item: str, conclude: Conclude
) -> None:
    partly = {
        "to": "partly_verified",
        "note": "The source is certain",
        "public_wording": "Released by SBU; where and when is not confirmed",
    }
    _at(database, item, S.IN_REVIEW)
    pillars = ["provenance", "source", "date", "location", "motivation"]
    for pillar in pillars:
        missing = _missing(conclude, item, actor_of(V), **partly)
        assert missing[0] == requirements.ALL_ASSESSED.text
        with database.write() as session:
            find_out(session, item, pillar, "unclear")
    proven = requirements.ONE_PROVEN.text
    assert _missing(conclude, item, actor_of(V), **partly) == [proven, APPROVAL]
    with database.write() as session:
        find_out(session, item, "source", "confirmed")
    assert _missing(conclude, item, actor_of(V), **partly) == [proven, APPROVAL]
    with database.write() as session:
        evidence = [{"kind": "url", "ref": "https://t.me/official/1"}]
        find_out(session, item, "source", "confirmed", evidence=evidence)
    assert conclude(item, actor_of(V), **partly) is S.IN_REVIEW


def test_codes_that_contradict_each_other_are_refused(
    database: Database, item: str, conclude: Conclude
) -> None:
    _at(database, item, S.IN_REVIEW)
    misleading = {
        "to": "misleading",
        "note": "Faces were blurred",
        "original_context": "A longer clip of 11 January",
        "evidence": ["https://example.org/longer"],
    }
    text = (
        "authenticity_codes: OriginalMediaContent contradicts"
        " EditedOrCroppedContent, StagedContent, TransformedContent"
    )
    for code in ("EditedOrCroppedContent", "StagedContent", "TransformedContent"):
        codes = ["OriginalMediaContent", "DecontextualizedContent", code]
        missing = _missing(conclude, item, actor_of(V), authenticity_codes=codes, **misleading)
        assert missing == [text, APPROVAL]
    codes = ["OriginalMediaContent", "DecontextualizedContent"]
    conclude(item, actor_of(V), authenticity_codes=codes, **misleading)


def test_evidence_is_a_match_of_this_item_or_a_link_or_for_a_fake_a_finding(
    database: Database, item: str, conclude: Conclude
) -> None:
    with database.write() as session:
        put_at(session, item, S.IN_REVIEW)
        as_query = add_match(session, item, add_item(session))
        as_known = add_match(session, add_item(session), item)
        foreign = add_match(session, add_item(session), add_item(session))
        bare = find_out(session, item, "source")
        evidence = [{"kind": "interview", "ref": "editor of the channel"}]
        proven = find_out(session, item, "provenance", evidence=evidence)
        disclosed = find_out(session, item, "motivation", evidence=[{"kind": "c2pa"}])

    def lacks(to: str, code: str, *named: str) -> list[str]:
        with database.write() as session:
            put_at(session, item, S.IN_REVIEW)
            if waiting := db.proposals.pending(session, item):
                session.delete(waiting)
        request = {
            "to": to,
            "note": "It is not what it is said to be",
            "original_context": "a film set",
            "authenticity_codes": [code],
            "evidence": list(named),
        }
        try:
            conclude(item, actor_of(V), **request)
        except MissingRequirements as refused:
            return [each for each in refused.extra["missing"] if each != APPROVAL]
        return []

    for good in (as_query, as_known, "https://example.org/older"):
        assert lacks("misleading", "DecontextualizedContent", good) == []
        assert lacks("fabricated", "StagedContent", good) == []
    assert lacks("fabricated", "StagedContent", proven) == []
    older, exists = requirements.OLDER_OR_LONGER.text, requirements.EVIDENCE_EXISTS.text
    assert lacks("misleading", "DecontextualizedContent", proven) == [older]
    for wrong in (foreign, bare, disclosed, "I saw it"):
        found = lacks("fabricated", "StagedContent", wrong)
        assert found == [requirements.EVIDENCE.text, exists]
    assert lacks("fabricated", "StagedContent", as_query, "I saw it") == [exists]
    for state, found in (
        (CredentialState.VALID_UNTRUSTED, [requirements.EVIDENCE.text, exists]),
        (CredentialState.TRUSTED, []),
    ):
        with database.write() as session:
            session.merge(reading_of(item, state))
        assert lacks("fabricated", "TransformedContent", disclosed) == found


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
    _settle(database, item)
    with database.read() as session:
        record = services.verifications.find(session, item)
        found = gates.legal(session, record, actor_of(V), four_eyes=True)
        alone = gates.legal(session, record, actor_of(E), four_eyes=False)
    assert {each.to: each.requires for each in found}[S.VERIFIED] == [NOTE, APPROVAL]
    assert {each.to: each.requires for each in alone}[S.VERIFIED] == [NOTE]


def test_at_most_one_way_leads_from_one_status_to_another() -> None:
    for status, published in itertools.product(S, (True, False)):
        ways = transition_table.edges_from(status, was_published=published)
        assert len({edge.to for edge in ways}) == len(ways)
