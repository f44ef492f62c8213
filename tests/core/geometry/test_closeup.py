"""The exact moment before a moving camera, where the kept pictures are of another one."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

import cv2
import numpy as np
import pytest

from app.core.decoding.original import Original
from app.core.fingerprints.pictures import Pictures
from app.core.geometry.closeup import FAR_MS, look_closer
from app.core.geometry.examination import Examined
from app.core.geometry.proof import prove
from app.core.geometry.sights import Sights, flipped, mirror, see
from app.core.media import DecodeLimits
from app.core.temporal.runs import Run
from tests.filming import FPS, Pixels, canvas, ffmpeg

SIZE = (320, 240)
MOMENT_MS, OFF_MS = 3_000, 1_000
drawn = cache(canvas)
"""Drawn once for all frames; nobody changes it."""
GROUND = drawn(21, SIZE)
ACTORS = [drawn(seed, (60, 60)) for seed in (31, 32, 33)]
WAYS = ((20, 30, 30, 18), (230, 20, -34, 22), (120, 160, 25, -25))
"""Where each actor stands in the picture at first, and its steps in pixels a second."""


def shot(time_s: float) -> Pixels:
    """A picture of three that walk before a panning camera."""
    x, y = round(25 * time_s), round(18 * time_s)
    picture = GROUND[y : y + SIZE[1], x : x + SIZE[0]].copy()
    for actor, (left, top, right, down) in zip(ACTORS, WAYS, strict=True):
        column, row = round(left + right * time_s), round(top + down * time_s)
        part = picture[max(0, row) : row + 90, max(0, column) : column + 90]
        part[:] = actor[: part.shape[0], : part.shape[1]]
    return picture


def yard(seed: int, time_s: float) -> Pixels:
    """A picture of one that drives over a yard with some lines on it, before a camera that drifts."""
    random = np.random.default_rng(seed)
    ground = np.full((480, 640), 118, np.float32)
    ground += cv2.resize(random.normal(0, 2.5, (48, 64)).astype(np.float32), (640, 480))
    for _ in range(6):
        first, last = ((int(x), int(y)) for x, y in random.integers(0, (640, 480), (2, 2)))
        cv2.line(ground, first, last, 225.0, 2, cv2.LINE_AA)
    x, y = round(40 * time_s), round(28 * time_s)
    grey = np.clip(ground, 0, 255).astype(np.uint8)[y : y + SIZE[1], x : x + SIZE[0]].copy()
    left, top = round(40 + 48 * time_s), max(0, round(150 - 24 * time_s))
    cv2.rectangle(grey, (left, top), (left + 60, top + 70), 119, -1)
    cv2.rectangle(grey, (left + 10, top + 10), (left + 50, top + 30), 30, -1)
    cv2.rectangle(grey, (left + 10, top + 45), (left + 50, top + 60), 40, -1)
    return np.repeat(grey[..., None], 3, axis=2)


def hall(seed: int, time_s: float) -> Pixels:
    """A picture of three that move slowly before a camera that stands."""
    picture = drawn(seed, SIZE)[: SIZE[1], : SIZE[0]].copy()
    starts = ((20, 30, 15, 9), (200, 20, -15, 10.5), (120, 90, 12, -10.5))
    for actor, (left, top, right, down) in enumerate(starts):
        place = np.array([[1, 0, left + right * time_s], [0, 1, top + down * time_s]])
        picture = cv2.warpAffine(
            drawn(10 * seed + actor, (90, 90))[:90, :90],
            place,
            SIZE,
            dst=picture,
            borderMode=cv2.BORDER_TRANSPARENT,
        )
    return np.asarray(picture, np.uint8)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filmed(tmp_path_factory.mktemp("closeup") / "clip.mp4", shot)


def filmed(path: Path, take: Callable[[float], Pixels]) -> Path:
    """A clip of six seconds of what `take` gives at each time."""
    raw = b"".join(take(frame / FPS).tobytes() for frame in range(6 * FPS))
    form = f"-f rawvideo -pix_fmt rgb24 -s {SIZE[0]}x{SIZE[1]} -r {FPS} -i -".split()
    coding = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "20", "-pix_fmt", "yuv420p"]
    ffmpeg(*form, *coding, path, stdin=raw)
    return path


def sights(path: Path | None) -> Sights:
    return Sights(Pictures((), ()), Original(path, DecodeLimits()) if path else None)


def off(
    take: Callable[[float], Pixels] = shot, off_ms: int = OFF_MS, *, mirrored: bool = False
) -> tuple[Run, Examined]:
    """A run that lies a second off, and its pair: the query's moment with an earlier known one."""
    rows = np.zeros(1, np.int64)
    known_ms = MOMENT_MS - off_ms
    run = Run(rows, rows, np.ones(1), 1.0, -off_ms, (0, 6_000), (0, 6_000))
    known = see(take(known_ms / 1000))
    picture = take(MOMENT_MS / 1000)
    query = mirror(see(flipped(picture))) if mirrored else see(picture)
    fit = prove(query, known, mirrored=mirrored)
    assert fit is not None
    return run, Examined(query, known, MOMENT_MS, known_ms, 0.6, fit)


