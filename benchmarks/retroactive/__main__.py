"""Alerts about the past, beside those of a first search: an import searched for by earlier uploads.

    python -m benchmarks.retroactive --media FOLDER [--items 2000] [--folder FOLDER] [--json FILE]

Cuts clips of two to four seconds, and stills, out of the folder's clips, and draws more when those are
used up. Uploads come first: every fifth is an edit of a piece that is not known yet, the others are
other pieces. Then the pieces are imported as known material by the real service, until all uploads
were searched for them. Afterwards each upload is searched as if it came only now. Both must alert for
the same pairs, or the status is 1; what stands still for half an hour is given up. Two thousand take
four hours on two cores: with `--folder` everything is kept there, and a run that was broken off goes on
(its times are those of the last part).
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from itertools import islice
from pathlib import Path

import sqlalchemy as sa

from app import db
from app.schemas.enums import EventType
from benchmarks.desk import Desk, running
from benchmarks.figures import tell
from benchmarks.retroactive.footage import Piece, pieces
from benchmarks.retroactive.scratch import Pair, from_scratch
from benchmarks.retroactive.waiting import until

SEED = 1
EVERY_EDITED = 5
EDITS = (
    "scale=iw*0.6:-2",
    "hflip",
    "crop=iw*0.8:ih*0.8",
    "eq=brightness=0.08:contrast=1.2",
    "drawbox=y=ih*0.85:h=ih*0.15:t=fill:color=black",
)


@dataclass(frozen=True)
class Report:
    """What was told of, and how long it took."""

    earlier_uploads: int
    known_clips: int
    alerts_by_event: int
    of_them_by_the_count_of_the_import: int
    alerts_from_scratch: int
    only_by_event: int
    only_from_scratch: int
    import_s: float
    known_clips_a_second: float
    from_scratch_s: float

    def status(self) -> int:
        """Give the exit status: 1 where only one of the ways alerts for a pair."""
        return int(self.only_by_event > 0 or self.only_from_scratch > 0)


def main() -> int:
    """Make the pieces, run both ways, print what they found; gives the report's status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("--media", type=Path, required=True)
    parser.add_argument("--items", type=int, default=2000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--json", type=Path)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="retroactive-") as made:
        # Another process is told of it, and imports take whole paths only.
        folder = Path(wanted.folder or made).absolute()
        sent = _shot(wanted.media, folder, wanted.items)
        allowed = {"PROVENANCE_IMPORT_FOLDERS": str(folder)}
        with running(folder, **allowed) as (desk, database):
            report = _measure(desk, database, folder, sent)
    tell(asdict(report), wanted.json)
    return report.status()


def _shot(media: Path, folder: Path, items: int) -> list[Path]:
    """What `_shoot` gives, now or in an earlier part of this run."""
    done = folder / "sent.json"
    if not done.exists():
        _say("shooting")
        sent = _shoot(media, folder, items)
        done.write_text(json.dumps([each.name for each in sent]))
    return [folder / name for name in json.loads(done.read_text())]


def _shoot(media: Path, folder: Path, items: int) -> list[Path]:
    """Write what becomes known into a folder; gives uploads, every fifth an edit of one of those."""
    dice = random.Random(SEED)
    found = pieces(media, dice)
    known, others = list(islice(found, items)), list(islice(found, items))
    (folder / "archive").mkdir(parents=True, exist_ok=True)
    edited = list(enumerate(known[::EVERY_EDITED]))
    rest = [each for number, each in enumerate(others) if number % EVERY_EDITED]
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda each: each.shoot(folder / "archive" / f"{each.number}"), known))
        sent = list(pool.map(partial(_edited, folder), edited))
        sent += pool.map(lambda each: each.shoot(folder / f"{each.number}"), rest)
    dice.shuffle(sent)
    return sent


def _edited(folder: Path, nth: tuple[int, Piece]) -> Path:
    number, piece = nth
    return piece.shoot(folder / f"{piece.number}", EDITS[number % len(EDITS)])


def _measure(desk: Desk, database: db.Database, folder: Path, sent: Sequence[Path]) -> Report:
    _say("uploading")
    earlier = {desk.upload(file)[0] for file in sent}
    _wait_for_all(database)
    _say("importing")
    started = time.monotonic()
    imported = f"/v1/imports/{_ordered(desk, folder / 'archive')}"
    until(lambda: _is_looked_back_on(desk, imported), lambda: _progress(database))
    import_s = time.monotonic() - started
    done = desk.get(imported)[1]
    told = _of_known(_told(database), earlier)
    _say("searching from scratch")
    started = time.monotonic()
    scratch = _of_known(from_scratch(database, folder, sorted(earlier)), earlier)
    return Report(
        earlier_uploads=len(earlier),
        known_clips=done["added"],
        alerts_by_event=len(told),
        of_them_by_the_count_of_the_import=done["retro_matches"],
        alerts_from_scratch=len(scratch),
        only_by_event=len(told - scratch),
        only_from_scratch=len(scratch - told),
        import_s=round(import_s, 1),
        known_clips_a_second=round(done["added"] / import_s, 2),
        from_scratch_s=round(time.monotonic() - started, 1),
    )


def _ordered(desk: Desk, archive: Path) -> str:
    """The id of the import, which goes on by itself if it was ordered before."""
    if before := desk.get("/v1/imports")[1]["items"]:
        return str(before[0]["id"])
    desk.make_collection("known")
    order = {"kind": "folder", "path": str(archive), "collection": "known"}
    return str(desk.post("/v1/imports", order)["id"])


def _is_looked_back_on(desk: Desk, imported: str) -> bool:
    answer = desk.get(imported)[1]
    if answer["fault"]:
        raise RuntimeError(f"The import failed: {answer['fault']}")
    return answer["retro_matches"] is not None


def _progress(database: db.Database) -> tuple[object, ...]:
    """What changes while items are taken in and earlier ones are searched again."""
    with database.read() as session:
        states = db.processing.count_by_state(session)
        searched = session.scalar(sa.select(sa.func.sum(db.searches.MatchSearch.as_of_seq)))
        return states, searched, db.events.last_seq(session)


def _wait_for_all(database: db.Database) -> None:
    def is_done() -> bool:
        with database.read() as session:
            states = db.processing.count_by_state(session)
        return not any(states.get(state) for state in db.processing.UNFINISHED)

    until(is_done, lambda: _progress(database))


def _of_known(pairs: Iterable[Pair], uploads: set[str]) -> set[Pair]:
    """The pairs of an upload and a known item; uploads that match each other are another matter."""
    return {pair for pair in pairs if pair[0] in uploads and pair[1] not in uploads}


def _told(database: db.Database) -> set[Pair]:
    pairs: set[Pair] = set()
    with database.read() as session:
        for kind in (EventType.MATCH_FOUND, EventType.MATCH_FOUND_RETROACTIVELY):
            seq = 0
            while page := db.events.after(session, seq, 1000, kind, None):
                pairs |= {(str(each.media_id), each.data["known_id"]) for each in page}
                seq = page[-1].seq
    return pairs


def _say(what: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {what}\n")


if __name__ == "__main__":
    sys.exit(main())
