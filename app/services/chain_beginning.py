"""Begin the chain on a desk that was there before it: it vouches for every row as it is found."""

from sqlalchemy.orm import Session

from app import db
from app.access import SYSTEM
from app.core.custody import chain
from app.schemas.audit import AuditAction
from app.services import audit


def begin(database: db.Database) -> int:
    """Take every row into a chain that has no entry yet; gives how many, 0 when it has some.

    What was changed before is not known; from here on it would be found.
    """
    with database.write() as session:
        db.in_commit_order(session)
        if db.audit.head(session) != (0, chain.FIRST_PREVIOUS):
            return 0
        return sum(_adopt(session, audited) for audited in db.audited.AUDITED)


def _adopt(session: Session, audited: db.audited.Audited) -> int:
    adopted = 0
    for row in db.audited.rows(session, audited):
        about = db.audited.media_of(row)
        audit.written(session, SYSTEM, AuditAction.ADOPTED, row, media_id=about, kind=audited.kind)
        adopted += 1
    return adopted
