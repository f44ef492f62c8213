"""Ask without leaving anything: a question goes to a worker as a row, its answer is read once.

The row is gone when the answer is read, the file when the worker has read it, and both in any case
after FORGOTTEN_AFTER. What stays is an entry of the audit chain that says who asked, with a salted
digest of what: enough to say whether something was asked about, not what.
"""

import threading
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy.orm import Session

from app import db
from app.access import Actor
from app.blobs.local import Incoming, LocalBlobs
from app.db.lookups import Lookup, LookupState
from app.errors import NotFound, TooManyRequests, Unprocessable
from app.jobs import JobKind, JobQueue
from app.schemas.audit import AuditAction
from app.services import audit

FORGOTTEN_AFTER = timedelta(minutes=10)
SWEEP_EVERY_S = 30.0
WAITING_MAX = 4
FILE = "file"

log = structlog.get_logger(__name__)


def ask(
    session: Session, jobs: JobQueue, question: dict[str, Any], asked: str, actor: Actor
) -> str:
    """Put a question to the workers; gives its id. `asked` is what the audit entry digests."""
    db.in_commit_order(session)
    made = Lookup(asked_by=actor.id, question=question)
    session.add(made)
    session.flush()
    salted = db.tombstones.digest(db.tombstones.make_salt(session), asked)
    subject = audit.Subject("lookup", made.id)
    about = {"kind": question["kind"], "digest": salted}
    audit.append(session, actor, AuditAction.LOOKED_UP, subject, about)
    kind = JobKind.LOOK_UP_FILE if question["kind"] == FILE else JobKind.LOOK_UP
    jobs.enqueue(session, kind, made.id)
    return made.id


def ask_about(
    database: db.Database, blobs: LocalBlobs, jobs: JobQueue, incoming: Incoming, actor: Actor
) -> str:
    """Put a file to the workers, who remove it when they have read it; gives the question's id."""
    with database.write() as session:
        db.in_commit_order(session)  # or two at once would both be the last one
        if db.lookups.count_waiting(session, actor.id) >= WAITING_MAX:
            detail = f"{WAITING_MAX} lookups of yours wait for an answer. Ask when one has come."
            raise TooManyRequests(detail)
        question = {"kind": FILE, "sha256": incoming.sha256}
        lookup_id = ask(session, jobs, question, incoming.sha256, actor)
        blobs.keep_passing(incoming, lookup_id)
    return lookup_id


def collect(database: db.Database, lookup_id: str, actor: Actor) -> dict[str, Any] | None:
    """The answer, which is forgotten with that; None while there is none."""
    with database.read() as session:
        found = db.lookups.find(session, lookup_id)
    if found is None or found.asked_by != actor.id:
        raise NotFound("There is no such lookup, or its answer was read or forgotten.")
    if found.state is LookupState.WAITING:
        return None
    with database.write() as session:
        db.lookups.forget(session, lookup_id)
    answer = found.answer or {}
    if found.state is LookupState.FAILED:
        raise Unprocessable(answer["detail"], code=answer["code"])
    return answer


def sweep(database: db.Database, folder: Path) -> None:
    """Forget what nobody came back for, and what an ended process left."""
    with database.write() as session:
        db.lookups.forget_before(session, db.now() - FORGOTTEN_AFTER)
    oldest = time.time() - FORGOTTEN_AFTER.total_seconds()
    for path in folder.iterdir():
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < oldest:
                path.unlink()


def keep_swept(database: db.Database, folder: Path, stop: threading.Event) -> None:
    """Sweep at once and then now and then, until `stop` is set."""
    while not stop.is_set():
        try:
            sweep(database, folder)
        except Exception:
            log.exception("lookups.sweep_failed")
        stop.wait(SWEEP_EVERY_S)