def rush(time_s: float) -> Pixels:
    """A picture of three that run before a camera that stands."""
    picture = GROUND[: SIZE[1], : SIZE[0]].copy()
    for actor, (left, top, right, down) in zip(ACTORS, WAYS, strict=True):
        place = np.array([[0.5, 0, left + 4 * right * (time_s - 3)], [0, 0.5, top + down]])
        border = cv2.BORDER_TRANSPARENT
        picture = cv2.warpAffine(actor[:90, :90], place, SIZE, dst=picture, borderMode=border)
    return np.asarray(picture, np.uint8)


def test_what_moves_fast_is_found_to_the_frame(tmp_path: Path) -> None:
    """Frames are read two apart first; the moment lies between two of those."""
    run, pair = off(rush, off_ms=230)
    clip = filmed(tmp_path / "rush.mp4", rush)
    (closer,) = look_closer(run, [pair], (sights(None), sights(clip)))
    assert closer.known_ms == pytest.approx(MOMENT_MS, abs=500 / FPS)
    assert closer.likeness > 0.95


@pytest.mark.parametrize("mirrored", [False, True])
def test_the_moment_is_found_though_the_hint_is_of_another(clip: Path, *, mirrored: bool) -> None:
    run, pair = off(mirrored=mirrored)
    (closer,) = look_closer(run, [pair], (sights(None), sights(clip)), FAR_MS)
    assert closer.known_ms == pytest.approx(MOMENT_MS, abs=100)
    assert closer.query_ms == MOMENT_MS
    assert closer.agreement > pair.agreement
    assert closer.agreement > 0.93
    assert closer.fit is not None
    assert closer.fit.mirrored == mirrored
    # At the very moment the camera stands where it stood.
    assert closer.fit.matrix == pytest.approx(np.array([[1, 0, 0], [0, 1, 0]]), abs=2.5)


@pytest.mark.parametrize("seed", [1, 5])
def test_before_plain_things_the_moment_is_walked_to(tmp_path: Path, seed: int) -> None:
    take = partial(yard, seed)
    run, pair = off(take, 420)
    path = filmed(tmp_path / "yard.mp4", take)
    (closer,) = look_closer(run, [pair], (sights(None), sights(path)))
    assert closer.known_ms == pytest.approx(MOMENT_MS, abs=50)
    assert closer.agreement > 0.97


@pytest.mark.parametrize("seed", [1, 7])
def test_the_moment_of_what_moves_slowly_is_found_under_a_caption(
    tmp_path: Path, seed: int
) -> None:
    take = partial(hall, seed)
    run, pair = off(take, 420)
    captioned = take(MOMENT_MS / 1000)
    captioned[180:] = canvas(77, (320, 60))[:60, :320]
    query = see(captioned)
    fit = prove(query, pair.known, mirrored=False)
    path = filmed(tmp_path / "hall.mp4", take)
    pair = replace(pair, query=query, fit=fit)
    (closer,) = look_closer(run, [pair], (sights(None), sights(path)))
    assert closer.known_ms == pytest.approx(MOMENT_MS, abs=40)


def test_what_cannot_be_looked_at_stays_as_it_was(clip: Path) -> None:
    run, pair = off()
    assert look_closer(run, [pair], (sights(None), sights(None))) == [pair]
    gone = sights(clip.with_name("gone.mp4"))
    assert look_closer(run, [pair], (sights(None), gone)) == [pair]
    unfitted = replace(pair, fit=None)
    assert look_closer(run, [unfitted], (sights(None), sights(clip))) == [unfitted]
