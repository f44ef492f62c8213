"""Read each item's provenance, keep what was read, and tell what changed.

What is read never touches a record's status and fills in no finding.
"""

from dataclasses import asdict

import structlog
from sqlalchemy.orm import Session

from app import db
from app.core.errors import Unreadable
from app.core.provenance.values import (
    READER,
    Credentials,
    CredentialState,
    Metadata,
    Provenance,
)
from app.db.provenance import JUDGED, ProvenanceReading
from app.schemas.enums import EventType
from app.schemas.record_enums import AttentionReason
from app.services import attention, claimed_dates, dating, events, trust_lists
from app.services.heavy import Bench

MANIFEST_ID_MAX = 255

log = structlog.get_logger(__name__)


def read(database: db.Database, bench: Bench, media_id: str) -> None:
    """Read an item, unless this reader did so under the trust lists in force.

    Never fails for what the file does: then that is what was read.
    """
    while True:
        with database.read() as session:
            item = db.media.find(session, media_id)
            revision = db.trust_lists.revision(session)
            if item is None or db.provenance.is_current(session, media_id, READER, revision):
                return
            lists = trust_lists.in_force(session)
        try:
            found = bench.read_provenance(media_id, item.sha256, lists)
        except Unreadable as error:
            found = _unread(error)
        if _store(database, media_id, found, revision):
            return


def _unread(error: Unreadable) -> Provenance:
    credentials = Credentials(CredentialState.ERROR, str(error))
    return Provenance(READER, credentials, Metadata(failures={"all": error.code}), (), ())


def _store(database: db.Database, media_id: str, found: Provenance, revision: int) -> bool:
    """Keep a reading in place of the one before; false if the trust lists changed meanwhile."""
    with database.write() as session:
        trust_lists.settle(session)
        if db.trust_lists.revision(session) != revision:
            return False
        if db.media.lock(session, media_id) is None:
            return True
        before = db.provenance.of_media(session, media_id)
        was = (before.state, before.lists) if before else None
        reading = session.merge(_row(media_id, found, revision))
        session.flush()
        if was != (reading.state, reading.lists):
            _tell(session, reading)
        if was and was[0] in JUDGED and was[0] is not reading.state:
            changed = {"from": was[0].value, "to": reading.state.value, "lists": reading.lists}
            attention.open(session, media_id, AttentionReason.C2PA_TRUST_CHANGED, changed)
        claimed_dates.check_around(session, media_id)
    log.info("provenance.read", media_id=media_id, c2pa=found.credentials.state.value)
    return True


def _row(media_id: str, found: Provenance, revision: int) -> ProvenanceReading:
    credentials, metadata = found.credentials, found.metadata
    now = db.now()
    return ProvenanceReading(
        media_id=media_id,
        reader=found.reader,
        lists_revision=revision,
        read_at=now,
        state=credentials.state,
        lists=list(credentials.lists),
        detail=credentials.detail,
        ai_disclosed=credentials.ai_disclosed,
        report=credentials.report,
        manifest_id=_identifier(credentials.report.get("active")),
        shape=metadata.shape.tree if metadata.shape else None,
        shape_sha256=metadata.shape.sha256 if metadata.shape else None,
        metadata_values=[asdict(each) for each in metadata.values],
        failures=metadata.failures,
        pictures=[asdict(each) for each in found.pictures],
        hints=[each.value for each in found.hints],
        evidenced=[each.model_dump(mode="json") for each in dating.of_file(found, until=now)],
    )


def _identifier(label: str | None) -> str | None:
    """A manifest's label, if it is one that can be asked for."""
    return label if label and label.isascii() and len(label) <= MANIFEST_ID_MAX else None


def _tell(session: Session, reading: ProvenanceReading) -> None:
    told = {
        "c2pa": {"state": reading.state},
        "list": reading.lists,
        "ai_disclosed": reading.ai_disclosed,
        "metadata_flags": reading.hints,
    }
    events.publish(session, EventType.MEDIA_PROVENANCE_READ, reading.media_id, told)
