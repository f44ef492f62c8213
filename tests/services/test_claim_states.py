"""What statements come to: the rules as a table."""

import pytest

from app.db.corroborations import Statement
from app.schemas.record_enums import About, Basis, ClaimState, Independence, Stance
from app.services import claim_states

By = Independence
YES, NO = Stance.SUPPORTS, Stance.REFUTES
OPEN, SUPPORTED, REFUTED, MIXED = ClaimState


def say(
    independence: Independence,
    stance: Stance = YES,
    *,
    basis: Basis = Basis.OWN_KNOWLEDGE,
    number: int = 0,
    retracts: int | None = None,
    target: str = "claim",
) -> Statement:
    return Statement(
        id=str(number),
        about=About.MEDIA if target == "media" else About.CLAIM,
        target_id=target,
        stance=stance,
        independence=independence,
        basis=basis,
        retracts_id=None if retracts is None else str(retracts),
    )


@pytest.mark.parametrize(
    ("said", "state", "rests_on"),
    [
        ([], OPEN, None),
        ([say(By.PARTY)], OPEN, None),
        ([say(By.PARTY, NO)], OPEN, None),
        ([say(By.UNKNOWN)], OPEN, None),
        ([say(By.DERIVED)], OPEN, None),
        ([say(By.INDEPENDENT, basis=Basis.REPEATS_OTHER)], OPEN, None),
        ([say(By.INDEPENDENT, Stance.NEUTRAL)], OPEN, None),
        ([say(By.COOPERATING)], SUPPORTED, By.COOPERATING),
        ([say(By.INDEPENDENT)], SUPPORTED, By.INDEPENDENT),
        ([say(By.COOPERATING), say(By.INDEPENDENT)], SUPPORTED, By.INDEPENDENT),
        ([say(By.INDEPENDENT), say(By.PARTY, NO)], SUPPORTED, By.INDEPENDENT),
        ([say(By.INDEPENDENT, NO)], REFUTED, By.INDEPENDENT),
        ([say(By.PARTY), say(By.COOPERATING, NO)], REFUTED, By.COOPERATING),
        ([say(By.INDEPENDENT), say(By.COOPERATING, NO)], MIXED, By.INDEPENDENT),
        ([say(By.INDEPENDENT), say(By.DERIVED, NO)], SUPPORTED, By.INDEPENDENT),
    ],
)
def test_what_sources_say_decides_a_claim(
    said: list[Statement], state: ClaimState, rests_on: Independence | None
) -> None:
    assert claim_states.state(said) is state
    assert claim_states.rests_on(said) is rests_on


def test_what_was_retracted_counts_nothing() -> None:
    said = [say(By.INDEPENDENT, number=1), say(By.INDEPENDENT, NO, number=2)]
    assert claim_states.state(said) is MIXED
    said.append(say(By.INDEPENDENT, Stance.RETRACTS, number=3, retracts=2))
    assert claim_states.state(said) is SUPPORTED
    said.append(say(By.INDEPENDENT, Stance.RETRACTS, number=4, retracts=1))
    assert claim_states.state(said) is OPEN


@pytest.mark.parametrize(
    ("said", "conflict"),
    [
        ([say(By.PARTY), say(By.PARTY, NO)], True),
        ([say(By.INDEPENDENT), say(By.UNKNOWN, NO)], True),
        ([say(By.INDEPENDENT), say(By.DERIVED, NO)], False),
        ([say(By.INDEPENDENT), say(By.INDEPENDENT, Stance.NEUTRAL)], False),
        ([say(By.INDEPENDENT), say(By.INDEPENDENT, NO, target="other")], False),
        ([say(By.INDEPENDENT, target="media"), say(By.PARTY, NO, target="media")], True),
    ],
)
def test_sources_contradict_each_other_about_one_thing(
    said: list[Statement], *, conflict: bool
) -> None:
    assert claim_states.has_conflict(said) is conflict


def test_only_an_independent_source_supports_the_media_and_no_claim_does() -> None:
    assert claim_states.has_independent_support([say(By.INDEPENDENT, target="media")])
    assert not claim_states.has_independent_support([say(By.INDEPENDENT)])
    assert not claim_states.has_independent_support([say(By.COOPERATING, target="media")])
    assert not claim_states.has_independent_support([say(By.INDEPENDENT, NO, target="media")])
