"""The table of statuses, row by row: who may, what it takes, and what is refused."""

import itertools

import pytest

from app.access import Role
from app.db import Database
from app.errors import Forbidden, IllegalTransition
from app.schemas.record_enums import PublicationState
from app.services import transition_table
from tests.records import actor_of, add_item
from tests.services.statuses import (
    APPROVAL,
    CORRECTION,
    NOTE,
    PRIVATE,
    PUBLISHED,
    Conclude,
    E,
    S,
    V,
    at_status,
    concluder,
    missing_of,
)

WORDING = "public_wording: what may be said"
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


@pytest.fixture
def conclude(database: Database) -> Conclude:
    return concluder(database)


@pytest.fixture
def item(database: Database) -> str:
    with database.write() as session:
        return add_item(session)


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
        at_status(database, item, origin, publication)
        if (origin, to) not in expected:
            with pytest.raises(IllegalTransition) as illegal:
                conclude(item, actor_of(Role.EDITOR), to=to)
            legal = {target for start, target in expected if start is origin}
            assert set(illegal.value.extra["legal"]) == legal
            continue
        role, lacking = expected[origin, to]
        assert missing_of(conclude, item, actor_of(role), to=to) == lacking
        with pytest.raises(Forbidden):
            conclude(item, actor_of(Role.VERIFIER if role is E else Role.PRODUCER, "x"), to=to)


def test_whatever_was_public_counts_as_published(
    database: Database, item: str, conclude: Conclude
) -> None:
    for publication in (PublicationState.CORRECTED, PublicationState.TOMBSTONED):
        at_status(database, item, S.VERIFIED, publication)
        with pytest.raises(IllegalTransition):
            conclude(item, actor_of(Role.EDITOR), to="in_review", note="not any more, it is public")


def test_at_most_one_way_leads_from_one_status_to_another() -> None:
    for status, published in itertools.product(S, (True, False)):
        ways = transition_table.edges_from(status, was_published=published)
        assert len({edge.to for edge in ways}) == len(ways)
