"""Which items are behind: not yet searched for all that became known since; the rows are the queue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.db.base import now
from app.db.fingerprints import StoredFingerprint
from app.db.known import KnownChange, KnownLogEntry
from app.db.media import Media
from app.db.publications import Publication
from app.db.searches import MatchSearch
from app.db.shelves import is_known
from app.db.verifications import Verification, is_at
from app.schemas.enums import MediaState, VerificationStatus

ENTRIES_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class LogSpan:
    """Entries of the log within (after, until]."""

    after: int
    until: int


def oldest(session: Session, algorithm: str) -> int | None:
    """The entry up to which the item was searched that is furthest behind; None if none is behind."""
    behind = sa.select(sa.func.min(MatchSearch.as_of_seq)).where(_waits(algorithm))
    return session.scalar(behind.where(_is_behind(_newest(algorithm))))


def next_span(session: Session, after: int, algorithm: str, most_frames: int) -> LogSpan:
    """The entries after `after` that add at most `most_frames` frames; an item with more, alone."""
    entries = sa.select(KnownLogEntry.seq, StoredFingerprint.frames)
    entries = entries.where(_added(algorithm), KnownLogEntry.seq > after)
    entries = entries.order_by(KnownLogEntry.seq).limit(ENTRIES_AT_ONCE)
    until, frames = after, 0
    for seq, count in session.execute(entries):
        if frames and frames + count > most_frames:
            break
        until, frames = seq, frames + count
    return LogSpan(after, until)


def added(session: Session, span: LogSpan, algorithm: str) -> list[int]:
    """The numbers of the fingerprints of one algorithm that became known within a span."""
    within = sa.and_(KnownLogEntry.seq > span.after, KnownLogEntry.seq <= span.until)
    entries = sa.select(KnownLogEntry.fingerprint_number).where(_added(algorithm), within)
    return sorted(set(session.scalars(entries)))


def known_as_of(session: Session, seq: int) -> dict[str, int]:
    """How many fingerprints of each algorithm were known as of an entry."""
    last = (
        sa.select(sa.func.max(KnownLogEntry.seq))
        .where(KnownLogEntry.seq <= seq)
        .group_by(KnownLogEntry.fingerprint_number)
    )
    counts = (
        sa.select(StoredFingerprint.algorithm, sa.func.count())
        .join(KnownLogEntry, KnownLogEntry.fingerprint_number == StoredFingerprint.number)
        .where(KnownLogEntry.seq.in_(last), KnownLogEntry.change == KnownChange.ADDED)
        .group_by(StoredFingerprint.algorithm)
    )
    return dict(session.execute(counts).all())


def behind(session: Session, algorithm: str, seq: int, limit: int) -> Sequence[str]:
    """Up to `limit` items that were not searched up to entry `seq`, in the order to search them in.

    Published ones come first, then uploads, then known material; of each the newest first.
    """
    published = sa.select(Publication.media_id).where(Publication.media_id == Media.id).exists()
    items = (
        sa.select(MatchSearch.media_id)
        .join(Media, Media.id == MatchSearch.media_id)
        .where(_waits(algorithm), _is_behind(seq))
        .order_by(published.desc(), is_known(Media.id), Media.received_at.desc(), Media.id)
        .limit(limit)
    )
    return session.scalars(items).all()


def last_added(session: Session, media_ids: sa.Select[str | None]) -> dict[str, int]:
    """For each algorithm the newest entry by which one of these items became known."""
    algorithm = StoredFingerprint.algorithm
    entries = sa.select(algorithm, sa.func.max(KnownLogEntry.seq)).where(
        StoredFingerprint.number == KnownLogEntry.fingerprint_number,
        KnownLogEntry.change == KnownChange.ADDED,
        StoredFingerprint.media_id.in_(media_ids),
    )
    return dict(session.execute(entries.group_by(algorithm)).all())


def any_behind(session: Session, added: dict[str, int]) -> bool:
    """Whether any item is behind one of these entries, which are given by algorithm."""
    return _any(session, {of: _is_behind(seq) for of, seq in added.items()})


def any_missed(session: Session, added: dict[str, int]) -> bool:
    """Whether any item could not be searched, so far, up to one of these entries."""
    return _any(session, {of: MatchSearch.missed_after < seq for of, seq in added.items()})


def _any(session: Session, wanted: dict[str, sa.ColumnElement[bool]]) -> bool:
    return any(
        session.scalar(sa.select(MatchSearch.media_id).where(_waits(of), each).limit(1)) is not None
        for of, each in wanted.items()
    )


def passed_over(session: Session, algorithm: str, before: datetime) -> str | None:
    """The item passed over that was tried longest ago, if that was before an instant."""
    items = sa.select(MatchSearch.media_id).where(
        _waits(algorithm),
        MatchSearch.missed_after.is_not(None),
        MatchSearch.searched_at < before,
    )
    return session.scalar(items.order_by(MatchSearch.searched_at).limit(1))


def waiting(session: Session) -> int:
    """How many items are behind, of all algorithms."""
    algorithms = session.scalars(sa.select(StoredFingerprint.algorithm).distinct()).all()
    counts = (
        sa.select(sa.func.count())
        .select_from(MatchSearch)
        .where(_waits(algorithm), _is_behind(_newest(algorithm)))
        for algorithm in algorithms
    )
    return sum(session.scalar(count) or 0 for count in counts)


def leaves_it_to_others(session: Session, media_id: str) -> bool:
    """Whether an item became known but has no search of its own that tells what it shows.

    It failed, is void, or was purged before that; so everything else has to be searched for it.
    """
    out = sa.select(Media.id).join(Verification, Verification.media_id == Media.id)
    out = out.where(
        Media.id == media_id,
        sa.or_(
            Media.state.in_((MediaState.FAILED, MediaState.PURGED)),
            Verification.status == VerificationStatus.VOID,
        ),
        ~sa.exists().where(MatchSearch.media_id == media_id, MatchSearch.settled),
    )
    return session.scalar(out) is not None


def pass_over(session: Session, media_id: str, until: int) -> None:
    """Count an item as searched up to entry `until` although it could not be.

    So it holds up nothing; `missed_after` keeps from which entry on it was not searched.
    """
    missed = sa.func.coalesce(MatchSearch.missed_after, MatchSearch.as_of_seq)
    as_of = sa.case((MatchSearch.as_of_seq < until, until), else_=MatchSearch.as_of_seq)
    items = sa.update(MatchSearch).where(MatchSearch.media_id == media_id)
    session.execute(items.values(missed_after=missed, as_of_seq=as_of, searched_at=now()))


def _waits(algorithm: str) -> sa.ColumnElement[bool]:
    """SQL condition: the item of a search takes part; it is ready, not void, and can be compared.

    Asked of each search: few are behind, while lists of all items would be made anew each second.
    """
    item, kept, of_search = aliased(Media), aliased(StoredFingerprint), MatchSearch.media_id
    return sa.and_(
        sa.exists().where(item.id == of_search, item.state == MediaState.READY),
        sa.exists().where(kept.media_id == of_search, kept.algorithm == algorithm),
        ~is_at(of_search, VerificationStatus.VOID),
    )


def _is_behind(seq: int | sa.ScalarSelect[int]) -> sa.ColumnElement[bool]:
    """SQL condition: the item of a search is behind entry `seq`."""
    return sa.and_(~MatchSearch.settled, MatchSearch.as_of_seq < seq)


def _newest(algorithm: str) -> sa.ScalarSelect[int]:
    """The newest entry that added something of an algorithm."""
    newest = sa.select(KnownLogEntry.seq).where(_added(algorithm))
    # In that order the engines stop at the first one: a maximum is looked for in all there are.
    return newest.order_by(KnownLogEntry.seq.desc()).limit(1).scalar_subquery()


def _added(algorithm: str) -> sa.ColumnElement[bool]:
    """SQL condition: an entry added a fingerprint of this algorithm, to which it is joined."""
    return sa.and_(
        StoredFingerprint.number == KnownLogEntry.fingerprint_number,
        KnownLogEntry.change == KnownChange.ADDED,
        StoredFingerprint.algorithm == algorithm,
    )
