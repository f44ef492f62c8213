"""Imports in the test's own process: a worker's part, step by step, and what fingerprinting would do."""

import json
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from app import services
from app.access import Role, at_the_machine
from app.bootstrap import Parts
from app.db.imports import Import
from app.db.media import Media
from app.schemas.enums import CollectionKind, MediaState
from app.schemas.import_enums import ImportState
from app.schemas.imports import ImportAnswer, ImportFault, NewImport
from app.services import collections, imports
from tests.records import actor_of
from tests.uploads import png

IMPORTER = actor_of(Role.SERVICE, "importer")
MAX_BYTES = 1_000_000


def make_collection(
    parts: Parts, slug: str = "archive", kind: CollectionKind = CollectionKind.ARCHIVE
) -> None:
    with parts.database.write() as session:
        collections.create(session, slug, slug, kind, at_the_machine("tests"))


def worker(parts: Parts, worker_id: str = "worker") -> imports.Importer:
    desk = imports.Desk(parts.database, parts.blobs, parts.jobs, worker_id, MAX_BYTES)
    return imports.Importer(desk, dead_after_s=3.0)


def order(
    parts: Parts, kind: str, path: Path, collection: str | None = "archive", **options: Any
) -> str:
    """Order an import from the folder of the test; gives its id."""
    body = {"kind": kind, "path": str(path), "collection": collection, "options": options}
    wanted = NewImport.model_validate(body)
    folder = path if path.is_dir() else path.parent
    with parts.database.write() as session:
        place = imports.place_of(str(path), [folder])
        return imports.order(session, wanted, place, IMPORTER).id


def work(mine: imports.Importer) -> None:
    """Do what there is to do, until there is nothing."""
    while imports.step(mine, threading.Event()):
        pass


def fingerprinted(parts: Parts) -> None:
    """Let every item that arrived be `ready`, as the jobs would have it."""
    with parts.database.write() as session:
        for item in session.query(Media).filter(Media.state == MediaState.RECEIVED):
            item.state = MediaState.READY


def imported(parts: Parts, import_id: str) -> ImportAnswer:
    """Do an import to its end."""
    work(worker(parts))
    fingerprinted(parts)
    work(worker(parts))
    return shown(parts, import_id)


def failure(answer: ImportAnswer) -> ImportFault:
    """Why an import failed, as it must have."""
    assert answer.state is ImportState.FAILED
    assert answer.fault is not None
    return answer.fault


def shown(parts: Parts, import_id: str) -> ImportAnswer:
    with parts.database.read() as session:
        return imports.show(session, imports.get(session, import_id))


def stills(folder: Path, seeds: Iterable[int]) -> list[Path]:
    """Files that begin like pictures, one of each seed."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for seed in seeds:
        path = folder / f"{seed:03}.png"
        path.write_bytes(png(seed))
        paths.append(path)
    return paths


def manifest(path: Path, lines: Iterable[dict[str, Any] | bytes]) -> Path:
    """Write a manifest; bytes are lines as they are."""
    whole = b"".join(
        (line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n" for line in lines
    )
    path.write_bytes(whole)
    return path


def counts(answer: ImportAnswer) -> tuple[int, int, int, int]:
    """Added, duplicates, skipped, failed."""
    return answer.added, answer.duplicates, answer.skipped, answer.failed


def row(parts: Parts, import_id: str) -> Import:
    with parts.database.read() as session:
        return imports.get(session, import_id)


def events(parts: Parts) -> list[dict[str, Any]]:
    """The `data` of every `import.completed` so far."""
    with parts.database.read() as session:
        page = services.events.follow(session, 0, 200)
    return [each.data for each in page.items if each.type == "import.completed"]
