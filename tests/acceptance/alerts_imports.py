"""The story's step 2: the archive is imported, and what the desk knows is told in figures."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.acceptance.newsroom import Newsroom
from tests.filming import film, photo
from tests.receiver import wait_until

CLIPS = 4
PATIENCE_S = 300.0


@dataclass(frozen=True)
class Archive:
    """Some known material, listed in a manifest."""

    manifest: Path
    lines: int
    truncated: int
    """The line whose file is cut off."""

    @property
    def added(self) -> int:
        """The others, without the two whose file has the bytes of the line before."""
        return self.lines - 3


def shoot_archive(folder: Path, lines: int = 50) -> Archive:
    """Known clips and stills, two of them twice and one cut off."""
    folder.mkdir(parents=True)
    duplicates, truncated = (lines // 5 + 1, lines * 7 // 10 + 2), lines * 11 // 25
    listed: list[dict[str, Any]] = []
    for line in range(1, lines + 1):
        if line in duplicates:
            path = folder / f"{line:03}-again.jpg"
            path.write_bytes((folder / listed[-1]["path"]).read_bytes())
        elif line <= CLIPS:
            path = film(
                folder / f"{line:03}.mp4", seconds=2, seed=7000 + line, shots=1, audio=False
            )
        else:
            path = photo(folder / f"{line:03}.jpg", seed=7000 + line)
        if line == truncated:
            path.write_bytes(path.read_bytes()[:400])
        listed.append(_line(path, line))
    manifest = folder / "archive.ndjson"
    manifest.write_text("".join(json.dumps(line) + "\n" for line in listed))
    return Archive(manifest, lines, truncated)


def _line(path: Path, line: int) -> dict[str, Any]:
    return {
        "path": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "title": f"Archive tape {line}",
        "source_name": "our archive",
        "source_kind": "own",
        "tags": ["archive"],
    }


def the_archive_is_imported(room: Newsroom, archive: Archive) -> str:
    """2: of 50 lines 47 are added, two duplicates, one truncated; again adds none. Gives the slug.

    The manifest lies in a folder of `PROVENANCE_IMPORT_FOLDERS`.
    """
    slug = "known_archive"
    collection = {"slug": slug, "title": "Our archive", "kind": "archive"}
    room.admin.post("/v1/collections", collection, 201)
    order = {"kind": "manifest", "path": str(archive.manifest), "collection": slug}
    room.producer.post("/v1/imports", order, 403)
    answer = imported(room, order)
    counted = ("added", "duplicates", "failed", "skipped", "total", "progress")
    assert [answer[name] for name in counted] == [archive.added, 2, 1, 0, archive.lines, 1.0]
    (problem,) = answer["errors"]
    assert problem["line"] == archive.truncated
    assert problem["code"] in {"corrupt", "no_usable_frames"}
    (told,) = room.events("import.completed")
    said = (told["import_id"], told["added"], told["failed"])
    assert said == (answer["id"], archive.added, 1)
    again = imported(room, order)
    assert [again[name] for name in counted] == [0, 0, 1, archive.lines - 1, archive.lines, 1.0]
    assert again["errors"][0]["code"] == "unchanged"
    members = {
        each["slug"]: each["members"] for each in room.viewer.get("/v1/collections")["items"]
    }
    # The truncated one is in it, too, and found by its hash.
    assert members[slug] == archive.added + 1
    return slug


def imported(room: Newsroom, order: dict[str, Any]) -> Any:
    """Order an import and wait for its end; gives it."""
    made = room.admin.post("/v1/imports", order, 202)
    wait_until(lambda: room.admin.get(made["links"]["self"])["state"] == "completed", PATIENCE_S)
    return room.admin.get(made["links"]["self"])
