"""What an administrator sees to: trust lists, what is due or proposed to go, and what is held."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from app import db
from app.core.provenance.values import READER
from app.schemas.holds import HoldAnswer
from app.schemas.page import Page
from app.schemas.purging import PurgeProposalAnswer
from app.schemas.retention import RetentionPage
from app.schemas.trust_lists import TrustListItem
from app.services import holds, purge_proposals, retention, trust_lists
from app.services.retention import RetentionPolicy

MOST = 100


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """What the settings page shows; `titles` has the titles of all items that it names, by id.

    `is_rereading` is true while items wait to be read again under the trust lists in force.
    """

    trust_lists: Page[TrustListItem]
    is_rereading: bool
    due: RetentionPage
    proposed: Page[PurgeProposalAnswer]
    holds: Page[HoldAnswer]
    titles: dict[str, str]


@dataclass(frozen=True, slots=True)
class Due:
    """Which page of the items that are due within so many days by the desk's rules is asked for."""

    policy: RetentionPolicy
    within_days: int
    limit: int
    cursor: str | None


def read(session: Session, asked: Due) -> SettingsPage:
    """The desk's settings that are kept in its database, and what follows from its rules."""
    at = db.now() + timedelta(days=asked.within_days)
    due = retention.due(session, asked.policy, at, asked.limit, asked.cursor)
    held = holds.listed(session, None, MOST, None, all_of_them=False)
    proposed = purge_proposals.listed(session, MOST, None)
    revision = db.trust_lists.revision(session)
    return SettingsPage(
        trust_lists=trust_lists.listed(session, MOST, None),
        is_rereading=db.provenance.next_stale(session, READER, revision, after="") is not None,
        due=due,
        proposed=proposed,
        holds=held,
        titles=_titles(
            session,
            [
                *(each.media_id for each in due.items),
                *(each.media_id for each in proposed.items),
                *(each.media_id for each in held.items),
            ],
        ),
    )


def _titles(session: Session, media_ids: Iterable[str]) -> dict[str, str]:
    found = db.media.by_ids(session, set(media_ids))
    return {media_id: item.title or item.filename for media_id, item in found.items()}
