"""How long the audit chain takes to verify.

    python -m benchmarks.audit [HISTORY_ENTRIES] [--json FILE]

Makes a desk with that many history entries (10,000; whole items of 50) in a folder of its own, by the
desk's own services, then verifies it; the status is 1 where the chain is not found whole.
"""

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import migrations.run
from app import services
from app.access import SCOPES_OF_ROLE, SYSTEM, Actor, Role
from app.bootstrap import Parts, bootstrap
from app.core.decoding.sniff import Container
from app.core.media import MediaKind
from app.jobs import migrate_jobs
from app.schemas.notes import NewNote
from app.services import media, verifying
from app.settings import Settings
from benchmarks.figures import tell
from scripts import own_desk

NOTES_AN_ITEM = 49  # besides the entry that opens its record
VERIFIER = Actor("bench", "bench", Role.VERIFIER, SCOPES_OF_ROLE[Role.VERIFIER])
CLIP = Container("video/mp4", MediaKind.VIDEO, ("mov",))


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what it took, write it where asked; 1 where the chain is not found whole."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("history_entries", type=int, nargs="?", default=10_000)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args(arguments)
    if asked.history_entries < NOTES_AN_ITEM + 1:
        parser.error(f"An item has {NOTES_AN_ITEM + 1} history entries; make one or more.")
    found = measure(asked.history_entries)
    tell(found, asked.json)
    return int(not found["ok"])


def measure(history_entries: int) -> dict[str, float]:
    """Make the desk, verify it, give what that took."""
    own_desk.clean()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), database_url="", upload_reserve_bytes=0)
        migrations.run.upgrade(settings.resolved_database_url)
        migrate_jobs(settings.resolved_database_url)
        parts = bootstrap(settings)
        started = time.perf_counter()
        items = history_entries // (NOTES_AN_ITEM + 1)
        for number in range(items):
            _item(parts, number)
        parts.sealer.seal()
        made_s = time.perf_counter() - started
        started, cpu = time.perf_counter(), time.process_time()
        report = verifying.verify(parts.database, parts.trusted)
        wall_s, cpu_s = time.perf_counter() - started, time.process_time() - cpu
        parts.jobs.close()
        parts.database.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {
        "history_entries": items * (NOTES_AN_ITEM + 1),
        "audit_entries": report.entries,
        "ok": report.ok,
        "verified_in_s": round(wall_s, 2),
        "cpu_s": round(cpu_s, 2),
        "entries_a_cpu_second": round(report.entries / max(cpu_s, 1e-9)),
        "made_in_s": round(made_s, 1),
        "peak_memory_mb": peak,
    }


def _item(parts: Parts, number: int) -> None:
    claim = media.Claim(filename=f"{number}.mp4", source_name="bench")
    with parts.blobs.receive() as incoming, parts.database.write() as session:
        incoming.write(str(number).encode())
        incoming.sync()
        arrival = media.Arrival(incoming, CLIP, claim)
        item, _ = media.receive(session, parts.blobs, parts.jobs, arrival, SYSTEM)
        for note in range(NOTES_AN_ITEM):
            record = services.verifications.take(session, item.id)
            wanted = NewNote(text=f"Seen in a channel for the {note}th time.")
            services.notes.add(session, record, wanted, VERIFIER)


if __name__ == "__main__":
    sys.exit(main())
