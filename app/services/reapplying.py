"""Do purges and erasures again after a restore: a backup holds what was removed since it was made.

Read from the list outside the database. What came back is purged again, on the word and with the
reason of the first time; files of purged contents that no item has go, too.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app import db
from app.access import Actor
from app.errors import ServiceError
from app.schemas.privacy_enums import PurgeAuthority
from app.schemas.purging import ErasureRequest, PurgeRequest
from app.services import erasure, late_purges, leftovers, shredding
from app.services.leftovers import Leftovers
from app.services.shredding import Shredder


@dataclass(slots=True)
class Reapplied:
    """What was done again, and what could not be, with why."""

    items: int = 0
    notes: int = 0
    files: int = 0
    refused: list[str] = field(default_factory=list)


def reapply(mine: Shredder, entries: Iterable[dict[str, Any]], actor: Actor) -> Reapplied:
    """Do all that a list names and the database does not know of; doing it twice changes nothing."""
    done = Reapplied()
    listed = list(entries)
    for entry in listed:
        try:
            if entry["kind"] == "media":
                done.items += _item(mine, entry, actor)
            elif entry["kind"] == "note":
                done.notes += _note(mine, entry, actor)
        except ServiceError as refusal:
            done.refused.append(f"{entry['media_id']}: {refusal.detail}")
        except OSError as error:
            done.refused.append(f"{entry['media_id']}: {error}")
    shredding.finish_all(mine)
    _remove_files(mine, [each for each in listed if each["kind"] == "media"], done)
    return done


def _item(mine: Shredder, entry: dict[str, Any], actor: Actor) -> bool:
    media_id = entry["media_id"]
    wanted = PurgeRequest(
        authority=PurgeAuthority(entry["authority"]),
        reason=entry["reason"],
        keep_fingerprint=entry["keep_fingerprint"],
        keep_reason=entry["keep_reason"],
    )
    with mine.database.write() as session:
        is_there = db.media.find(session, media_id) is not None
        if not is_there and not late_purges.is_left(session, media_id, wanted):
            return False
        left = late_purges.order(session, media_id, wanted, actor, None)
        if is_there:
            left.purged_at = datetime.fromisoformat(entry["at"])
    shredding.carry_out(mine, media_id)
    return True


def _note(mine: Shredder, entry: dict[str, Any], actor: Actor) -> bool:
    media_id, note_id = entry["media_id"], entry["note_id"]
    wanted = ErasureRequest(authority=PurgeAuthority(entry["authority"]), reason=entry["reason"])
    with mine.database.write() as session:
        there = db.media.find(session, media_id) is not None and erasure.stands(session, note_id)
        if there:
            erasure.erase_note(session, mine.listed, note_id, wanted, actor, media_id=media_id)
    return there


def _remove_files(mine: Shredder, purged: list[dict[str, Any]], done: Reapplied) -> None:
    """Remove the files of purged contents and items that a restore brought back beside the rows."""
    digests: dict[str, set[str]] = {}
    for entry in purged:
        digests.setdefault(entry["salt"], set()).add(entry["digest"])
    back = Leftovers(
        contents=tuple(
            sha256
            for sha256 in mine.blobs.contents(older_than_s=0)
            if any(db.tombstones.digest(salt, sha256) in known for salt, known in digests.items())
        ),
        derived=tuple({entry["media_id"] for entry in purged}),
    )
    left = leftovers.remove(mine.database, mine.blobs, back)
    done.files = sum(not mine.blobs.path(sha256).exists() for sha256 in back.contents)
    done.refused += [f"{name}: cannot be removed." for name in (*left.contents, *left.derived)]
