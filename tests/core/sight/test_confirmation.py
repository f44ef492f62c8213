"""A run that lies between the pictures of the reel is confirmed by the known item's own frames."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from app.core import (
    DecodeLimits,
    Fingerprinted,
    Match,
    default_describers,
    find_matches,
    fingerprint_file,
)
from app.core.geometry.examination import examine
from app.core.geometry.side import Side
from app.core.geometry.sights import Sights
from app.core.policy import Grade
from app.core.sight.confirmation import confirmed
from app.core.sight.laying import lay_together
from app.core.temporal.runs import Run
from app.core.weighing.findings import Seen
from app.core.weighing.strength import strength
from tests.filming import edit, ffmpeg, film

CUT_MS = 2_290
DESCRIBERS = default_describers()


def read(path: Path) -> Fingerprinted:
    return fingerprint_file(path, DESCRIBERS, DecodeLimits())


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Fingerprinted, Fingerprinted]:
    folder = tmp_path_factory.mktemp("confirmation")
    known = film(folder / "known.mp4", seconds=7, seed=5, shots=1, audio=False)
    query = edit(known, folder / "query.mp4", "-ss", f"{CUT_MS / 1000}", "-t", "4")
    return read(query), read(known)


def rapids(path: Path) -> Path:
    """Water: layers of seeded ripples, each carried its own way, faster than a reel can follow."""
    random = np.random.default_rng(4)
    ripples = [
        cv2.resize(
            random.normal(0, 28, (rows, rows * 4 // 3)), (480, 360), interpolation=cv2.INTER_CUBIC
        )
        for rows in (90, 60, 36)
    ]
    flows = (3, 2), (-2, 7), (4, 1)
    frames = bytearray()
    for frame in range(4 * 24):
        moved = (
            np.roll(layer, (down * frame, across * frame), (0, 1))
            for layer, (down, across) in zip(ripples, flows, strict=True)
        )
        frames += np.clip(110 + sum(moved), 0, 255).astype(np.uint8)[:240, :320].tobytes()
    raw = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", "320x240", "-r", "24", "-i", "-"]
    ffmpeg(*raw, "-pix_fmt", "yuv420p", "-crf", "20", path, stdin=bytes(frames))
    return path


def found(query: Fingerprinted, known: Fingerprinted) -> Match:
    (match,) = find_matches(query, [known])
    return match


def test_pictures_shown_as_proof_are_of_the_very_moment(
    pair: tuple[Fingerprinted, Fingerprinted],
) -> None:
    match = found(*pair)
    assert len(match.evidence) >= 2
    for each in match.evidence:
        assert each.known_ms - each.query_ms == pytest.approx(CUT_MS, abs=60)


def test_what_moves_agrees_better_in_frames_than_in_the_reel(
    pair: tuple[Fingerprinted, Fingerprinted],
) -> None:
    query, known = pair
    with_file, without = found(*pair), found(query, replace(known, original=None))
    assert with_file.grounds["motion"] > without.grounds["motion"] + 0.01
    assert with_file.confidence >= without.confidence
    (segment,) = with_file.segments
    assert segment.known.start_ms == pytest.approx(CUT_MS, abs=100)


def test_a_picture_just_before_a_run_is_still_proof(tmp_path: Path) -> None:
    known = film(tmp_path / "known.mp4", seconds=2.2, seed=6, shots=1, audio=False)
    # Two frames more at the beginning: the run begins a little after the first picture that is kept.
    query = edit(known, tmp_path / "query.mp4", "-vf", "tpad=start=2:start_mode=clone")
    match = found(read(query), read(known))
    assert match.segments[0].query.start_ms > 20
    assert match.evidence[0].query_ms == 0


def test_running_water_agrees_at_the_very_moment(tmp_path: Path) -> None:
    known = rapids(tmp_path / "known.mp4")
    query = edit(known, tmp_path / "query.mp4", "-ss", "1.31", "-t", "2.4")
    match = found(read(query), read(known))
    assert match.grounds["motion"] > 0.9
    assert match.grounds["agreement"] > 0.95


def test_what_a_copy_comes_out_of_says_nothing_against_it(real_media: Path) -> None:
    water = real_media / "variants" / "mdn_water"
    if not water.is_dir():
        pytest.skip("the folder of real media has no stream of water")
    # It comes out of a blur, after a title.
    match = found(
        read(water / "stream-of-water-audioless.webm"), read(water / "stream-of-water.mp4")
    )
    assert match.grade is Grade.CERTAIN
    assert match.segments[0].query.start_ms == pytest.approx(1_400, abs=200)


def test_without_the_known_file_the_reels_decide(
    pair: tuple[Fingerprinted, Fingerprinted],
) -> None:
    query, known = pair
    match = found(query, replace(known, original=None))
    assert match.confidence > 0.5
    (segment,) = match.segments
    # Before a camera that pans evenly, a frame laid a little aside fits a moment a little off.
    assert segment.known.start_ms == pytest.approx(CUT_MS, abs=400)


def test_a_run_that_grows_while_confirmed_is_shown_where_it_was_read(tmp_path: Path) -> None:
    both = read(film(tmp_path / "clip.mp4", seconds=20, seed=7, shots=4, audio=False))
    side = Side(both.fingerprint, Sights(both.pictures, both.original))
    times_ms = both.fingerprint.timestamps_ms
    rows = np.flatnonzero((times_ms >= 7_000) & (times_ms <= 13_000))
    run = Run(rows, rows, np.ones(len(rows)), 1.0, 0.0, (7_000, 13_000), (7_000, 13_000))
    pairs = examine(run, times_ms, (side.sights, side.sights), mirrored=False)
    strong = strength(run, (both.fingerprint, both.fingerprint), pairs)
    laid = lay_together(Seen(run, pairs, 0.5, (), strong), (side, side))
    sure = confirmed(replace(laid, seen=replace(laid.seen, run=run)), (side, side))
    assert sure.seen.run.length_ms > 18_000
    assert len(sure.seen.pairs) >= 2
    for each in sure.seen.pairs:
        assert each.known_ms == pytest.approx(each.query_ms, abs=60)


@pytest.mark.parametrize("mirrored", [pytest.param(False, marks=pytest.mark.long), True])
def test_bars_laid_over_a_picture_are_borders_and_hide_nothing_else(
    pair: tuple[Fingerprinted, Fingerprinted], tmp_path: Path, *, mirrored: bool
) -> None:
    barred = "drawbox=h=ih*0.18:t=fill,drawbox=y=ih*0.75:h=ih*0.25:t=fill"
    known = film(tmp_path / "known.mp4", seconds=7, seed=5, shots=1, audio=False)
    filters = f"hflip,{barred}" if mirrored else barred
    query = edit(known, tmp_path / "barred.mp4", "-ss", "1", "-t", "5", "-vf", filters)
    (match,) = find_matches(read(query), [pair[1]])
    (segment,) = match.segments
    named = {each.kind: each.box for each in segment.transforms}
    assert named.keys() == {"crop", "borders"} | ({"mirror"} if mirrored else set())
    # The camera pans: a moment a little off lies a little aside.
    assert named["crop"] == pytest.approx((0, 0.18, 1, 0.57), abs=0.07)
    assert named["borders"] == pytest.approx((0, 0.18, 1, 0.57), abs=0.07)
