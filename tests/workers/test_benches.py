"""No work of a worker waits behind slower work."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from app.access import SYSTEM
from app.bootstrap import Parts
from app.jobs import JobKind
from app.services import lookups
from app.services.heavy import BenchUnavailable
from app.services.item_table import ItemTable
from app.services.listed_table import ListedTable
from app.services.looking_up import Tables
from tests.workers.test_children import hang
from workers.benches import Benches
from workers.job_worker import _handlers

SOON_S = 60.0


def test_a_file_is_looked_up_while_full_answers_take_long(parts: Parts, tmp_path: Path) -> None:
    settings = parts.settings.model_copy(
        update={"job_processes": 1, "sscd_model": None, "sscd_view_model": None}
    )
    benches = Benches(settings, tmp_path)
    tables = Tables(parts.database, ItemTable(parts.database), ListedTable(parts.database))
    with parts.blobs.receive_passing() as incoming:
        incoming.write(b"no media")
        asked = lookups.ask_about(parts.database, parts.blobs, parts.jobs, incoming, SYSTEM)
    others = ThreadPoolExecutor(1)
    slow = others.submit(benches.full._run, hang, (), 600.0, lambda: None)
    look_up = _handlers(settings, tables, benches, parts.blobs)[JobKind.LOOK_UP_FILE].run
    answering = threading.Thread(target=look_up, args=(asked,), daemon=True)
    try:
        answering.start()
        answering.join(SOON_S)
        assert not answering.is_alive()
    finally:
        benches.full.close()
        benches.first.close()
        assert isinstance(slow.exception(SOON_S), BenchUnavailable)
        others.shutdown()
