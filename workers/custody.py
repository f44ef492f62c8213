"""The custodian's thread in the job worker: it seals, stamps, verifies and re-reads by itself."""

import threading
from datetime import timedelta

from app.blobs.local import LocalBlobs
from app.bootstrap import authority_of, sealer_of, trusted_of
from app.db import Database
from app.services.custodian import Custodian, Duties
from app.services.fixity import Pace
from app.services.sealing import Due
from app.settings import Settings


def start(settings: Settings, database: Database, blobs: LocalBlobs, stop: threading.Event) -> None:
    """Let the custodian go round until `stop` is set."""
    duties = Duties(
        due=Due(entries=settings.checkpoint_entries),
        fixity_every=timedelta(days=settings.fixity_days),
        fixity_pace=Pace(settings.fixity_bytes_a_second, stop),
        authority=authority_of(settings),
    )
    custodian = Custodian(
        database, blobs, sealer_of(settings, database), trusted_of(settings), duties
    )
    threading.Thread(target=custodian.run, args=(stop,), daemon=True).start()
