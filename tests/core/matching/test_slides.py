"""Slides are one frame each, or many: a copy of either is the same."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from app.core import Fingerprinted, Grade, Relation, default_describers, fingerprint_file
from app.core.matching.matcher import find_matches
from tests.core.rooms import encoded
from tests.filming import FPS, Pixels, ffmpeg, picture

SIZE = (480, 270)
SECONDS = 3
CODING = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "20", "-pix_fmt", "yuv420p")


@pytest.fixture(scope="module")
def slides() -> list[Pixels]:
    return [picture(seed, SIZE) for seed in range(80, 88)]


@pytest.fixture(scope="module")
def single(slides: list[Pixels], tmp_path_factory: pytest.TempPathFactory) -> Fingerprinted:
    folder = tmp_path_factory.mktemp("single")
    return fingerprint_file(one_frame_each(folder, slides), default_describers())


@pytest.fixture(scope="module")
def steady(slides: list[Pixels], tmp_path_factory: pytest.TempPathFactory) -> Fingerprinted:
    frames = [slide for slide in slides for _ in range(SECONDS * FPS)]
    path = encoded(tmp_path_factory.mktemp("steady") / "steady.mp4", frames)
    return fingerprint_file(path, default_describers())


def one_frame_each(folder: Path, slides: Sequence[Pixels]) -> Path:
    """A clip in which each slide is one frame, and its last one comes again at the end."""
    listed = []
    for place, slide in enumerate([*slides, slides[-1]]):
        Image.fromarray(slide).save(folder / f"{place}.png")
        listed.append(f"file '{folder / f'{place}.png'}'\nduration {SECONDS}\n")
    listed[-1] = listed[-1].splitlines()[0] + "\n"
    (folder / "slides.txt").write_text("".join(listed))
    source = ("-f", "concat", "-safe", "0", "-i", folder / "slides.txt")
    ffmpeg(*source, "-fps_mode", "vfr", *CODING, folder / "single.mp4")
    return folder / "single.mp4"


def assert_whole(query: Fingerprinted, known: Fingerprinted) -> None:
    (match,) = find_matches(query, [known])
    assert (match.grade, match.relation) == (Grade.CERTAIN, Relation.TRANSCODE)
    (segment,) = match.segments
    assert {each.kind for each in segment.transforms} == {"reencode"}
    assert min(match.coverage_query, match.coverage_known) > 0.98


def test_slides_of_one_frame_each_are_a_copy_of_those_at_a_steady_rate(
    single: Fingerprinted, steady: Fingerprinted
) -> None:
    assert_whole(single, steady)
