"""Keep what a search found: one row a pair, an alert for what is new, and how far was searched."""

from dataclasses import replace

from sqlalchemy.orm import Session

from app import db
from app.core.policy import Grade
from app.db.matches import StoredMatch
from app.schemas.enums import MatchFound, Shelf, VerificationStatus
from app.services import claimed_dates, known, match_alerts, matches, subscribing
from app.services.heavy import Found, Hit

ENGINE_VERSION = "1"


def record(session: Session, media_id: str, found: Found, how: MatchFound) -> None:
    """Keep a full answer about an item; the caller has `in_commit_order`.

    What only a first look found is withdrawn. Only pairs that are new to the record alert, and none of
    common material: where an ident occurs is no news. What an earlier search missed is made up for
    only by one of all known material.
    """
    hits = _standing(session, found)
    others = [hit.known_media_id for hit in hits]
    common = db.collections.in_common(session, [media_id])
    alerting = set() if common else db.shelves.worth_an_alert(session, others)
    statuses = db.processing.statuses(session, others)
    before = db.subscriptions.graded(session, media_id, others)
    for hit in hits:
        row = db.matches.record(session, _row(media_id, hit, found.algorithm, how))
        if row is not None and hit.known_media_id in alerting:
            status = statuses.get(hit.known_media_id)
            match_alerts.raise_for(session, row, match_alerts.told(row, hit.against, status))
    session.flush()
    _tell_subscribers(session, media_id, hits, statuses, before)
    db.early_matches.withdraw(session, media_id)
    searched = (_searched if found.is_whole else _searched_in_part)(session, media_id, found)
    if found.is_whole:
        searched.missed_after = None
    if found.uploads is not None:
        searched.uploads = found.uploads
        searched.uploads_not_comparable = found.uploads_not_comparable
    db.searches.record(session, searched)
    claimed_dates.check(session, media_id)


def _tell_subscribers(
    session: Session,
    media_id: str,
    hits: list[Hit],
    statuses: dict[str, VerificationStatus],
    before: dict[str, Grade],
) -> None:
    """Tell them of pairs, given the other items' statuses and how the pairs were graded before."""
    against = {hit.known_media_id: hit.against for hit in hits}
    kept = db.subscriptions.standing(session, media_id, against)
    told = {
        row.id: match_alerts.told(
            row, against[row.known_media_id], statuses.get(row.known_media_id)
        )
        for row in kept
    }
    old = {row.id for row in kept if before.get(row.known_media_id) is row.grade}
    subscribing.tell(session, kept, told, old)


def record_nothing_new(session: Session, media_id: str, found: Found) -> None:
    """Keep that an item was also searched in what became known since its last search.

    The caller has `in_commit_order`: an item that moves to another shelf meanwhile is not settled.
    """
    db.searches.record(session, _searched_in_part(session, media_id, found))


def _searched_in_part(session: Session, media_id: str, found: Found) -> db.searches.MatchSearch:
    before = db.searches.of_media(session, media_id)
    searched = _searched(session, media_id, found)
    if before is not None and before.not_comparable > found.not_comparable:
        # What became comparable meanwhile is known since before: it takes a search of everything.
        searched.missed_after = (
            before.as_of_seq if before.missed_after is None else before.missed_after
        )
    return searched


def _searched(session: Session, media_id: str, found: Found) -> db.searches.MatchSearch:
    return db.searches.MatchSearch(
        media_id=media_id,
        known_items=found.known_items,
        not_comparable=found.not_comparable,
        as_of_seq=found.as_of_seq,
        settled=known.is_settled(session, media_id, found.as_of_seq),
    )


def record_early(session: Session, media_id: str, found: Found) -> None:
    """Keep a first answer about an item, until the full one takes its place; nobody is alerted."""
    hits = _standing(session, found)
    rows = [_row(media_id, hit, found.algorithm, MatchFound.UPLOAD) for hit in hits]
    db.early_matches.record(session, media_id, rows)


def _standing(session: Session, found: Found) -> list[Hit]:
    """What was found with items that were not purged meanwhile, on the shelves where they are now."""
    ids = {hit.known_media_id for hit in found.hits}
    purged = db.tombstones.purged_among(session, ids) - db.tombstones.recognised(session, ids)
    shelves = db.shelves.among(session, ids)
    return [
        replace(hit, against=shelves.get(hit.known_media_id, hit.against))
        for hit in found.hits
        if hit.known_media_id not in purged
    ]


def _row(media_id: str, hit: Hit, algorithm: str, how: MatchFound) -> StoredMatch:
    match = hit.match
    if hit.against is Shelf.UPLOAD and how is MatchFound.RETROACTIVE:
        how = MatchFound.RECHECK  # only what becomes known explains the past
    stored = matches.to_stored(match)
    return StoredMatch(
        query_media_id=media_id,
        known_media_id=hit.known_media_id,
        relation=match.relation,
        grade=match.grade,
        confidence=match.confidence,
        coverage_query=match.coverage_query,
        coverage_known=match.coverage_known,
        segments=stored.segments,
        evidence=stored.evidence,
        notes=list(match.notes),
        algorithm=algorithm,
        engine_version=ENGINE_VERSION,
        found=how,
    )
