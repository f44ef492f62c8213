"""Footage that is at the desk before a test begins to watch."""

from pathlib import Path

from app.access import Role
from app.bootstrap import Parts
from app.core.decoding.sniff import sniff
from app.schemas.enums import CollectionKind
from app.services import collections, media, processing
from app.services.bench import LocalBench
from tests.records import actor_of

IMPORTER = actor_of(Role.ADMIN, "importer")
HEAD_BYTES = 65_536


def arrive(parts: Parts, clip: Path, title: str, *into: str) -> str:
    """An upload as the door takes it in; gives the item's id."""
    with parts.blobs.receive() as incoming, parts.database.write() as session:
        content = clip.read_bytes()
        incoming.write(content)
        incoming.sync()
        claim = media.Claim(filename=clip.name, title=title, collections=into)
        container = sniff(content[:HEAD_BYTES])
        assert container is not None
        arrival = media.Arrival(incoming, container, claim)
        return media.receive(session, parts.blobs, parts.jobs, arrival, IMPORTER)[0].id


def make_known(parts: Parts, bench: LocalBench, clip: Path) -> None:
    """Make a clip the one item of an archive, fingerprinted and named "March"."""
    with parts.database.write() as session:
        collections.create(session, "archive", "Archive", CollectionKind.ARCHIVE, IMPORTER)
    processing.process(parts.database, bench, arrive(parts, clip, "March", "archive"))
