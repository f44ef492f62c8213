"""A frame of a known clip that is held, or slowly zoomed into, is found at its moment."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from app.core import Fingerprinted, Grade, default_describers, find_matches, fingerprint_file
from app.core.geometry.side import Side
from app.core.geometry.sights import Sights
from app.core.matches import Match
from app.core.sight.freeze_frames import freeze_frames
from tests.core.rooms import HIGH, WIDE, encoded, room
from tests.filming import FPS, Pixels, canvas, ffmpeg, film, tune

SECONDS, HELD_S, AT_S = 9.0, 3.0, 4.0
AT = round(AT_S * FPS)


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Fingerprinted:
    return fingerprinted(tmp_path_factory.mktemp("held") / "known.mp4", room(SECONDS))


def fingerprinted(path: Path, frames: list[Pixels]) -> Fingerprinted:
    return fingerprint_file(encoded(path, frames), default_describers())


def held(frame: Pixels) -> list[Pixels]:
    return [frame] * round(HELD_S * FPS)


def zoomed(frame: Pixels) -> list[Pixels]:
    """Go in by a third."""
    count = round(HELD_S * FPS)
    frames = []
    for place in range(count):
        share = 1 - 0.25 * place / count
        wide, high = round(share * WIDE), round(share * HIGH)
        left, top = (WIDE - wide) // 2, (HIGH - high) // 2
        part = frame[top : top + high, left : left + wide]
        frames.append(cv2.resize(part, (WIDE, HIGH), interpolation=cv2.INTER_AREA))
    return frames


def matches_of(frames: list[Pixels], known: Fingerprinted, folder: Path) -> list[Match]:
    return find_matches(fingerprinted(folder / "query.mp4", frames), [known])


@pytest.mark.parametrize("shown", [pytest.param(held, marks=pytest.mark.long), zoomed])
def test_a_held_frame_is_found_at_its_moment(
    shown: Callable[[Pixels], list[Pixels]], known: Fingerprinted, tmp_path: Path
) -> None:
    (match,) = matches_of(shown(room(SECONDS)[AT]), known, tmp_path)
    assert match.grade is Grade.CERTAIN
    (segment,) = match.segments
    assert segment.known.start_ms == segment.known.end_ms
    assert segment.known.start_ms == pytest.approx(1000 * AT_S, abs=150)
    assert match.coverage_query == 1
    assert "freeze_frame" in {each.kind for each in segment.transforms}


@pytest.mark.parametrize("shown", [held, pytest.param(zoomed, marks=pytest.mark.long)])
def test_a_held_frame_of_another_take_is_a_lead_at_most(
    shown: Callable[[Pixels], list[Pixels]], known: Fingerprinted, tmp_path: Path
) -> None:
    found = matches_of(shown(room(SECONDS, seed=11)[AT]), known, tmp_path)
    assert all(match.grade is Grade.LEAD for match in found)


@pytest.mark.long
def test_what_plays_on_after_a_held_frame_is_placed_for_itself(
    known: Fingerprinted, tmp_path: Path
) -> None:
    frames = room(SECONDS)
    (match,) = matches_of(held(frames[AT]) + frames[AT:], known, tmp_path)
    still, playing = match.segments
    assert still.query.end_ms == pytest.approx(1000 * HELD_S, abs=700)
    assert "freeze_frame" in {each.kind for each in still.transforms}
    assert playing.known.start_ms - playing.query.start_ms == pytest.approx(
        1000 * (AT_S - HELD_S), abs=200
    )
    assert {each.kind for each in playing.transforms} == {"reencode"}


def test_a_copy_of_what_hardly_moves_plays(tmp_path: Path) -> None:
    """Both sides stand still: the line of time explains that."""
    frames = room(SECONDS)
    calm = frames[: 2 * FPS] + [frames[2 * FPS]] * (4 * FPS) + frames[2 * FPS :]
    (match,) = matches_of(calm[FPS:], fingerprinted(tmp_path / "calm.mp4", calm), tmp_path)
    assert all(each.kind != "freeze_frame" for part in match.segments for each in part.transforms)
    assert match.coverage_query > 0.95


@pytest.mark.long
def test_other_sound_under_a_held_frame_replaces_none(tmp_path: Path) -> None:
    clip, music = (
        film(tmp_path / "clip.mp4", seconds=16, shots=3),
        tune(tmp_path / "music.wav", seconds=11, seed=9),
    )
    picture = tmp_path / "picture.png"
    ffmpeg("-ss", "7", "-i", clip, "-frames:v", "1", picture)
    query = tmp_path / "query.mp4"
    ffmpeg("-loop", "1", "-i", picture, "-i", music, "-t", "10", "-pix_fmt", "yuv420p", query)
    sides = [fingerprint_file(path, default_describers()) for path in (query, clip)]
    (match,) = find_matches(sides[0], sides[1:])
    (segment,) = match.segments
    named = {each.kind for each in segment.transforms}
    assert "freeze_frame" in named
    assert "sound_replaced" not in named


@pytest.mark.parametrize(("shown_s", "proves"), [(4, False), (11, True)])
def test_a_room_that_is_empty_before_somebody_enters_is_no_held_frame_of_it(
    tmp_path: Path, shown_s: int, *, proves: bool
) -> None:
    """It looked so on any day; who goes about in it did not."""
    empty = canvas(7, (WIDE, HIGH))[:HIGH, :WIDE]
    stood_in = empty.copy()
    stood_in[60:, 150:300] = canvas(8, (WIDE, HIGH))[60:HIGH, 150:300]
    entered = [empty] * (5 * FPS) + [stood_in] * (3 * FPS) + room(SECONDS)
    files = (held(entered[shown_s * FPS]), entered)
    read = [fingerprinted(tmp_path / f"{n}.mp4", each) for n, each in enumerate(files)]
    query, known = (Side(each.fingerprint, Sights(each.pictures, each.original)) for each in read)
    scores = np.full((query.fingerprint.frames, known.fingerprint.frames), 0.5)
    scores[:, np.abs(known.timeline.times_ms - 1_000 * shown_s).argmin()] = 0.9
    assert bool(freeze_frames([], scores, (query, known))) is proves
