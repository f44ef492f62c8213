"""A real index beside the test's database, and benches that work in the test's own process."""

import threading
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
from workers.index_process import serve


@pytest.fixture
def bench(parts: Parts, tmp_path: Path) -> LocalBench:
    """A bench without a model, which knows pictures by their hashes."""
    run_folder = parts.settings.run_dir
    keepers = {shelf: IndexKeeper(parts.database, shelf=shelf) for shelf in Shelf}
    threading.Thread(target=serve, args=(run_folder, keepers), daemon=True).start()
    return RememberingBench(
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
    clip = film(folder / "clip.mp4", seconds=6, seed=3, shots=3)
    return clip, edit(clip, folder / "copy.mp4", "-vf", "scale=240:-2")
