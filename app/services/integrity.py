"""Tell of what is not as it was recorded: an event for each fault, once until it is gone."""

import threading

import structlog
from sqlalchemy.orm import Session

from app import db
from app.db.fixity import IntegrityFault
from app.errors import Busy
from app.schemas.audit import Fault, FaultKind
from app.schemas.audit_answers import AuditReport
from app.schemas.enums import EventType
from app.services import events, verifying
from app.services.verifying import Trusted

BY_VERIFYING = (FaultKind.CHAIN, FaultKind.ROW, FaultKind.CHECKPOINT, FaultKind.TIMESTAMP)

log = structlog.get_logger(__name__)

_verifying = threading.Lock()


def verify(database: db.Database, trusted: Trusted) -> AuditReport:
    """Verify everything for somebody who waits, and tell of what is wrong; Busy for a second one.

    With a long chain it takes minutes, and each would keep a thread of the web process for as long.
    """
    if not _verifying.acquire(blocking=False):
        raise Busy("The audit chain is being verified at the moment. Ask again in a minute.")
    try:
        report = verifying.verify(database, trusted)
        note(database, report)
    finally:
        _verifying.release()
    return report


def note(database: db.Database, report: AuditReport) -> None:
    """Tell of the faults of a whole verification, and forget those that are gone."""
    # Of what is wrong in several ways the first: a checkpoint by itself, then as the chain has it.
    found = {_name(fault): fault for fault in reversed(report.faults)}
    with database.write() as session:
        db.in_commit_order(session)
        known = db.fixity.open_faults(session, BY_VERIFYING)
        # A report that was cut says nothing of the rest.
        is_whole = len(report.faults) < verifying.MOST_FAULTS
        for name in known.keys() - found.keys() if is_whole else ():
            session.delete(known[name])
        for name in reversed(found):
            if name not in known:
                tell(session, found[name])


def tell(session: Session, fault: Fault, media_id: str | None = None) -> None:
    """Tell of one fault that was not told of; the caller has `in_commit_order`."""
    session.add(IntegrityFault(kind=fault.kind, object=fault.object, detail=fault.detail))
    log.error("integrity.failed", kind=fault.kind, object=fault.object, detail=fault.detail)
    data = {"kind": fault.kind, "object": fault.object, "seq": fault.seq, "detail": fault.detail}
    events.publish_urgently(session, EventType.INTEGRITY_FAILED, media_id, data)


def _name(fault: Fault) -> str:
    return f"{fault.kind} {fault.object}"
