"""The folder of the index's files: what of it can be relied on, by the database."""

import hashlib
import shutil
from pathlib import Path

import structlog

from app import db
from app.core.errors import UnusableIndex
from app.core.index.engines import Engine
from app.core.index.journal import Stamp
from app.core.index.kept import KeptIndex
from app.db.known import KnownLogEntry

log = structlog.get_logger(__name__)


def stamp_of(entry: KnownLogEntry | None) -> Stamp:
    """What marks files as being of the database whose log has this entry."""
    return Stamp(0, "") if entry is None else Stamp(entry.seq, entry.at.isoformat())


def open_all(folder: Path, engine: Engine, database: db.Database) -> dict[str, KeptIndex]:
    """Read the indexes that are kept in a folder, by algorithm; remove what cannot be relied on."""
    indexes = {}
    for each in sorted(folder.iterdir()) if folder.exists() else ():
        try:
            kept = KeptIndex.open(each, engine)
            _require_same_database(kept, database)
        except UnusableIndex as reason:
            log.warning("index.files_discarded", folder=each.name, reason=str(reason))
            shutil.rmtree(each, ignore_errors=True)
        else:
            indexes[kept.algorithm] = kept
    return indexes


def make(folder: Path | None, engine: Engine, algorithm: str) -> KeptIndex:
    """Begin the index of an algorithm; where the disk takes no files, in memory alone."""
    own = folder and folder / hashlib.sha256(algorithm.encode()).hexdigest()[:16]
    try:
        return KeptIndex.make(algorithm, engine, own)
    except OSError:
        log.exception("index.file_not_written")
        return KeptIndex.make(algorithm, engine, None)


def _require_same_database(kept: KeptIndex, database: db.Database) -> None:
    """Refuse files that follow another log: of another database, or of one restored since."""
    with database.read() as session:
        entry = db.known.entry(session, kept.stamp.seq)
    if stamp_of(entry) != kept.stamp:
        raise UnusableIndex("the files are of another database, or of a newer state of this one")
