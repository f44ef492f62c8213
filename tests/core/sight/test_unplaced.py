"""A bare room with things that look all the same: an upright, mirrored part of it is found by its edges."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from app.core import DecodeLimits, fingerprint_file
from app.core.geometry.side import Side
from app.core.geometry.sights import Sights
from app.core.sight.laying import Laid
from app.core.sight.unplaced import lay_by_edges
from app.core.temporal.runs import Run
from app.core.weighing.confidence import Strength
from app.core.weighing.findings import Seen
from tests.core.reels.test_edges import BOX, HIGH, WIDE, scene
from tests.filming import FPS, Pixels, edit, ffmpeg

SECONDS, TAKEN_S = 12, 6.0
START_S, SPEED = 2.5, 1.05


def shot(time_s: float) -> Pixels:
    """A hand that comes down, takes the second bottle, and goes: grey (HIGH, WIDE)."""
    taken = time_s >= TAKEN_S
    picture = scene((60, 400) if taken else (60, 190, 400), seed=round(time_s * FPS))
    away = abs(time_s - TAKEN_S)
    if away < 1.5:
        x, y = round(190 + 12 * away), round(95 - 110 * away)
        cv2.ellipse(picture, (x, y), (15, 28), 20 * away, 0, 360, 90, -1)
        cv2.line(picture, (x, y - 10), (x + 60, y - 160), 70, 18)
    return picture


def filmed(path: Path) -> Path:
    form = f"-f rawvideo -pix_fmt gray -s {WIDE}x{HIGH} -r {FPS} -i -".split()
    coding = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "20", "-pix_fmt", "yuv420p"]
    frames = (shot(frame / FPS).tobytes() for frame in range(SECONDS * FPS))
    ffmpeg(*form, *coding, path, stdin=b"".join(frames))
    return path


def side(path: Path) -> Side:
    read = fingerprint_file(path, None, DecodeLimits())
    return Side(read.fingerprint, Sights(read.pictures, read.original))


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> tuple[Side, Side]:
    """An upright part, mirrored, with a logo and a ticker on it and a little faster; and all of it."""
    folder = tmp_path_factory.mktemp("unplaced")
    known = filmed(folder / "known.mp4")
    drawn = (
        f"crop={round(BOX[2] * WIDE)}:{HIGH}:{round(BOX[0] * WIDE)}:0,hflip,"
        "drawbox=x=4:y=10:w=30:h=20:color=red:t=fill,"
        f"drawbox=x=0:y=250:w=iw:h=24:color=white:t=fill,setpts=PTS/{SPEED}"
    )
    query = edit(known, folder / "query.mp4", "-ss", f"{START_S}", "-t", "7", "-vf", drawn)
    return side(query), side(known)


def unplaced(similarity: float = 0.5) -> Seen:
    """A run on which the key points said nothing, along a line that is wrong in every way."""
    rows = np.arange(4)
    run = Run(rows, rows, np.full(4, similarity), -0.6, 12_500.0, (0, 6_600), (8_500, 12_000))
    strong = Strength(
        still=False, similarity=similarity, agreement=0.0, inliers=0, witnesses=1, length_ms=6_600
    )
    return Seen(run, [], 0.02, (), strong)


def test_a_mirrored_part_is_placed_by_edges_and_by_what_moves(sides: tuple[Side, Side]) -> None:
    seen = unplaced()
    found = lay_by_edges(Laid(seen), seen, sides, [(0, 2), (1, 3), (2, 4)])
    assert found.overlay is not None
    assert found.overlay.mirrored
    (width, _, x), (_, height, y) = found.overlay.shares.tolist()
    assert (x, y, width, height) == pytest.approx(BOX, abs=0.03)
    assert found.motion > 0.5
    middle_ms = 3_500 / SPEED
    shown_ms = found.seen.run.speed * middle_ms + found.seen.run.offset_ms
    assert shown_ms == pytest.approx(START_S * 1_000 + 3_500, abs=150)


def test_frames_that_are_hardly_alike_are_left_alone(sides: tuple[Side, Side]) -> None:
    seen = unplaced(similarity=0.3)
    laid = Laid(seen)
    assert lay_by_edges(laid, seen, sides, [(0, 2), (1, 3)]) is laid


@pytest.mark.parametrize(
    ("turned", "corner"),
    [("transpose=1", (0, 1)), ("transpose=2", (1, 0)), ("hflip,vflip", (1, 1))],
)
def test_a_turned_picture_is_placed_by_what_moves(
    sides: tuple[Side, Side], turned: str, corner: tuple[int, int], tmp_path: Path
) -> None:
    known = sides[1]
    query = side(edit(filmed(tmp_path / "known.mp4"), tmp_path / "query.mp4", "-vf", turned))
    length_ms = SECONDS * 1_000
    seen = unplaced()
    whole = replace(
        seen.run, speed=1.0, offset_ms=0.0, query_ms=(0, length_ms), known_ms=(0, length_ms)
    )
    seen = replace(seen, run=whole)
    found = lay_by_edges(Laid(seen), seen, (query, known), [(0, 0), (1, 1)])
    assert found.settled
    assert found.overlay is not None
    assert found.overlay.shares[:, 2] == pytest.approx(corner, abs=0.02)
