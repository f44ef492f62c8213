"""Stills of plain scenes, in which there are hardly any key points, are found at their very moment."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from app.core import Fingerprinted, Grade, default_describers, find_matches, fingerprint_file
from app.core.geometry.sights import see
from tests.core.fingerprints.test_usable import scene
from tests.core.rooms import HIGH, WIDE, encoded, room
from tests.filming import FPS, Pixels, ffmpeg

SECONDS = 5.0
MOMENT_S = 2.4


def plain(seconds: float, seed: int) -> list[Pixels]:
    """A soft thing before a bare wall, seen by a camera that goes past; another seed is another take."""
    dice = np.random.default_rng(seed)
    across, down = np.meshgrid(np.linspace(0, 1, WIDE), np.linspace(0, 1, HIGH))
    wall = 150 + 30 * across + 15 * down + dice.normal(0, 1.5, (HIGH, WIDE))
    turn = dice.uniform(-40, 40)
    frames = []
    for number in range(round(seconds * FPS)):
        time_s = number / FPS
        x = WIDE * (0.15 + 0.1 * time_s + 0.05 * np.sin(1.3 * time_s + seed))
        y = HIGH * (0.35 + 0.08 * np.sin(0.9 * time_s + 2 * seed))
        thing = np.zeros((HIGH, WIDE), np.float32)
        cv2.ellipse(thing, (int(x), int(y)), (90, 24), turn + 8 * time_s, 0, 360, 1.0, -1)
        cv2.circle(thing, (int(x) - 40, int(y) - 10), 38, 0.7, -1)
        soft = cv2.GaussianBlur(thing, (0, 0), 5)
        grey = np.clip(wall - 90 * soft, 0, 255).astype(np.uint8)
        frames.append(np.repeat(grey[..., None], 3, axis=2))
    return frames


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Fingerprinted:
    folder = tmp_path_factory.mktemp("plain")
    return fingerprint_file(encoded(folder / "known.mp4", plain(SECONDS, 3)), default_describers())


@pytest.mark.parametrize(
    ("seed", "edit", "found"),
    [
        (3, "null", True),
        (3, "hflip,scale=400:-2", True),
        (3, "pad=iw:ih*1.25:0:(oh-ih)/2:0x204080", True),
        (4, "null", False),
    ],
)
def test_a_still_of_a_plain_scene_is_told_from_another_take(
    known: Fingerprinted, seed: int, edit: str, found: bool, tmp_path: Path
) -> None:
    frame = plain(SECONDS, seed)[round(MOMENT_S * FPS)]
    assert len(see(frame).points) < 20
    whole, still = tmp_path / "whole.png", tmp_path / "still.jpg"
    cv2.imwrite(str(whole), frame)
    ffmpeg("-i", whole, "-vf", edit, "-frames:v", "1", "-q:v", "4", still)
    matches = find_matches(fingerprint_file(still, default_describers()), [known])
    sure = [match for match in matches if match.grade is not Grade.LEAD]
    assert len(sure) == found


def wandering(softness: tuple[int, int]) -> list[Pixels]:
    """A room seen by a camera that wanders about and blurs it by doing so."""
    frames = []
    for number, whole in enumerate(room(SECONDS)):
        turn, large = 2.3 * number / FPS, cv2.resize(whole, None, fx=1.6, fy=1.6)
        x = int(WIDE * (0.3 + 0.25 * np.sin(turn)))
        y = int(HIGH * (0.3 + 0.25 * np.cos(1.3 * turn)))
        frames.append(np.asarray(cv2.blur(large[y : y + HIGH, x : x + WIDE], softness), np.uint8))
    return frames


def captioned(frame: Pixels) -> Pixels:
    """The frame with a line of text below the middle."""
    drawn, left, white = frame.copy(), WIDE // 10, (255, 255, 255)
    cv2.rectangle(drawn, (left, HIGH * 7 // 10), (WIDE - left, HIGH * 17 // 20), (20, 20, 20), -1)
    place = (WIDE // 7, HIGH * 41 // 50)
    cv2.putText(drawn, "eyewitness", place, cv2.FONT_HERSHEY_SIMPLEX, 1.2, white, 2)
    return drawn


@pytest.mark.parametrize(("softness", "moment_s"), [((7, 7), 4.4), ((25, 9), 4.4)])
def test_a_captioned_still_is_found_where_the_camera_blurs_the_clip(
    softness: tuple[int, int], moment_s: float, tmp_path: Path
) -> None:
    frames = wandering(softness)
    shown = captioned(frames[round(moment_s * FPS)])
    cv2.imwrite(str(tmp_path / "still.jpg"), cv2.cvtColor(shown, cv2.COLOR_RGB2BGR))
    clip = fingerprint_file(encoded(tmp_path / "clip.mp4", frames), default_describers())
    (match,) = find_matches(fingerprint_file(tmp_path / "still.jpg", default_describers()), [clip])
    assert match.grade is not Grade.LEAD
    (evidence,) = match.evidence
    assert abs(evidence.known_ms - 1000 * moment_s) <= 1000 / FPS


def test_a_strip_can_be_compared(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "strip.png"), scene()[200:214])
    strip = fingerprint_file(tmp_path / "strip.png", default_describers())
    assert all(match.evidence for match in find_matches(strip, [strip]))


def test_a_still_lies_around_its_moment_not_the_sampled_one(tmp_path: Path) -> None:
    frames = room(8)
    still = tmp_path / "still.png"
    cv2.imwrite(str(still), cv2.cvtColor(frames[round(5.44 * FPS)], cv2.COLOR_RGB2BGR))
    clip = fingerprint_file(encoded(tmp_path / "clip.mp4", frames), default_describers())
    (match,) = find_matches(fingerprint_file(still, default_describers()), [clip])
    (segment,) = match.segments
    middle_ms = (segment.known.start_ms + segment.known.end_ms) / 2
    assert middle_ms == pytest.approx(5_440, abs=100)
    assert segment.known.start_ms < match.evidence[0].known_ms < segment.known.end_ms
