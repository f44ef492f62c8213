"""Bundles for partners: fingerprints and opinions, nothing that names or shows anybody.

Each bundle of a feed is the feed's whole state: what it holds, and every item that an earlier one
told of and this one does not, revoked. A partner that missed some is right again with the next.
Its lines are written before anybody has to wait: of a large feed that takes a minute.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from app import db
from app.access import Actor, Scope
from app.core.custody import chain
from app.core.exchange import bundles
from app.db.exchange import Export, ExportFilter, Told
from app.errors import Forbidden
from app.schemas.audit import AuditAction
from app.schemas.enums import VerificationStatus
from app.schemas.exchange import ExportFormat, NewExport
from app.schemas.privacy_enums import SensitivityFlag
from app.services import audit, collections, export_lines

if TYPE_CHECKING:
    from app.services.signing import SigningKey

_CAREFUL = frozenset({SensitivityFlag.POW, SensitivityFlag.MINOR, SensitivityFlag.SOURCE_AT_RISK})


@dataclass(frozen=True, slots=True)
class Made:
    """A bundle and its row."""

    export: Export
    body: bytes


def make(database: db.Database, key: "SigningKey", wanted: NewExport, actor: Actor) -> Made:
    """Make the next bundle of a feed, in the books before it leaves."""
    chosen = ExportFilter(
        statuses=tuple(set(wanted.filter.status) - {VerificationStatus.VOID}),
        collections=wanted.filter.collections,
        tags=wanted.filter.tags,
        without=_without(wanted, actor),
    )
    with database.read() as session:
        # One that is not there holds nothing: everything that the feed told of would be revoked.
        collections.named(session, wanted.filter.collections)
        lines = _lines(session, wanted, chosen)
    with database.write() as session:
        db.in_commit_order(session)
        told = db.exchange.told_of(session, chosen)
        # What was changed, or came, since it was written.
        lines |= _lines(session, wanted, chosen, [each for each in told if each not in lines])
        return _entered(session, key, wanted, {each: lines[each] for each in told}, actor)


def _lines(
    session: Session, wanted: NewExport, chosen: ExportFilter, only: list[Told] | None = None
) -> dict[Told, bytes]:
    """What is said of each item that passes the filter, or of some of these."""
    found = db.exchange.exportable(session, chosen, only)
    return {each.told: export_lines.of(each, wanted.format, wanted.feed) for each in found}


def _entered(
    session: Session, key: "SigningKey", wanted: NewExport, lines: dict[Told, bytes], actor: Actor
) -> Made:
    gone = _gone(session, wanted, lines)
    at, seq = db.now(), db.exchange.next_seq(session)
    body = _body(key, wanted, [*lines.values(), *map(_revocation, gone)], (at, seq))
    made = Export(
        seq=seq,
        feed=wanted.feed,
        wanted=wanted.model_dump(mode="json"),
        entries=len(lines),
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
    key: "SigningKey", wanted: NewExport, lines: list[bytes], issued: tuple[datetime, int]
) -> bytes:
    """What leaves the house, in the format that was asked for."""
    at, seq = issued
    if wanted.format is not ExportFormat.BUNDLE:
        return b"".join([export_lines.first(wanted.format), *lines])
    header = bundles.Header(
        feed=wanted.feed,
        issuer=key.id,
        seq=seq,
        issued_at=chain.instant(at),
        expires_at=chain.instant(at + timedelta(days=wanted.expires_days)),
        entries=len(lines),
    )
    return bundles.sealed(header, lines, key.sign)


def _revocation(media_id: str) -> bytes:
    return bundles.line_of(bundles.Entry(media_id))


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


def _gone(session: Session, wanted: NewExport, told: Iterable[Told]) -> list[str]:
    """What the feed holds no more; formats that cannot say so leave the feed as it is."""
    if wanted.format is not ExportFormat.BUNDLE:
        return []
    return db.exchange.told(session, wanted.feed, {each.media_id for each in told})
