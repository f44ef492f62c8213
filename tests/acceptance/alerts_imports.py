"""The story's step 2: the archive is imported, and what the desk knows is told in figures."""

import hashlib
import json
from pathlib import Path
from typing import Any

from tests.acceptance.newsroom import Newsroom
from tests.filming import film, one_frame
from tests.receiver import wait_until

KNOWN, CLIPS, TRUNCATED_LINE = 40, 2, 18
DUPLICATES = (9, 31)
"""Lines whose file has the bytes of the line before."""
PATIENCE_S = 300.0


def shoot_archive(folder: Path) -> Path:
    """40 known clips and stills, two of them twice and one cut off; gives the manifest."""
    folder.mkdir(parents=True)
    lines = []
    for line in range(1, KNOWN + 1):
        if line in DUPLICATES:
            path = folder / f"{line:03}-again.jpg"
            path.write_bytes((folder / lines[-1]["path"]).read_bytes())
        elif line <= CLIPS:
            path = film(
                folder / f"{line:03}.mp4", seconds=2, seed=7000 + line, shots=1, audio=False
            )
        else:
            path = one_frame(folder / f"{line:03}.jpg", seed=7000 + line)
        if line == TRUNCATED_LINE:
            path.write_bytes(path.read_bytes()[:400])
        lines.append(_line(path, line))
    manifest = folder / "archive.ndjson"
    manifest.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return manifest


def _line(path: Path, line: int) -> dict[str, Any]:
    return {
        "path": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "title": f"Archive tape {line}",
        "source_name": "our archive",
        "source_kind": "own",
        "tags": ["archive"],
    }


def the_archive_is_imported(room: Newsroom, manifest: Path) -> str:
    """2: of 40 lines 37 are added, two duplicates, one truncated; again adds none. Gives the collection.

    `manifest` lies in a folder of `PROVENANCE_IMPORT_FOLDERS`.
    """
    slug = "known_archive"
    collection = {"slug": slug, "title": "Our archive", "kind": "archive"}
    room.admin.post("/v1/collections", collection, 201)
    order = {"kind": "manifest", "path": str(manifest), "collection": slug}
    room.producer.post("/v1/imports", order, 403)
    answer = imported(room, order)
    counted = ("added", "duplicates", "failed", "skipped", "total", "progress")
    assert [answer[name] for name in counted] == [KNOWN - 3, 2, 1, 0, KNOWN, 1.0]
    (problem,) = answer["errors"]
    assert problem["line"] == TRUNCATED_LINE
    assert problem["code"] in {"corrupt", "no_usable_frames"}
    (told,) = room.events("import.completed")
    assert (told["import_id"], told["added"], told["failed"]) == (answer["id"], KNOWN - 3, 1)
    again = imported(room, order)
    assert [again[name] for name in counted] == [0, 0, 1, KNOWN - 1, KNOWN, 1.0]
    assert again["errors"][0]["code"] == "unchanged"
    members = {
        each["slug"]: each["members"] for each in room.viewer.get("/v1/collections")["items"]
    }
    assert members[slug] == KNOWN - 2  # the truncated one is in it, too, and found by its hash
    return slug


def imported(room: Newsroom, order: dict[str, Any]) -> Any:
    """Order an import and wait for its end; gives it."""
    made = room.admin.post("/v1/imports", order, 202)
    wait_until(lambda: room.admin.get(made["links"]["self"])["state"] == "completed", PATIENCE_S)
    return room.admin.get(made["links"]["self"])
