"""A partner's bundle becomes a hash list of that partner: leads on own items, never statuses."""

import re

from sqlalchemy.orm import Session

from app import db
from app.access import Actor
from app.core.bundles import BadBundle, Bundle, Entry, entries_of, opened
from app.db.hash_lists import HashList
from app.db.partners import Partner, PartnerFeed
from app.errors import Conflict, Forbidden, Unprocessable
from app.schemas.audit import AuditAction
from app.schemas.exchange import ImportedBundle
from app.schemas.hash_enums import Opinion
from app.schemas.hash_lists import NewHashList
from app.services import audit, hash_lists, partners


def take_in(session: Session, data: bytes, actor: Actor) -> ImportedBundle:
    """Take in a bundle that a partner signed, is newer than the last one, and still holds."""
    try:
        return _take_in(session, opened(data), actor)
    except BadBundle as error:
        raise Unprocessable(f"This bundle cannot be read: {error}.") from error


def _take_in(session: Session, bundle: Bundle, actor: Actor) -> ImportedBundle:
    from app.services import signing  # noqa: PLC0415  see `signing`

    db.in_commit_order(session)
    header = bundle.header
    partner = partners.sender(session, header.issuer)
    pem = partner.public_key.encode()
    if not signing.is_signed_by(pem, bundle.signed, bundle.signature):
        raise Forbidden("This bundle is not what its issuer signed.")
    if bundle.expires_at <= db.now():
        raise Unprocessable(f"This bundle expired on {header.expires_at}.")
    kept = db.partners.feed(session, partner.id, header.feed)
    if kept is not None and header.seq <= kept.last_seq:
        detail = f"Bundle {kept.last_seq} of this feed was taken in; this is number {header.seq}."
        raise Conflict(detail, last_seq=kept.last_seq)
    if kept is None:
        kept = _begin(session, partner, header.feed, actor)
    [hash_list] = db.hash_lists.by_ids(session, [kept.list_id]).values()
    done = _apply(session, hash_list, bundle, partner)
    kept.last_seq, kept.imported_at = header.seq, db.now()
    session.flush()
    audit.written(
        session,
        actor,
        AuditAction.EXCHANGE_IMPORTED,
        kept,
        beside=done.model_dump(mode="json"),
    )
    return done


def _begin(session: Session, partner: Partner, feed: str, actor: Actor) -> PartnerFeed:
    """Make the list that a partner's feed goes into."""
    name = re.sub(r"[^a-z0-9]+", "-", f"{partner.name} {feed}".lower()).strip("-")[:54]
    wanted = NewHashList(
        slug=f"{name}-{partner.id[:8]}".lstrip("-"),
        title=f"{partner.name}: {feed}",
        source_name=partner.name,
        opinion=Opinion.SEEN,
        description="Bundles of a partner; each entry's label is the partner's opinion.",
    )
    hash_list = hash_lists.create(session, wanted, actor, partner.id)
    made = PartnerFeed(partner_id=partner.id, feed=feed, list_id=hash_list.id, last_seq=0)
    session.add(made)
    return made


def _apply(
    session: Session, hash_list: HashList, bundle: Bundle, partner: Partner
) -> ImportedBundle:
    added = already = revoked = withdrawn = 0
    for entry in entries_of(bundle):
        if entry.revoked:
            gone = db.listed_hashes.withdraw(session, hash_list.id, entry.id)
            hash_list.hashes -= gone
            revoked += gone > 0
            withdrawn += db.signals.withdraw(session, hash_list.id, entry.id)
        else:
            new = _add(session, hash_list, entry)
            added, already = added + new, already + len(entry.hashes) - new
    return ImportedBundle(
        partner=partner.name,
        feed=bundle.header.feed,
        seq=bundle.header.seq,
        list=hash_list.slug,
        added=added,
        already=already,
        revoked=revoked,
        signals_withdrawn=withdrawn,
    )


def _add(session: Session, hash_list: HashList, entry: Entry) -> int:
    """Add an entry, or what of it is new; gives how many hashes. Its opinion is the newest."""
    db.listed_hashes.forget_withdrawn(session, hash_list.id, entry.id)
    new = hash_lists.add(session, hash_list, list(entry.hashes))
    db.listed_hashes.say(session, hash_list.id, entry.id, entry.opinion or Opinion.SEEN)
    return new
