"""Bundles for partners: fingerprints and opinions, nothing that names or shows anybody.

Each bundle of a feed is the feed's whole state: what it holds, and every item that an earlier one
told of and this one does not, revoked. A partner that missed some is right again with the next.
"""

import csv
import hashlib
import io
import json
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from app import db
from app.access import Actor, Scope
from app.core.custody import chain
from app.core.exchange import bundles
from app.core.exchange.listed_hashes import HashKind, ListedHash
from app.core.media import MediaKind
from app.db.exchange import Export, Exportable, ExportFilter
from app.errors import Forbidden
from app.schemas.audit import AuditAction
from app.schemas.enums import VerificationStatus
from app.schemas.exchange import ExportFormat, NewExport
from app.schemas.hash_enums import Opinion
from app.schemas.privacy_enums import SensitivityFlag
from app.services import audit, collections

if TYPE_CHECKING:
    from app.services.signing import SigningKey

OPINION_OF = {
    VerificationStatus.VERIFIED: Opinion.VERIFIED,
    VerificationStatus.MISLEADING: Opinion.MISLEADING,
    VerificationStatus.FABRICATED: Opinion.FABRICATED,
    VerificationStatus.WITHDRAWN: Opinion.WITHDRAWN,
}
"""Of every other status a partner learns no more than that the item was seen."""
_CAREFUL = frozenset({SensitivityFlag.POW, SensitivityFlag.MINOR, SensitivityFlag.SOURCE_AT_RISK})
_COLUMNS = ("signal_type", "signal_str", "collab", "category", "tags")


@dataclass(frozen=True, slots=True)
class Made:
    """A bundle and its row."""

    export: Export
    body: bytes


def make(session: Session, key: "SigningKey", wanted: NewExport, actor: Actor) -> Made:
    """Make the next bundle of a feed, in the books before it leaves."""
    without = _without(wanted, actor)
    # One that is not there holds nothing: everything that the feed told of would be revoked.
    collections.named(session, wanted.filter.collections)
    db.in_commit_order(session)
    chosen = ExportFilter(
        statuses=tuple(set(wanted.filter.status) - {VerificationStatus.VOID}),
        collections=wanted.filter.collections,
        tags=wanted.filter.tags,
        without=without,
    )
    items = db.exchange.exportable(session, chosen)
    gone = _gone(session, wanted, items)
    at, seq = db.now(), db.exchange.next_seq(session)
    body = _body(key, wanted, items, gone, (at, seq))
    made = Export(
        seq=seq,
        feed=wanted.feed,
        wanted=wanted.model_dump(mode="json"),
        entries=len(items),
        revoked=len(gone),
        sha256=hashlib.sha256(body).hexdigest(),
        issued_at=at,
        issued_by=actor.id,
    )
    session.add(made)
    session.flush()
    audit.written(session, actor, AuditAction.EXCHANGE_EXPORTED, made)
    return Made(made, body)


def _body(
    key: "SigningKey",
    wanted: NewExport,
    items: list[Exportable],
    gone: list[str],
    issued: tuple[datetime, int],
) -> bytes:
    """What leaves the house, in the format that was asked for."""
    at, seq = issued
    if wanted.format is ExportFormat.CSV:
        return _csv(items, wanted.feed)
    if wanted.format is not ExportFormat.BUNDLE:
        return "".join(f"{kind} {written}\n" for _, kind, written in _signals(items)).encode()
    entries = [*map(entry_of, items), *map(bundles.Entry, gone)]
    header = bundles.Header(
        feed=wanted.feed,
        issuer=key.id,
        seq=seq,
        issued_at=chain.instant(at),
        expires_at=chain.instant(at + timedelta(days=wanted.expires_days)),
        entries=len(entries),
    )
    return bundles.encode(header, entries, key.sign)


def _without(wanted: NewExport, actor: Actor) -> frozenset[SensitivityFlag]:
    """The flags whose items stay here; to let the most sensitive ones go is an editor's to decide."""
    without = set(wanted.exclude_flags)
    if not wanted.allow_pow:
        without.add(SensitivityFlag.POW)
    if _CAREFUL - without and (Scope.RECORD_APPROVE not in actor.scopes or actor.is_machine):
        names = ", ".join(sorted(_CAREFUL - without))
        detail = f"To export items flagged {names} takes an editor."
        raise Forbidden(detail, scope=Scope.RECORD_APPROVE.value)
    return frozenset(without)


def _gone(session: Session, wanted: NewExport, items: list[Exportable]) -> list[str]:
    """What the feed holds no more; formats that cannot say so leave the feed as it is."""
    if wanted.format is not ExportFormat.BUNDLE:
        return []
    return db.exchange.told(session, wanted.feed, {each.media_id for each in items})


def entry_of(item: Exportable) -> bundles.Entry:
    """What a partner is told of an item: hashes of it, and the desk's opinion."""
    kind = HashKind.VPDQ if item.kind is MediaKind.VIDEO else HashKind.PDQ
    own = ListedHash(HashKind.SHA256, bytes.fromhex(item.sha256), item.media_id)
    seen = (ListedHash(kind, bits, item.media_id, at_ms=at) for at, bits in _frames(item))
    opinion = OPINION_OF.get(item.status, Opinion.SEEN)
    return bundles.Entry(item.media_id, opinion.value, (own, *seen), item.published_wording or None)


def _frames(item: Exportable) -> Iterator[tuple[int, bytes]]:
    """Each different hash of an item's frames, with the first moment that has it."""
    told = set[bytes]()
    times_ms = (at_ms for (at_ms,) in struct.iter_unpack("<q", item.times_ms))
    hashes = (bits for (bits,) in struct.iter_unpack("32s", item.pdq))
    for at_ms, bits in zip(times_ms, hashes, strict=True):
        if bits not in told:
            told.add(bits)
            yield at_ms, bits


def _signals(items: Iterable[Exportable]) -> Iterator[tuple[Exportable, str, str]]:
    """Items as python-threatexchange writes signals: a type, and a text without line breaks."""
    for item in items:
        frames = list(_frames(item))
        if item.kind is MediaKind.VIDEO and frames:
            written = [f"{bits.hex()},100,{at_ms / 1000:.3f}" for at_ms, bits in frames]
            yield item, "vpdq", json.dumps(written)
        elif frames:
            yield item, "pdq", frames[0][1].hex()


def _csv(items: Iterable[Exportable], feed: str) -> bytes:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(_COLUMNS)
    for item, kind, written in _signals(items):
        opinion = OPINION_OF.get(item.status, Opinion.SEEN).value
        rows.writerow((kind, written, feed, "INVESTIGATION_SEED", opinion))
    return text.getvalue().encode()
