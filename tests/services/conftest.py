"""A real index beside the test's database, and benches that work in the test's own process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Client
from pathlib import Path

import pytest

from app.bootstrap import Parts
from app.core.media import DecodeLimits
from app.schemas.enums import Shelf
from app.services.bench import LocalBench
from app.services.index_client import IndexClient
from app.services.index_keeping import IndexKeeper
from tests.filming import edit, film
from tests.services.remembering import RememberingBench
from workers.index_process import Keepers, accept, listening

PATIENCE_S = 10.0


@contextmanager
def answering(run_folder: Path, keepers: Keepers) -> Iterator[None]:
    """An index that answers on the folder's socket as long as the block."""
    over = threading.Event()
    # The socket is there before the block: taking it changes the whole process's umask for a moment.
    with listening(run_folder) as listener:
        serving = (listener, keepers, over)
        thread = threading.Thread(target=accept, args=serving, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            Client(listener.address, "AF_UNIX").close()
            thread.join(PATIENCE_S)
            assert not thread.is_alive()


@pytest.fixture
def bench(parts: Parts, tmp_path: Path) -> Iterator[LocalBench]:
    """A bench without a model, which knows pictures by their hashes."""
    run_folder = parts.settings.run_dir
    keepers = {shelf: IndexKeeper(parts.database, shelf=shelf) for shelf in Shelf}
    with answering(run_folder, keepers):
        yield RememberingBench(
            database=parts.database,
            blobs=parts.blobs,
            index=IndexClient(run_folder),
            describers=None,
            limits=DecodeLimits(cpu_s=60, wall_s=60),
            work_folder=tmp_path,
        )


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A clip, and a smaller copy of it."""
    folder = tmp_path_factory.mktemp("clips")
    clip = film(folder / "clip.mp4", seconds=4, seed=3, shots=3)
    return clip, edit(clip, folder / "copy.mp4", "-vf", "scale=240:-2")
