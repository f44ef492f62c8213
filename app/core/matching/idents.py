"""Common material: stretches that say nothing about where a query comes from.

Three sources: items that people keep as common (idents, title cards, countdowns), stretches of
known items that misled before (`Library.misleading`), and what the library itself shows to be usual
(`usual`). Common stretches carry no votes; what rests on them alone is a lead that says so.
"""

from collections.abc import Iterable

import numpy as np

from app.core import policy
from app.core.index import SearchHits
from app.core.matches import Span
from app.core.matching.candidates import candidates
from app.core.matching.comparing import Comparing
from app.core.matching.library import Library
from app.core.matching.masks import NOWHERE, Masks, Stretches
from app.core.sound.listening import heard_of
from app.core.temporal.runs import Floats
from app.core.weighing.findings import Finding

COMPARED = 5
"""Common items that a query is compared with, by sight and by sound."""


def common_items(
    comparing: Comparing, library: Library, hits: SearchHits, background_scores: Floats
) -> list[Finding]:
    """Compare the query with the likest items that people keep as common."""
    own = hits.of(library.common(np.unique(np.concatenate(hits.numbers)).tolist()))
    nothing = Masks.of(comparing.query, NOWHERE)
    likely = candidates(own, background_scores)[:COMPARED]
    by_sight = {each: comparing.affords(each) for each in likely}
    numbers = dict.fromkeys([*likely, *heard_of(own.sound)[:COMPARED]])
    return [
        comparing.finding(each, nothing, by_sight=by_sight.get(each, False)) for each in numbers
    ]


def explained(findings: Iterable[Finding]) -> Stretches:
    """Give the stretches of the query that common items explain."""
    sure = [each for each in findings if policy.alerts(each.confidence)]
    return Stretches(
        tuple(Span(*seen.run.query_ms) for each in sure for seen in each.kept),
        tuple(
            Span(*heard.query_ms)
            for each in findings
            for heard in each.heard
            if policy.alerts(heard.confidence)
        ),
    )
