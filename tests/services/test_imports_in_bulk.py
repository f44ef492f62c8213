"""An import of as many files as an archive's: how far it is, what failed where, and again."""

import threading
from pathlib import Path
from typing import Any

from app.bootstrap import Parts
from app.schemas.import_enums import ImportState
from app.schemas.imports import ImportAnswer
from app.services import imports
from tests.services.importing import (
    counts,
    events,
    fingerprinted,
    make_collection,
    manifest,
    order,
    shown,
    stills,
    worker,
)

LINES = 200
DUPLICATES = {50: 49, 150: 3}
"""Lines that name the file of an earlier one."""
MISSING, NO_MEDIA, NO_JSON = 77, 123, 200


class Unpausing(threading.Event):
    """What leaves no half of the time to people, since there are none."""

    def wait(self, timeout: float | None = None) -> bool:
        return self.is_set()


def listed(folder: Path) -> list[dict[str, Any] | bytes]:
    stills(folder, range(1, LINES + 1))
    (folder / f"{NO_MEDIA:03}.png").write_text("no picture")
    (folder / f"{MISSING:03}.png").unlink()
    lines: list[dict[str, Any] | bytes] = [
        {"path": f"{DUPLICATES.get(line, line):03}.png", "title": f"Tape {line}"}
        for line in range(1, LINES)
    ]
    return [*lines, b"no json"]


def followed(parts: Parts, import_id: str) -> list[ImportAnswer]:
    """What an import shows after each step, until there is nothing to do."""
    mine = worker(parts)
    seen = [shown(parts, import_id)]
    while imports.step(mine, Unpausing()):
        seen.append(shown(parts, import_id))
    return [*seen, shown(parts, import_id)]


def test_two_hundred_lines_come_in_slices_fail_alone_and_again_add_nothing(
    parts: Parts, tmp_path: Path
) -> None:
    make_collection(parts)
    path = manifest(tmp_path / "archive.ndjson", listed(tmp_path))
    failed = {MISSING: "missing", NO_MEDIA: "not_media", NO_JSON: "not_json"}
    new = LINES - len(DUPLICATES) - len(failed)

    seen = followed(parts, order(parts, "manifest", path))
    assert seen[-1].state is ImportState.SETTLING
    assert seen[-1].total == LINES
    fingerprinted(parts)
    seen += followed(parts, seen[-1].id)

    shares = [each.progress for each in seen if each.progress is not None]
    assert shares == sorted(shares)
    assert len({share for share in shares if 0 < share < 1}) >= 3
    assert (seen[-1].state, shares[-1]) == (ImportState.COMPLETED, 1.0)
    assert counts(seen[-1]) == (new, len(DUPLICATES), 0, len(failed))
    assert {each.line: each.code for each in seen[-1].errors} == failed
    [told] = events(parts)
    assert (told["added"], told["duplicates"], told["failed"]) == (new, 2, 3)

    again = followed(parts, order(parts, "manifest", path))[-1]
    assert counts(again) == (0, 0, new + len(DUPLICATES), len(failed))
    with parts.database.read() as session:
        found = imports.problems(session, again.id, LINES, None).items
    assert {each.line: each.code for each in found if each.code != "unchanged"} == failed
    assert [each["added"] for each in events(parts)] == [new, 0]
