"""Where protected sources spoke: a link that leads there is shown to verifiers and above only."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app import db
from app.access import Actor, Scope
from app.db.corroborations import Corroboration
from app.schemas.addresses import places

PROTECTED = "a protected source"
"""What stands for such a link, so that nobody takes what rests on it to rest on nothing."""


@dataclass(frozen=True, slots=True)
class Protection:
    """What of a record's evidence one reader may not see."""

    hidden: frozenset[str]

    def names(self, evidence: Iterable[object]) -> bool:
        """Whether one of these leads to where a protected source spoke."""
        return any(each != self._shown(each) for each in evidence)

    def of_evidence(self, evidence: list[str] | None) -> list[str] | None:
        """What the evidence of a status is for this reader."""
        return evidence and [str(self._shown(each)) for each in evidence]

    def of_asked(self, asked: dict[str, Any]) -> dict[str, Any]:
        """What a transition asks for is for this reader."""
        if "evidence" not in asked:
            return asked
        return {**asked, "evidence": self.of_evidence(asked["evidence"])}

    def _shown(self, each: object) -> object:
        is_link = isinstance(each, str) and not self.hidden.isdisjoint(places(each.strip()))
        return PROTECTED if is_link else each


def read(session: Session, media_id: str, actor: Actor) -> Protection:
    """What `actor` may not see of a record's evidence."""
    if Scope.RECORD_WRITE in actor.scopes:
        return Protection(frozenset())
    return Protection(spoken_at(db.corroborations.of_media(session, media_id)))


def spoken_at(said: Iterable[Corroboration]) -> frozenset[str]:
    """Where the protected ones among sources spoke."""
    links = (
        link for each in said if each.source_protected for link in (each.link, each.archive_url)
    )
    return frozenset(place for link in links if link for place in places(link))
