"""Trust lists: imported by an administrator from a file, offline; none comes with the desk."""

import hashlib

from sqlalchemy.orm import Session

from app import db
from app.access import Actor
from app.core.provenance.values import TrustList
from app.db.trust_lists import StoredTrustList
from app.errors import Conflict, NotFound, Unprocessable
from app.jobs import JobKind, JobQueue
from app.schemas.audit import AuditAction
from app.schemas.page import Page
from app.schemas.trust_lists import NewTrustList, TrustListItem
from app.services import audit

_CHANGES = "trust lists"


def settle(session: Session) -> None:
    """From here to its commit, this transaction sees no trust list come or go."""
    db.in_commit_order(session)
    db.exclusively(session, _CHANGES)


def add(session: Session, jobs: JobQueue, wanted: NewTrustList, actor: Actor) -> StoredTrustList:
    """Import a list under a name that no other in force has; signed items are read again."""
    settle(session)
    if any(each.name == wanted.name for each in db.trust_lists.in_force(session)):
        detail = f"A trust list '{wanted.name}' is in force; remove it, or choose another name."
        raise Conflict(detail)
    made = StoredTrustList(
        name=wanted.name,
        kind=wanted.kind,
        dated=wanted.dated,
        sha256=hashlib.sha256(wanted.pem.encode()).hexdigest(),
        authorities=_authorities(wanted.pem),
        pem=wanted.pem,
        imported_by=actor.name,
    )
    session.add(made)
    session.flush()
    _note(session, jobs, made, actor, AuditAction.TRUST_LIST_ADDED)
    return made


def remove(session: Session, jobs: JobQueue, list_id: str, actor: Actor) -> None:
    """Take a list out of force; it is no error if it was taken out already."""
    settle(session)
    found = db.trust_lists.find(session, list_id)
    if found is None:
        raise NotFound("There is no such trust list.")
    if found.removed_at is None:
        found.removed_at, found.removed_by = db.now(), actor.name
        session.flush()
        _note(session, jobs, found, actor, AuditAction.TRUST_LIST_REMOVED)


def listed(session: Session, limit: int, cursor: str | None) -> Page[TrustListItem]:
    """One page of all lists, the one imported last first."""
    page = db.trust_lists.page(session, limit, cursor)
    items = [TrustListItem.model_validate(each) for each in page.items]
    return Page(items=items, next=page.next)


def in_force(session: Session) -> tuple[TrustList, ...]:
    """The lists that a reading looks signers up in."""
    return tuple(
        TrustList(each.name, each.kind, each.sha256, each.pem)
        for each in db.trust_lists.in_force(session)
    )


def _note(
    session: Session, jobs: JobQueue, changed: StoredTrustList, actor: Actor, action: AuditAction
) -> None:
    audit.written(session, actor, action, changed)
    revision = db.trust_lists.revision(session)
    jobs.enqueue(session, JobKind.READ_AGAIN, f"lists-{revision}")


def _authorities(pem: str) -> list[str]:
    # The web process need not carry it for all that never import a list.
    from app.core.provenance.authorities import UselessTrustList, authorities  # noqa: PLC0415

    try:
        return authorities(pem)
    except UselessTrustList as error:
        raise Unprocessable(str(error), certificates=error.signers) from error
