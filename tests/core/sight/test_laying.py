"""A run is laid where its moment is, also where descriptors and the first key points mislead."""

from pathlib import Path

import numpy as np
import pytest

from app.core import DecodeLimits, fingerprint_file
from app.core.geometry.examination import Examined, examine
from app.core.geometry.side import Side
from app.core.geometry.sights import Sights
from app.core.sight.laying import lay_together
from app.core.temporal.runs import Run
from app.core.weighing.confidence import Strength
from app.core.weighing.findings import Seen
from tests.core.rooms import encoded, room
from tests.filming import edit

START_S, LENGTH_S = 30.0, 6.0


def side(path: Path) -> Side:
    read = fingerprint_file(path, None, DecodeLimits())
    return Side(read.fingerprint, Sights(read.pictures, read.original))


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> tuple[Side, Side]:
    """Six seconds from the middle of the room's recording, and all of it."""
    folder = tmp_path_factory.mktemp("laying")
    known = encoded(folder / "known.mp4", room(44))
    taken = ("-ss", f"{START_S}", "-t", f"{LENGTH_S}", "-vf", "hflip")
    return side(edit(known, folder / "query.mp4", *taken)), side(known)


def aligned(sides: tuple[Side, Side], offset_ms: float) -> Seen:
    """What alignment and key points say of a run that begins so late in the known item."""
    query, known = sides
    times = query.fingerprint.timestamps_ms
    rows = np.arange(len(times))
    theirs = np.searchsorted(known.fingerprint.timestamps_ms, times + offset_ms)
    length = round(LENGTH_S * 1_000)
    shown = (round(offset_ms), round(offset_ms) + length)
    run = Run(rows, theirs, np.full(len(rows), 0.6), 1.0, offset_ms, (0, length), shown)
    pairs: list[Examined] = examine(run, times, (query.sights, known.sights), mirrored=True)
    strong = Strength(
        still=False, similarity=0.6, agreement=0.6, inliers=90, witnesses=1, length_ms=length
    )
    return Seen(run, pairs, 0.05, (), strong)


@pytest.mark.parametrize("off_s", [0.4, -4.0, -19.0])
def test_the_moment_is_found_though_the_room_looks_alike_at_every_moment(
    sides: tuple[Side, Side], off_s: float
) -> None:
    found = lay_together(aligned(sides, 1_000 * (START_S + off_s)), sides)
    assert found.settled
    assert found.seen.run.speed == pytest.approx(1.0, abs=0.02)
    assert found.seen.run.offset_ms == pytest.approx(START_S * 1_000, abs=150)
    assert found.overlay is not None
    assert found.overlay.mirrored


def test_a_moment_that_is_not_there_is_not_found(sides: tuple[Side, Side], tmp_path: Path) -> None:
    other = side(encoded(tmp_path / "other.mp4", room(20)))
    found = lay_together(aligned((sides[0], other), 4_000), (sides[0], other))
    assert not found.settled
