"""How long items are kept: their class, when they are due, and the purge of what is.

An item's class follows from its state: in a collection it is `known_archive`; its record `void` makes
it `void`; any other status than `unreviewed`, or a match of it that a person confirmed or called
related, makes it `used`; all else is `unused_ugc`. A class that somebody set by hand goes before that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app import db
from app.access import Actor
from app.db.retention import Kept, SetClass
from app.db.verifications import Verification
from app.errors import Conflict
from app.schemas.enums import HistoryAction
from app.schemas.privacy_enums import RetentionClass
from app.schemas.retention import ClassRule, RetentionAnswer, RetentionChange, RetentionPage
from app.services import tombstones, verifications


@dataclass(frozen=True, slots=True)
class RetentionPolicy:
    """For how many days each class is kept, classes not named for ever; which the desk purges itself."""

    days: Mapping[RetentionClass, int] = field(
        default_factory=lambda: {RetentionClass.UNUSED_UGC: 90, RetentionClass.VOID: 7}
    )
    automatic: frozenset[RetentionClass] = frozenset({RetentionClass.VOID})

    def due_at(self, kept: Kept) -> datetime | None:
        """When an item is due; None if its class is kept for ever."""
        days = self.days.get(kept.retention_class)
        return None if days is None else kept.since + timedelta(days=days)

    def cutoffs(
        self, at: datetime, only: frozenset[RetentionClass] | None = None
    ) -> dict[RetentionClass, datetime]:
        """Since when an item of each class must have been kept to be due at an instant."""
        return {
            name: at - timedelta(days=days)
            for name, days in self.days.items()
            if only is None or name in only
        }

    def rules(self) -> list[ClassRule]:
        """The policy on the wire."""
        return [
            ClassRule(
                retention_class=name,
                days=self.days.get(name),
                purged_automatically=name in self.automatic and name in self.days,
            )
            for name in RetentionClass
        ]


def read(session: Session, policy: RetentionPolicy, media_id: str) -> RetentionAnswer:
    """Why an item is kept, and until when."""
    kept = db.retention.of(session, [media_id]).get(media_id)
    if kept is None or db.media.find(session, media_id) is None:
        raise tombstones.missing(session, media_id)
    held = bool(db.holds.held_among(session, [media_id]))
    return _answer(policy, media_id, kept, held=held)


def due(
    session: Session, policy: RetentionPolicy, at: datetime, limit: int, cursor: str | None
) -> RetentionPage:
    """One page of the items that are due at an instant, in order of arrival; held ones say so."""
    page = db.retention.due(session, policy.cutoffs(at), limit, cursor)
    ids = [item.id for item in page.items]
    kept, held = db.retention.of(session, ids), db.holds.held_among(session, ids)
    return RetentionPage(
        items=[_answer(policy, each, kept[each], held=each in held) for each in ids],
        next=page.next,
        classes=policy.rules(),
    )


def check_due(
    session: Session, policy: RetentionPolicy, at: datetime, name: RetentionClass, media_id: str
) -> None:
    """Refuse to purge an item by itself that is not in this class, not due at `at`, or public."""
    kept = db.retention.of(session, [media_id]).get(media_id)
    due_at = policy.due_at(kept) if kept and kept.retention_class is name else None
    if kept is None or kept.is_public or due_at is None or due_at > at:
        raise Conflict("This item is not due any more, or not to be purged by itself.")


def change(session: Session, record: Verification, wanted: RetentionChange, actor: Actor) -> None:
    """Put an item in a class by hand, or let its class follow from its state again."""
    media_id, name = record.media_id, wanted.retention_class
    db.retention.clear(session, media_id)
    if name is not None:
        session.add(
            SetClass(media_id=media_id, retention_class=name, reason=wanted.reason, set_by=actor.id)
        )
    session.flush()
    details = {"retention_class": name.value if name else None}
    verifications.change(session, record, actor, HistoryAction.RETENTION_SET, details)


def _answer(policy: RetentionPolicy, media_id: str, kept: Kept, *, held: bool) -> RetentionAnswer:
    return RetentionAnswer(
        media_id=media_id,
        retention_class=kept.retention_class,
        by_hand=kept.by_hand,
        since=kept.since,
        due_at=policy.due_at(kept),
        held=held,
        purged_automatically=kept.retention_class in policy.automatic
        and kept.retention_class in policy.days
        and not kept.is_public,
    )
