"""Whether the desk can do its work: each thing that it needs, looked at now."""

from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from app import db
from app.blobs.local import LocalBlobs
from app.errors import StorageFull
from app.schemas.enums import DeliveryState, MediaState, Shelf
from app.services import upgrades
from app.services.index_client import IndexClient, IndexRefused, IndexStats, IndexUnavailable
from app.services.upgrades import Upgrade
from migrations.newest import needed_revision


@dataclass(frozen=True, slots=True)
class Health:
    """What works. `index` and `uploads` are nothing while the index process does not answer."""

    database: bool
    blobs: bool
    schema: bool
    worker: bool
    index: IndexStats | None
    uploads: IndexStats | None
    index_lag: int
    upgrade: Upgrade | None

    @property
    def ready(self) -> bool:
        """Whether uploads are taken in and brought to their end."""
        return all((self.database, self.blobs, self.schema, self.worker, self.index, self.uploads))

    @property
    def unusable(self) -> int:
        """Fingerprints that the index could not read."""
        return sum(each.unusable for each in (self.index, self.uploads) if each)


@dataclass(frozen=True, slots=True)
class Load:
    """What waits to be done."""

    media: dict[MediaState, int]
    upgrade: Upgrade
    rechecks: int
    deliveries: dict[DeliveryState, int]

    @property
    def unfinished(self) -> int:
        """Items that are not at their end yet."""
        return sum(self.media.get(state, 0) for state in db.processing.UNFINISHED)


def look(
    database: db.Database,
    blobs: LocalBlobs,
    index: IndexClient,
    heartbeat_timeout_s: float,
) -> Health:
    """Look at everything that the desk needs."""
    stats, uploads = _index_stats(index), _index_stats(index.of(Shelf.UPLOAD))
    followed = min((each.as_of_seq for each in (stats, uploads) if each), default=None)
    try:
        with database.write() as session:
            schema = db.schema.revision(session) == needed_revision()
            alive = db.workers.any_alive(session, heartbeat_timeout_s)
            newest = db.known.last_seq(session)
            upgrade = upgrades.progress(session)
        works = True
    except SQLAlchemyError:
        alive, newest, upgrade, schema, works = False, 0, None, False, False
    return Health(
        database=works,
        blobs=_takes_files(blobs),
        schema=schema,
        worker=alive,
        index=stats,
        uploads=uploads,
        index_lag=0 if followed is None else max(0, newest - followed),
        upgrade=upgrade,
    )


def load(database: db.Database) -> Load:
    """Count what is in which state."""
    with database.read() as session:
        return Load(
            upgrade=upgrades.progress(session),
            rechecks=db.rechecks.waiting(session),
            media=db.processing.count_by_state(session),
            deliveries=db.webhooks.count_by_state(session),
        )


def _index_stats(index: IndexClient) -> IndexStats | None:
    try:
        return index.stats()
    except (IndexUnavailable, IndexRefused):
        return None


def _takes_files(blobs: LocalBlobs) -> bool:
    try:
        with blobs.receive() as incoming:
            # Where a quota is used up, a file without a byte is still made.
            incoming.write(b"\0")
            return True
    except (OSError, StorageFull):
        return False
