"""Everything that the page of one record shows to one reader, read as one state."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app import db
from app.access import Actor
from app.db.matches import MatchFilter
from app.schemas.claims import ClaimItem
from app.schemas.corroborations import CorroborationItem
from app.schemas.findings import FindingItem
from app.schemas.matches import MatchItem
from app.schemas.media import MediaAnswer
from app.schemas.notes import NoteItem
from app.schemas.page import Page
from app.schemas.publications import Desk, PublicationAnswer, PublicationRequest
from app.schemas.verifications import VerificationRecord
from app.services import (
    claims,
    corroborations,
    findings,
    matches,
    media,
    media_views,
    notes,
    publication_views,
    records,
)
from app.services.publication_views import Next

MOST = 200
MATCHES_MOST = 50


@dataclass(frozen=True, slots=True)
class RecordPage:
    """One record with what was said in it, and what publishing it now would put out."""

    item: MediaAnswer
    record: VerificationRecord
    matches: list[MatchItem]
    earlier_findings: list[FindingItem]
    claims: Page[ClaimItem]
    corroborations: Page[CorroborationItem]
    notes: list[NoteItem]
    has_earlier_notes: bool
    publication: PublicationAnswer
    next_revision: Next
    people: list[str]


@dataclass(frozen=True, slots=True)
class Reading:
    """How a record is read: under which rules, for whom it is published, with which choices."""

    four_eyes: bool
    desk: Desk
    choices: PublicationRequest | None = None


def read(session: Session, media_id: str, actor: Actor, how: Reading) -> RecordPage:
    """What `actor` is shown of a record."""
    item = media.get(session, media_id)
    found = matches.listed(session, MatchFilter(media_id), MATCHES_MOST, None)
    every = findings.read(session, media_id, None, MOST, None).items
    last_notes, has_earlier_notes = notes.newest(session, media_id, actor, MOST)
    return RecordPage(
        item=media_views.show(session, item),
        record=records.read(session, media_id, actor, four_eyes=how.four_eyes),
        matches=found.items,
        earlier_findings=[each for each in every if each.superseded_by],
        claims=claims.read(session, media_id, MOST, None),
        corroborations=corroborations.read(session, media_id, actor, MOST, None),
        notes=last_notes,
        has_earlier_notes=has_earlier_notes,
        publication=publication_views.state(session, media_id),
        next_revision=publication_views.preview(session, media_id, how.choices, how.desk),
        people=sorted(set(db.actors.holders(session).values())),
    )
