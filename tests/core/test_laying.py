"""A run is laid where its moment is, also where descriptors and the first key points mislead."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from app.core import DecodeLimits, fingerprint_file
from app.core.confidence import Strength
from app.core.examination import Examined, examine
from app.core.findings import Seen
from app.core.laying import Side, lay_together
from app.core.runs import Run
from app.core.sights import Sights
from tests.filming import FPS, Pixels, canvas, edit, ffmpeg

WIDE, HIGH = 480, 270
START_S, LENGTH_S = 30.0, 6.0


def encoded(folder: Path, name: str, frames: list[Pixels]) -> Path:
    form = f"-f rawvideo -pix_fmt rgb24 -s {WIDE}x{HIGH} -r {FPS} -i -".split()
    coding = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "20", "-pix_fmt", "yuv420p"]
    ffmpeg(*form, *coding, folder / name, stdin=b"".join(each.tobytes() for each in frames))
    return folder / name


def room(seconds: float) -> list[Pixels]:
    """Somebody goes about in a room before a camera on a tripod."""
    wall = canvas(7, (WIDE, HIGH))[:HIGH, :WIDE]
    steps = np.random.default_rng(3).normal(0, 5, (round(seconds * FPS), 2)).cumsum(axis=0)
    frames = []
    for x, y in steps + np.array([WIDE / 2, HIGH / 2]):
        frame = wall.copy()
        cv2.circle(frame, (int(x) % WIDE, int(y) % HIGH), 28, (235, 235, 235), -1, cv2.LINE_AA)
        cv2.circle(frame, (int(x + 9 * y) % WIDE, int(x) % HIGH), 20, (15, 15, 15), -1, cv2.LINE_AA)
        frames.append(frame)
    return frames


def side(path: Path) -> Side:
    read = fingerprint_file(path, None, DecodeLimits())
    return Side(read.fingerprint, Sights(read.pictures, read.original))


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> tuple[Side, Side]:
    """Six seconds from the middle of the room's recording, and all of it."""
    folder = tmp_path_factory.mktemp("laying")
    known = encoded(folder, "known.mp4", room(44))
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
    other = side(encoded(tmp_path, "other.mp4", room(44)[: 20 * FPS]))
    found = lay_together(aligned((sides[0], other), 4_000), (sides[0], other))
    assert not found.settled
