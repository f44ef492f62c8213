"""The benches of one worker: for full answers, for first answers, for lookups, and for spare time.

Each has children of its own, so that no work waits behind slower work. By their niceness the kernel
gives first answers the processor before full ones, and full ones before work in spare time.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from app.core.media import DecodeLimits
from app.settings import Settings
from workers.child import Setup
from workers.children import Children, Patience
from workers.on_demand import OnDemand

MATCH_PATIENCE_S = 3_600.0
"""Each known copy of a 4K clip takes some 10 s to compare, of all that are compared a quarter of an hour."""
PREVIEW_PATIENCE_S = 60.0
READING_PATIENCE_S = 1200.0
PATIENCE_BEYOND_DECODING_S = 600.0
NICE_FULL, NICE_SPARE = 10, 19
LOOKUPS_IDLE_S = 300.0


class Benches:
    """Warm children for full and for first answers; those for the rest are started when needed."""

    def __init__(self, settings: Settings, work_folder: Path) -> None:
        self._setup = _setup(settings, work_folder)
        self._patience = Patience(
            preview_s=PREVIEW_PATIENCE_S,
            fingerprint_s=settings.decode_wall_s + PATIENCE_BEYOND_DECODING_S,
            match_s=MATCH_PATIENCE_S,
            reading_s=READING_PATIENCE_S,
        )
        full = replace(self._setup, niceness=NICE_FULL)
        self.full = Children(full, settings.job_processes, self._patience)
        self.first = Children(self._setup, 1, self._patience)
        # Not the one for first answers: a lookup may take minutes, a first answer seconds. And not
        # kept for ever: it takes some 450 MB, and many a desk looks no files up.
        self.lookups = OnDemand(
            lambda: Children(self._setup, 1, self._patience), idle_s=LOOKUPS_IDLE_S
        )

    @contextmanager
    def spare(self) -> Iterator[Children]:
        """Start a child that gives way to everything, for as long as the block lasts."""
        bench = Children(replace(self._setup, niceness=NICE_SPARE), 1, self._patience)
        try:
            yield bench
        finally:
            bench.close()


def _setup(settings: Settings, work_folder: Path) -> Setup:
    limits = DecodeLimits(
        cpu_s=settings.decode_cpu_s,
        wall_s=settings.decode_wall_s,
        memory_bytes=settings.decode_memory_bytes,
        pixels=settings.media_max_pixels,
        duration_ms=settings.media_max_duration_ms,
    )
    return Setup(
        database_url=settings.resolved_database_url,
        blobs_folder=settings.blobs_dir,
        run_folder=settings.run_dir,
        work_folder=work_folder,
        frames_model=settings.sscd_model,
        views_model=settings.sscd_view_model,
        limits=limits,
        threads=_prepare_environment(settings.job_processes),
        log_json=settings.log_json,
        niceness=0,
    )


def _prepare_environment(processes: int) -> int:
    """Set what children read when they load their libraries; gives the threads of each."""
    # Whoever ends without unwinding leaves semaphores; they are removed, nobody needs to be told.
    os.environ.setdefault("PYTHONWARNINGS", "ignore:resource_tracker")
    threads = max(1, len(os.sched_getaffinity(0)) // processes)
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"):
        os.environ[name] = str(threads)
    return threads
