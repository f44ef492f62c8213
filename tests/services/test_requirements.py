"""What each verdict takes: findings, sources, reviews, codes and evidence."""

import pytest

from app import db, services
from app.access import Role
from app.core.policy import Grade
from app.core.provenance.values import CredentialState
from app.db import Database
from app.errors import MissingRequirements
from app.schemas.enums import ReviewDecision, SourceKind
from app.schemas.matches import ReviewRequest
from app.schemas.record_enums import FileOrigin
from app.services import requirements
from tests.records import actor_of, add_item, add_match, claim, find_out, hear, put_at, reading_of
from tests.services.statuses import (
    APPROVAL,
    SURE,
    Conclude,
    S,
    V,
    at_status,
    concluder,
    lacks_of,
    missing_of,
    settle,
)


@pytest.fixture
def conclude(database: Database) -> Conclude:
    return concluder(database)


@pytest.fixture
def item(database: Database) -> str:
    with database.write() as session:
        return add_item(session)


def test_verified_rests_on_four_pillars_two_of_them_confirmed(
    database: Database, item: str, conclude: Conclude
) -> None:
    for pillar in ("provenance", "source", "date", "location"):
        settle(database, item, **{pillar: "unclear"})
        assert lacks_of(conclude, item) == {f"findings: {pillar} confirmed or probable"}
    settle(database, item, provenance="probable", date="probable", location="probable")
    assert lacks_of(conclude, item) == {requirements.TWO_CONFIRMED.text}
    settle(database, item, date="probable", location="probable")
    assert conclude(item, actor_of(V), **SURE) is S.IN_REVIEW, "proposed only"


def test_nothing_is_verified_against_a_contradiction(
    database: Database, item: str, conclude: Conclude
) -> None:
    settle(database, item)
    with database.write() as session:
        find_out(session, item, "motivation", "contradicted")
    assert lacks_of(conclude, item) == {requirements.NONE_CONTRADICTED.text}


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
    assert lacks_of(conclude, item) == {requirements.CORROBORATED.text}
    with database.write() as session:
        said = hear(session, item)
        hear(session, item, stance="retracts", retracts_id=said)
    assert lacks_of(conclude, item) == {requirements.CORROBORATED.text}


def test_the_authors_original_file_stands_for_a_corroboration(
    database: Database, conclude: Conclude
) -> None:
    with database.write() as session:
        item = add_item(session, file_origin=FileOrigin.AUTHOR_ORIGINAL)
        put_at(session, item, S.IN_REVIEW)
        for pillar in ("provenance", "source", "date", "location"):
            find_out(session, item, pillar)
    assert lacks_of(conclude, item) == {requirements.CORROBORATED.text}, "so far only claimed"
    with database.write() as session:
        find_out(session, item, "provenance", value={"is_original": "yes"})
    conclude(item, actor_of(V), **SURE)


def test_verified_waits_for_the_review_of_every_alerting_match(
    database: Database, item: str, conclude: Conclude
) -> None:
    settle(database, item)
    with database.write() as session:
        alert = add_match(session, item, add_item(session), Grade.PROBABLE)
        add_match(session, item, add_item(session), Grade.LEAD)
    assert lacks_of(conclude, item) == {requirements.ALERTS_REVIEWED.text}
    with database.write() as session:
        decided = ReviewRequest(decision=ReviewDecision.REJECTED)
        services.matches.review(session, alert, decided, actor_of(Role.VERIFIER))
    conclude(item, actor_of(V), **SURE)


def test_who_concludes_over_a_conflict_says_what_to_make_of_it(
    database: Database, item: str, conclude: Conclude
) -> None:
    settle(database, item)
    with database.write() as session:
        hear(session, item, source="ministry", stance="refutes", independence="party")
    assert lacks_of(conclude, item) == {requirements.CONFLICT_NOTED.text}
    conclude(item, actor_of(V), conflict_note="The ministry was not there.", **SURE)


@pytest.mark.parametrize("is_found", [True, False], ids=["found", "claimed at arrival"])
def test_a_hand_out_needs_its_motivation(
    database: Database, conclude: Conclude, *, is_found: bool
) -> None:
    kind = SourceKind.UNKNOWN if is_found else SourceKind.HANDOUT
    with database.write() as session:
        item = add_item(session, source_kind=kind)
    settle(database, item)
    if is_found:
        with database.write() as session:
            find_out(session, item, "source", value={"relation": "handout"})
    assert lacks_of(conclude, item) == {requirements.MOTIVATION.text}
    with database.write() as session:
        find_out(session, item, "motivation", "not_applicable")
    assert lacks_of(conclude, item) == {requirements.MOTIVATION.text}
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
    at_status(database, item, S.IN_REVIEW)
    pillars = ["provenance", "source", "date", "location", "motivation"]
    for pillar in pillars:
        missing = missing_of(conclude, item, actor_of(V), **partly)
        assert missing[0] == requirements.ALL_ASSESSED.text
        with database.write() as session:
            find_out(session, item, pillar, "unclear")
    proven = requirements.ONE_PROVEN.text
    assert missing_of(conclude, item, actor_of(V), **partly) == [proven, APPROVAL]
    with database.write() as session:
        find_out(session, item, "source", "confirmed")
    assert missing_of(conclude, item, actor_of(V), **partly) == [proven, APPROVAL]
    with database.write() as session:
        evidence = [{"kind": "url", "ref": "https://t.me/official/1"}]
        find_out(session, item, "source", "confirmed", evidence=evidence)
    assert conclude(item, actor_of(V), **partly) is S.IN_REVIEW


def test_codes_that_contradict_each_other_are_refused(
    database: Database, item: str, conclude: Conclude
) -> None:
    at_status(database, item, S.IN_REVIEW)
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
        missing = missing_of(conclude, item, actor_of(V), authenticity_codes=codes, **misleading)
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
