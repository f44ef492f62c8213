"""Runs of a query with a picture every second or two: each is one moment, however long it stands.

On the usual reel such a picture stands until the next one, as a slide does, while the known item goes on.
"""

import numpy as np

from app.core import policy
from app.core.fingerprints.reel import GAP_MS, Reel
from app.core.geometry.side import Side, Sides
from app.core.policy import Grade
from app.core.sight.confirmation import confirmed
from app.core.sight.laying import Laid, lay_together, sureness
from app.core.weighing.findings import Seen

PICTURES_LEAST = 5
"""Fewer pictures fall together with moments of another take by chance."""


class _Moments(Side):
    """A side whose small film has each picture at its moment alone."""

    @property
    def reel(self) -> Reel:
        whole = self.sights.reel
        return whole.cut(*self.within_ms) if self.within_ms else whole


def lay_moments(laid: Laid, found: Seen, sides: Sides) -> Laid:
    """Lay an unsure run of a query of few pictures again, each at its moment; gives the surer of both.

    `found` is the run as it was before anything was laid over each other.
    """
    if policy.grade(laid.seen.confidence) is Grade.CERTAIN:
        return laid
    query = sides[0]
    moments = _Moments(query.fingerprint, query.sights, query.within_ms)
    times_ms = moments.reel.cut(*found.run.query_ms).times_ms
    if len(times_ms) < PICTURES_LEAST or np.median(np.diff(times_ms)) <= GAP_MS:
        return laid
    both = moments, sides[1]
    return max(laid, confirmed(lay_together(found, both), both), key=sureness)
