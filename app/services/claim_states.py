"""What sources' statements come to, by the desk's rules; pure.

A statement that was retracted, and one that repeats another, count nothing. A party, and a source of
whom nobody knows where it stands, leaves a claim open. A cooperating source may decide it, and the
label says so; an independent one decides it. Whoever decides both ways leaves it mixed.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from app.db.corroborations import Statement
from app.schemas.record_enums import About, Basis, ClaimState, Independence, Stance

DECIDING = (Independence.INDEPENDENT, Independence.COOPERATING)
"""Whose word can decide a claim, the strongest first."""


def standing(said: Sequence[Statement]) -> list[Statement]:
    """The statements that stand: neither retractions nor retracted."""
    retracted = {each.retracts_id for each in said}
    return [
        each for each in said if each.stance is not Stance.RETRACTS and each.id not in retracted
    ]


def counting(said: Sequence[Statement]) -> list[Statement]:
    """The statements that stand and are more than an echo of another's."""
    return [
        each
        for each in standing(said)
        if each.independence is not Independence.DERIVED and each.basis is not Basis.REPEATS_OTHER
    ]


def by_target(said: Iterable[Statement]) -> dict[str, list[Statement]]:
    """What was said of each claim, and of the media, retractions included."""
    grouped: dict[str, list[Statement]] = defaultdict(list)
    for each in said:
        grouped[each.target_id].append(each)
    return grouped


def state(said: Sequence[Statement]) -> ClaimState:
    """What everything said of one claim comes to."""
    stances = {each.stance for each in _deciding(said)}
    if stances == {Stance.SUPPORTS, Stance.REFUTES}:
        return ClaimState.MIXED
    if Stance.SUPPORTS in stances:
        return ClaimState.SUPPORTED
    if Stance.REFUTES in stances:
        return ClaimState.REFUTED
    return ClaimState.OPEN


def rests_on(said: Sequence[Statement]) -> Independence | None:
    """The most independent source that decided a claim; None while it is open."""
    deciding = {each.independence for each in _deciding(said)}
    return next((each for each in DECIDING if each in deciding), None)


def is_contested(said: Sequence[Statement]) -> bool:
    """Whether sources contradict each other about one target, parties included."""
    stances = {each.stance for each in counting(said)}
    return {Stance.SUPPORTS, Stance.REFUTES} <= stances


def has_conflict(said: Sequence[Statement]) -> bool:
    """Whether sources contradict each other about anything."""
    return any(is_contested(each) for each in by_target(said).values())


def has_independent_support(said: Sequence[Statement]) -> bool:
    """Whether an independent source supports the media itself; for a claim it says nothing."""
    return any(
        each.about is About.MEDIA
        and each.stance is Stance.SUPPORTS
        and each.independence is Independence.INDEPENDENT
        for each in counting(said)
    )


def _deciding(said: Sequence[Statement]) -> list[Statement]:
    return [
        each
        for each in counting(said)
        if each.independence in DECIDING and each.stance is not Stance.NEUTRAL
    ]
