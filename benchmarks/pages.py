"""How quick the desk's pages are: a queue of 10,000 items, an item with 50 matches.

`python -m benchmarks.pages [--items 10000] [--json build/pages.json]` fills a database of its own and
asks for each page as a browser does, without the browser.
"""

import argparse
import gc
import random
import statistics
import tempfile
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from fastapi.testclient import TestClient

import migrations.run
from app import db
from app.access import Role
from app.bootstrap import Parts, bootstrap
from app.core.media import MediaKind
from app.db.media import Media, Receipt
from app.db.verifications import Verification
from app.main import create_app
from app.schemas.enums import MediaState, VerificationStatus
from app.settings import Settings
from benchmarks.figures import write
from scripts import own_desk
from tests.desk.people import open_browser, open_session
from tests.records import add_match

BARS_MS = {"queue": 100, "later in it": 100, "everything": 100, "words": 100, "item": 150}
ROUNDS = 15
LEAST_ITEMS = 150
ITEMS_A_PAGE_ON = 200
"""Of 10,000 items the 50th page of the queue is asked for, of fewer one that there is, too."""


def fill(parts: Parts, count: int) -> str:
    """`count` items of every status, a third with a match; gives the id of one with 50 matches."""
    chance = random.Random(1)
    statuses = list(VerificationStatus)
    with parts.database.write() as session:
        items = [
            Media(
                id=f"{number:032x}",
                sha256=f"{number:064x}",
                kind=MediaKind.VIDEO,
                state=MediaState.READY,
                size_bytes=1,
                filename=f"{number}.mp4",
                content_type="video/mp4",
                title=f"Item {number}",
                duration_ms=60_000,
                search_text=f"item {number} kursk",
                received_at=db.now() - timedelta(minutes=number),
            )
            for number in range(count)
        ]
        session.add_all(items)
        session.flush()
        for item in items:
            session.add(Receipt(media_id=item.id, received_by="x", filename=item.filename))
            session.add(Verification(media_id=item.id, status=chance.choice(statuses)))
        session.flush()
        for number in range(0, count, 3):
            add_match(session, items[number].id, items[(number + 7) % count].id)
        for number in range(1, 50):
            add_match(session, items[0].id, items[100 + number].id)
        return items[0].id


def measure(browser: TestClient, address: str) -> dict[str, list[float]]:
    """The milliseconds of each answer, as they passed and as they were used; the first left out."""
    wall, used = [], []
    for _ in range(ROUNDS + 1):
        started, cpu = time.perf_counter(), time.process_time()
        answer = browser.get(address)
        used.append((time.process_time() - cpu) * 1000)
        wall.append((time.perf_counter() - started) * 1000)
        assert answer.status_code == 200, answer.text[:500]
    return {"wall": wall[1:], "cpu": used[1:]}


def main(arguments: Sequence[str] | None = None) -> None:
    """Fill, measure, print, and fail where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args(arguments)
    if asked.items < LEAST_ITEMS:
        parser.error(f"One item matches 50 others; make {LEAST_ITEMS} or more.")
    own_desk.clean()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), database_url=f"sqlite:///{folder}/pages.db")
        migrations.run.upgrade(settings.resolved_database_url)
        parts = bootstrap(settings)
        media_id = fill(parts, asked.items)
        # What filling left in this process is none of a server's: its collector would look at it all.
        gc.collect()
        gc.freeze()
        browser = open_browser(create_app(parts))
        open_session(browser, parts.database, Role.EDITOR)
        pages = {
            "queue": "/desk/",
            "later in it": f"/desk/?page={max(1, asked.items // ITEMS_A_PAGE_ON)}",
            "everything": "/desk/?view=all",
            "words": "/desk/?q=kursk+77",
            "item": f"/desk/media/{media_id}",
        }
        found = {name: measure(browser, address) for name, address in pages.items()}
        parts.jobs.close()
        parts.database.close()
    print(f"{'page':<16}{'median ms':>10}{'worst ms':>10}{'CPU ms':>8}{'bar ms':>8}")
    for name, took in found.items():
        wall, cpu = took["wall"], statistics.median(took["cpu"])
        times = f"{statistics.median(wall):>10.0f}{max(wall):>10.0f}{cpu:>8.0f}"
        print(f"{name:<16}{times}{BARS_MS[name]:>8}")
    write(found, asked.json)
    missed = [
        name for name, took in found.items() if statistics.median(took["wall"]) > BARS_MS[name]
    ]
    if missed:
        raise SystemExit(f"slower than the bar: {', '.join(missed)}")


if __name__ == "__main__":
    main()
