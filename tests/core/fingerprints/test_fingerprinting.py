import os
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from app.core.errors import NoUsableFrames
from app.core.fingerprints.describe import Describers, default_describers
from app.core.fingerprints.fingerprint import decode, encode
from app.core.fingerprints.fingerprinting import fingerprint_file
from app.core.fingerprints.sound import SOUND_STEP_MS
from app.core.fingerprints.views import FORMS
from app.core.index import KnownIndex, SearchQuery
from app.core.matching.matcher import find_matches
from app.core.media import DecodeLimits, MediaKind
from app.core.policy import Grade
from tests.core.fingerprints.test_usable import scene
from tests.filming import (
    SAMPLE_RATE,
    edit,
    ffmpeg,
    film,
    melody,
    one_frame,
    photo,
    picture,
    tune,
    write_wav,
)

LIMITS = DecodeLimits()


@pytest.fixture(scope="module")
def describers() -> Describers:
    found = default_describers()
    assert found
    return found


def still(path: Path, pixels: np.ndarray) -> Path:
    cv2.imwrite(str(path), pixels[..., ::-1])
    return path


def test_every_form_of_a_still_is_found(tmp_path: Path, describers: Describers) -> None:
    shown = scene()
    known = fingerprint_file(still(tmp_path / "known.png", shown), describers, LIMITS)
    index = KnownIndex()
    index.add(1, known.fingerprint)
    for mirrored, rotation in FORMS:
        form = np.rot90(shown[:, ::-1] if mirrored else shown, rotation // 90)
        made = fingerprint_file(still(tmp_path / "form.png", form), describers, LIMITS)
        hits = index.search(SearchQuery.of(made.fingerprint))
        assert hits.frames.score.max() > 0.6
        best = made.fingerprint.view(0, int(hits.frames.view[hits.frames.score.argmax()]))
        assert (best.part, best.rotation % 180) == ("whole", rotation % 180)
        assert len(hits.hashes) == 1


def test_a_still_has_one_row_of_everything(tmp_path: Path, describers: Describers) -> None:
    made = fingerprint_file(still(tmp_path / "a.png", scene()), describers, LIMITS).fingerprint
    assert (made.kind, made.frames, made.width, made.height) == (MediaKind.STILL, 1, 512, 288)
    assert made.descriptors.shape == (1, 512)
    assert made.view_descriptors.shape == (1, len(made.view_names), 512)
    assert np.linalg.norm(made.descriptors.astype(float)) == pytest.approx(1, abs=1e-2)
    assert made.votes.tolist() == [True]
    assert encode(decode(encode(made))) == encode(made)


def test_a_video_of_one_picture_is_found_as_a_still_is(
    tmp_path: Path, describers: Describers
) -> None:
    clip, alone = one_frame(tmp_path / "clip.mp4"), photo(tmp_path / "photo.png")
    again = edit(clip, tmp_path / "again.mp4", "-crf", "32", "-vf", "scale=240:-2")
    read = [fingerprint_file(path, describers, LIMITS) for path in (clip, again, alone)]
    assert [each.fingerprint.pdq_forms.shape for each in read] == [(1, 8, 32)] * 3
    for query in read:
        for known in read:
            (found,) = find_matches(query, [known])
            assert found.grade is Grade.CERTAIN


def test_without_a_model_there_are_hashes_only(tmp_path: Path) -> None:
    made = fingerprint_file(still(tmp_path / "a.png", scene()), None, LIMITS).fingerprint
    assert made.algorithm.endswith("+frames:none+views:none")
    assert (made.described, made.view_names, made.frames) == (False, (), 1)
    assert decode(encode(made)).pdq_forms.shape == (1, 8, 32)


def test_a_failure_leaves_no_decoder_behind(tmp_path: Path) -> None:
    class Failing:
        id = "failing"

        def describe(self, pictures: Sequence[np.ndarray]) -> np.ndarray:
            raise MemoryError(len(pictures))

    clip = film(tmp_path / "clip.mp4", seconds=30, shots=1, audio=False)
    with pytest.raises(MemoryError) as kept:
        fingerprint_file(clip, Describers(Failing(), Failing()), LIMITS)
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    assert not [pid for pid in children if "ffmpeg" in Path(f"/proc/{pid}/comm").read_text()]
    assert kept.value.args


def test_a_black_still_is_kept_without_a_vote(tmp_path: Path) -> None:
    black = still(tmp_path / "black.png", np.zeros((90, 160, 3), np.uint8))
    made = fingerprint_file(black, None, LIMITS).fingerprint
    assert made.votes.tolist() == [False]


def test_real_clip_and_its_pictures(
    real_media: Path, tmp_path: Path, describers: Describers
) -> None:
    clip = real_media / "variants/mdn_frog/frog.mp4"
    kept = tmp_path / "pictures.zip"
    seen: list[float] = []
    made = fingerprint_file(clip, describers, LIMITS, seen.append, kept)
    rows = made.fingerprint
    assert rows.frames == len(made.pictures) == len(rows.votes) == 9
    assert rows.votes.all()
    assert made.pictures.timestamps_ms == tuple(rows.timestamps_ms.tolist())
    assert (max(seen), kept.is_file()) == (1.0, True)
    assert rows.sound_votes.sum() > 20
    copy = fingerprint_file(clip.with_suffix(".webm"), describers, LIMITS).fingerprint
    index = KnownIndex()
    index.add(1, rows)
    hits = index.search(SearchQuery.of(copy))
    assert set(hits.frames.query_row.tolist()) == set(range(copy.frames))
    assert len(hits.sound) > 10


def test_progress_grows_over_decoding_and_describing(
    tmp_path: Path, describers: Describers
) -> None:
    shares: list[float] = []
    fingerprint_file(film(tmp_path / "a.mp4", seconds=3), describers, LIMITS, shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert min(shares) < 0.5
    assert len({share for share in shares if share > 0.5}) >= 5


def test_a_clip_cut_off_plays_as_long_as_it_can_be_seen(tmp_path: Path) -> None:
    whole = film(tmp_path / "whole.mkv", seconds=12, shots=2)
    content = whole.read_bytes()
    half = tmp_path / "half.mkv"
    half.write_bytes(content[: len(content) // 2])
    cut = fingerprint_file(half, None, LIMITS)
    assert fingerprint_file(whole, None, LIMITS).info.duration_ms == pytest.approx(12_000, abs=100)
    assert cut.fingerprint.duration_ms == cut.info.duration_ms
    last_ms = int(cut.fingerprint.timestamps_ms[-1])
    assert last_ms < cut.info.duration_ms <= last_ms + 1_000 < 9_000


@pytest.mark.parametrize("suffix", [".gif", ".png", ".webp"])
def test_the_last_moving_picture_counts_for_as_long_as_it_stands(
    tmp_path: Path, suffix: str
) -> None:
    """PNG and WebP say nowhere how long they play."""
    pictures = [Image.fromarray(picture(3, (160, 120), shot)) for shot in range(8)]
    moving = tmp_path / f"moving{suffix}"
    standing_ms = [500] * 7 + [20_000]
    pictures[0].save(moving, save_all=True, append_images=pictures[1:], duration=standing_ms)
    assert fingerprint_file(moving, None, LIMITS).info.duration_ms == 23_500


def test_a_single_picture_counts_for_as_long_as_it_stands(tmp_path: Path) -> None:
    single = tmp_path / "single.mp4"
    coding = ("-r", "1/12", "-frames:v", "1", "-pix_fmt", "yuv420p", single)
    ffmpeg("-r", "1/12", "-i", photo(tmp_path / "photo.png"), *coding)
    made = fingerprint_file(single, None, LIMITS)
    assert made.fingerprint.timestamps_ms.tolist() == [0]
    assert made.info.duration_ms == 12_000
    assert len(made.fingerprint.sound) * SOUND_STEP_MS > 8_000


@pytest.mark.parametrize("suffix", [".ts", ".mpg"])
def test_pieces_joined_byte_by_byte_play_as_long_as_all_of_them(
    tmp_path: Path, suffix: str
) -> None:
    """Each piece's clock starts anew, and the container's length is that of the last."""
    pieces = [
        film(tmp_path / f"{seed}{suffix}", seconds=seconds, seed=seed, shots=1)
        for seed, seconds in ((1, 24), (2, 6))
    ]
    joined = tmp_path / f"joined{suffix}"
    joined.write_bytes(b"".join(piece.read_bytes() for piece in pieces))
    made = fingerprint_file(joined, None, LIMITS)
    assert made.info.duration_ms == pytest.approx(30_000, abs=1_000)
    assert made.fingerprint.timestamps_ms[-1] <= made.fingerprint.duration_ms
    assert len(made.fingerprint.sound) * SOUND_STEP_MS > 26_000


def test_of_a_sound_that_is_too_short_it_is_said_that_it_is(tmp_path: Path) -> None:
    with pytest.raises(NoUsableFrames, match="too short"):
        fingerprint_file(tune(tmp_path / "beep.wav", seconds=2), None, LIMITS)


@pytest.mark.parametrize("coding", [("a.aac",), ("a.mp3", "-write_xing", "0")])
def test_sound_whose_length_is_only_estimated_is_heard_to_its_end(
    tmp_path: Path, coding: tuple[str, ...]
) -> None:
    """Noise takes more bits than what follows, so the rate at the beginning says too little."""
    noise = np.random.default_rng(1).normal(0, 9_000, SAMPLE_RATE * 8)
    loud = np.clip(noise, -32_000, 32_000).astype(np.int16)
    quiet = (melody(52, seed=3) // 200).astype(np.int16)
    name, *options = coding
    write_wav(tmp_path / "sound.wav", np.concatenate([loud, quiet]))
    ffmpeg("-i", tmp_path / "sound.wav", "-q:a", "2", *options, tmp_path / name)
    made = fingerprint_file(tmp_path / name, None, LIMITS)
    assert made.info.duration_ms == pytest.approx(60_000, abs=500)
    assert len(made.fingerprint.sound) * SOUND_STEP_MS > 56_000
