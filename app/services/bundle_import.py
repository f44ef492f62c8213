"""A partner's bundle becomes a hash list of that partner: leads on own items, never statuses."""

import mmap
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field

from sqlalchemy.orm import Session

from app import db
from app.access import Actor
from app.core.exchange.bundles import BadBundle, Bundle, Entry, entries_of, opened
from app.db.partners import Partner, PartnerFeed
from app.errors import Conflict, Forbidden, Unprocessable
from app.schemas.audit import AuditAction
from app.schemas.exchange import ImportedBundle
from app.schemas.fields import LINE_MAX
from app.schemas.hash_enums import Opinion
from app.schemas.hash_lists import NewHashList
from app.services import audit, bundle_entries, hash_lists, partners
from app.services.bundle_entries import Counts

ENTRIES_A_STEP = 200
HASHES_A_STEP = 10_000


@dataclass
class BundleImport:
    """Takes in a bundle step by step, each in a transaction of its own, so that others write, too.

    An import that ends early leaves what it had taken in; made again, it does the rest.
    """

    database: db.Database
    bundle: Bundle
    actor: Actor
    counts: Counts = field(default_factory=Counts)

    def feed(self) -> None:
        """Take in the entries; those of a bundle that is too old stay out, as `finish` says."""
        with suppress(Conflict):
            for step in _steps(entries_of(self.bundle)):
                with self.database.write() as session:
                    db.in_commit_order(session)
                    _, kept = self._begun(session)
                    [into] = db.hash_lists.by_ids(session, [kept.list_id]).values()
                    bundle_entries.bring_in(session, into, step, self.counts)

    def finish(self, session: Session) -> ImportedBundle:
        """Say in the audit chain that the bundle was taken in; gives what came of it."""
        db.in_commit_order(session)
        partner, kept = self._begun(session)
        header = self.bundle.header
        [into] = db.hash_lists.by_ids(session, [kept.list_id]).values()
        told = {"partner": partner.name, "feed": header.feed, "seq": header.seq, "list": into.slug}
        done = ImportedBundle(**told, **asdict(self.counts))
        kept.last_seq, kept.imported_at = header.seq, db.now()
        session.flush()
        beside = done.model_dump(mode="json")
        audit.written(session, self.actor, AuditAction.EXCHANGE_IMPORTED, kept, beside=beside)
        return done

    def _begun(self, session: Session) -> tuple[Partner, PartnerFeed]:
        """The sender and its feed, for a bundle that is as new as what was begun."""
        header = self.bundle.header
        partner = partners.sender(session, header.issuer)
        kept = db.partners.feed(session, partner.id, header.feed)
        if kept is None:
            kept = _begin(session, partner, header.feed, self.actor)
        if header.seq <= kept.last_seq or header.seq < kept.begun_seq:
            newest = f"Bundle {kept.begun_seq} of this feed was taken in, or begun"
            detail = f"{newest}; this is number {header.seq}."
            raise Conflict(detail, last_seq=kept.last_seq)
        kept.begun_seq = header.seq
        return partner, kept


def take_in(database: db.Database, data: bytes | mmap.mmap, actor: Actor) -> BundleImport:
    """Take in the entries of a bundle that a partner signed and that holds; `finish` is left."""
    try:
        bundle = opened(data)
        _check(database, bundle)
        for _ in entries_of(bundle):  # all can be read, or nothing is taken in
            pass
    except BadBundle as error:
        raise Unprocessable(f"This bundle cannot be read: {error}.") from error
    made = BundleImport(database, bundle, actor)
    made.feed()
    return made


def _check(database: db.Database, bundle: Bundle) -> None:
    from app.services import signing  # noqa: PLC0415  see `signing`

    with database.read() as session:
        pem = partners.sender(session, bundle.header.issuer).public_key.encode()
    if not signing.is_signed_by(pem, bundle.signed, bundle.signature):
        raise Forbidden("This bundle is not what its issuer signed.")
    if bundle.expires_at <= db.now():
        raise Unprocessable(f"This bundle expired on {bundle.header.expires_at}.")


def _steps(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """The entries in their order, some at a time and no id twice at a time."""
    step, hashes = dict[str, Entry](), 0
    for entry in entries:
        full = len(step) >= ENTRIES_A_STEP or hashes >= HASHES_A_STEP
        if full or entry.id in step:
            yield list(step.values())
            step, hashes = {}, 0
        step[entry.id] = entry
        hashes += len(entry.hashes)
    if step:
        yield list(step.values())


def _begin(session: Session, partner: Partner, feed: str, actor: Actor) -> PartnerFeed:
    """Make the list that a partner's feed goes into."""
    name = re.sub(r"[^a-z0-9]+", "-", f"{partner.name} {feed}".lower()).strip("-")[:54]
    # The name may be cut before the feed, or two feeds may differ in what it leaves out; and nobody
    # may know it before, and give it to a list of their own.
    which = secrets.token_hex(4)
    wanted = NewHashList(
        slug=f"{name}-{which}".lstrip("-"),
        title=f"{partner.name}: {feed}"[:LINE_MAX],
        source_name=partner.name,
        opinion=Opinion.SEEN,
        description="Bundles of a partner; each entry's label is the partner's opinion.",
    )
    hash_list = hash_lists.create(session, wanted, actor, partner.id)
    made = PartnerFeed(
        partner_id=partner.id, feed=feed, list_id=hash_list.id, last_seq=0, begun_seq=0
    )
    session.add(made)
    session.flush()
    audit.written(session, actor, AuditAction.EXCHANGE_BEGUN, made)
    return made
