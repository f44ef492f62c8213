"""Watched folders: what is new in them once it rests; what was imported is not read again."""

import hashlib
from datetime import timedelta
from itertools import batched
from pathlib import Path

from app import db
from app.db.imports import Import
from app.schemas.import_enums import ImportState
from app.services.imports.entering import Desk, seen_as
from app.services.imports.listing import Listed, files_below

AT_ONCE = 500
REST_S = 2.0

type Look = dict[str, Listed]
"""The files of a folder by their names in their place, size and time (`seen_as`)."""


def look(desk: Desk, order: Import, before: Look) -> Look:
    """List what is new and as it was at the look `before`; gives this look.

    What has changed since, or was not there, may still be written to: the next look comes sooner.
    """
    found = _look(order)
    resting = [name for name in found if name in before]
    listed = 0
    for some in batched(resting, AT_ONCE):
        with desk.database.write() as session:
            if db.imports.mine(session, order.id, desk.worker_id) is None:
                return found
            new = set(some) - db.import_items.seen_among(session, some)
            rows = (found[name].columns(order.id) | {"seen": name} for name in some if name in new)
            db.import_items.add(session, rows)
            listed += len(new)
    pause_s = order.options["every_s"]
    if len(resting) < len(found):
        pause_s = min(REST_S, pause_s)
    with desk.database.write() as session:
        row = db.imports.mine(session, order.id, desk.worker_id)
        if row is not None:
            row.due_at = db.now() + timedelta(seconds=0 if listed else pause_s)
            row.state = ImportState.ENTERING if listed else ImportState.WATCHING
            if not listed and len(resting) == len(found):
                # Whoever waits for the first import to be over need not wait for a file to come.
                row.finished_at = row.finished_at or db.now()
    return found


def _look(order: Import) -> Look:
    folder = Path(order.path)
    found: Look = {}
    for each in files_below(folder):
        path = folder / each.path
        if each.fault:
            name = hashlib.sha256(f"{path} {each.fault.code}".encode()).hexdigest()
        else:
            try:
                name = seen_as(order, path, path.stat(), {})
            except OSError:
                continue  # gone again
        found[name] = each
    return found
