"""The part of the audit chain in a custody export: one item's entries, and digests of all others."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from app import db
from app.access import Actor
from app.blobs.zipping import Member
from app.core.custody import chain, custody_check
from app.core.custody.chain import Link
from app.schemas.audit import AuditAction
from app.services import auditing, protection
from app.services.protection import Protection

AT_ONCE = 1000
_ACCESS = {AuditAction.CUSTODY_EXPORTED, AuditAction.MEDIA_VIEWED}


@dataclass(frozen=True, slots=True)
class EntrySpan:
    """The entries behind `after` up to `upto`, and the item that the export is about."""

    media_id: str
    after: int
    upto: int


def files(database: db.Database, span: EntrySpan, actor: Actor) -> Iterator[Member]:
    """The chain's digests; the item's entries for people and for programs."""

    def member(name: str, write: Callable[[Link], str | None], about: str | None) -> Member:
        return Member(name, _written(database, span, write, about))

    yield member(custody_check.CHAIN, lambda link: chain.content_digest(link.content), None)
    about = span.media_id
    with database.read() as session:
        protected = protection.read(session, about, actor)
    yield member(custody_check.CONTENTS, lambda link: link.content.text(), about)
    yield member(custody_check.PAYLOADS, lambda link: _payload(link, actor, protected), about)
    yield member("audit/entries.txt", _told, about)
    yield member("audit/access.txt", _access, about)


def _written(
    database: db.Database, span: EntrySpan, write: Callable[[Link], str | None], about: str | None
) -> Iterator[bytes]:
    """A line for each entry that `write` has one for; no transaction is open while one is sent."""
    after = span.after
    while after < span.upto:
        with database.read() as session:
            links = db.audit_reading.some_links(session, after, span.upto, about, AT_ONCE)
        if not links:
            return
        lines = (write(link) for link in links)
        yield "".join(f"{line}\n" for line in lines if line is not None).encode()
        after = links[-1].content.seq


def _payload(link: Link, actor: Actor, protected: Protection) -> str | None:
    if link.salt is None or link.payload is None:
        return None
    withheld = auditing.why_withheld(json.loads(link.payload), actor, protected)
    return None if withheld else f"{link.salt}{link.payload}"


def _told(link: Link) -> str:
    said = link.content
    payload: dict[str, Any] = json.loads(link.payload) if link.payload else {}
    who = f"{payload.get('actor_name', '(erased)')} ({said.actor}, {said.role})"
    return f"{said.seq}  {said.at}  {who}  {said.action}  {said.subject}/{said.subject_id}"


def _access(link: Link) -> str | None:
    if link.content.action not in _ACCESS:
        return None
    payload = json.loads(link.payload) if link.payload else {}
    what = {name: value for name, value in payload.items() if name != "actor_name"}
    return f"{_told(link)}  {chain.canonical(what)}"
