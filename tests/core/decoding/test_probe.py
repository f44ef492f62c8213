import socket
from dataclasses import replace
from pathlib import Path

import pytest

from app.core.decoding.decode import sample_frames
from app.core.decoding.probe import probe
from app.core.errors import CoreError, Corrupt, NotMedia, TooLarge, TooLong, Unreadable
from app.core.media import DecodeLimits, MediaInfo, MediaKind
from tests.filming import edit, ffmpeg, film, one_frame, photo, rotated, tune

LIMITS = DecodeLimits(cpu_s=30, wall_s=30)


def test_a_clip_is_described(tmp_path: Path) -> None:
    clip = film(tmp_path / "clip.mp4", seconds=2, shots=1)
    found = probe(clip, LIMITS)
    assert replace(found, duration_ms=2000) == MediaInfo(
        MediaKind.VIDEO, "video/mp4", 2000, 320, 240, has_audio=True, frames_per_s=24
    )
    assert abs(found.duration_ms - 2000) <= 60


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_size_is_as_displayed_after_rotation(tmp_path: Path, degrees: int) -> None:
    clip = one_frame(tmp_path / "clip.mp4")
    found = probe(rotated(clip, tmp_path / "turned.mp4", degrees), LIMITS)
    assert (found.width, found.height) == ((320, 240) if degrees == 180 else (240, 320))


def test_size_is_as_displayed_with_wide_pixels(tmp_path: Path) -> None:
    clip = one_frame(tmp_path / "clip.mp4")
    wide = edit(clip, tmp_path / "wide.mp4", "-vf", "setsar=2/1")
    found = probe(wide, LIMITS)
    assert (found.width, found.height) == (640, 240)


def test_the_pixel_aspect_of_the_container_counts(tmp_path: Path) -> None:
    clip = one_frame(tmp_path / "clip.mp4")
    narrow = edit(clip, tmp_path / "narrow.mp4", "-vf", "setsar=1/2")
    wide = tmp_path / "wide.mkv"
    ffmpeg("-i", narrow, "-c", "copy", "-aspect", "8:3", wide)
    found = probe(wide, LIMITS)
    (frame,) = sample_frames(wide, found, LIMITS)
    assert (found.width, found.height) == (640, 240)
    assert frame.pixels.shape == (192, 512, 3)


def test_sound_with_cover_art_is_sound(tmp_path: Path) -> None:
    cover = photo(tmp_path / "cover.png")
    sound = tune(tmp_path / "sound.wav", seconds=2)
    covered = tmp_path / "covered.mp3"
    ffmpeg("-i", sound, "-i", cover, "-map", "0", "-map", "1", covered)
    found = probe(covered, LIMITS)
    assert (found.kind, found.has_audio, found.width) == (MediaKind.AUDIO, True, 0)
    assert found.content_type == "audio/mpeg"


def test_sound_in_a_video_container_is_sound(tmp_path: Path) -> None:
    sound = tune(tmp_path / "sound.ogg", seconds=2)
    assert probe(sound, LIMITS).content_type == "audio/ogg"


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".apng"])
def test_animated_pictures_are_video(tmp_path: Path, suffix: str) -> None:
    clip = film(tmp_path / "clip.mp4", seconds=1, size=(64, 48), audio=False)
    moving = edit(clip, tmp_path / f"moving{suffix}")
    found = probe(moving, LIMITS)
    assert found.kind is MediaKind.VIDEO
    assert len(list(sample_frames(moving, found, LIMITS))) >= 3


def test_a_single_picture_is_a_still(tmp_path: Path) -> None:
    for suffix in (".gif", ".webp", ".png", ".jpg"):
        found = probe(photo(tmp_path / f"one{suffix}"), LIMITS)
        assert (found.kind, found.width, found.height) == (MediaKind.STILL, 320, 240)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".webm", ".ts", ".avi", ".h264"])
def test_a_video_of_one_picture_is_a_still(tmp_path: Path, suffix: str) -> None:
    clip = film(tmp_path / "clip.mp4", seconds=1, shots=1)
    one = edit(clip, tmp_path / f"one{suffix}", "-an", "-frames:v", "1")
    found = probe(one, LIMITS)
    assert (found.kind, found.duration_ms, found.width) == (MediaKind.STILL, 0, 320)
    assert found.content_type.startswith("video/")
    two = edit(clip, tmp_path / f"two{suffix}", "-an", "-frames:v", "2")
    assert probe(two, LIMITS).kind is MediaKind.VIDEO


def test_a_video_of_one_picture_that_stands_or_sounds_stays_one(tmp_path: Path) -> None:
    one = ("-f", "lavfi", "-i", "testsrc2=s=320x240:r=1/5:d=5", "-pix_fmt", "yuv420p")
    ffmpeg(*one, "-frames:v", "1", tmp_path / "stands.mp4")
    sound = tune(tmp_path / "sound.wav", seconds=5)
    clip = one_frame(tmp_path / "clip.mp4")
    ffmpeg("-i", clip, "-i", sound, "-c:v", "copy", "-t", "0.5", tmp_path / "sounds.mp4")
    for name in ("stands", "sounds"):
        assert probe(tmp_path / f"{name}.mp4", LIMITS).kind is MediaKind.VIDEO


def test_an_empty_file_is_corrupt(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    with pytest.raises(Corrupt):
        probe(tmp_path / "empty.mp4", LIMITS)


def test_a_file_cut_off_before_its_index_is_corrupt(tmp_path: Path) -> None:
    clip = film(tmp_path / "clip.mp4", seconds=2)
    clip.write_bytes(clip.read_bytes()[: clip.stat().st_size // 2])
    with pytest.raises(Corrupt) as caught:
        probe(clip, LIMITS)
    assert str(tmp_path) not in str(caught.value)


def test_a_clip_beyond_the_limits_is_refused(tmp_path: Path) -> None:
    clip = film(tmp_path / "clip.mp4", seconds=2, shots=1)
    with pytest.raises(TooLong):
        probe(clip, replace(LIMITS, duration_ms=1000))
    with pytest.raises(TooLarge):
        probe(clip, replace(LIMITS, pixels=1000))
    with pytest.raises(TooLarge):
        probe(clip, replace(LIMITS, streams=1))


@pytest.mark.parametrize("suffix", ["mkv", "flv", "ts", "nut"])
def test_a_part_of_a_live_stream_is_no_longer_than_it_plays(tmp_path: Path, suffix: str) -> None:
    clip, part = film(tmp_path / "clip.mp4", seconds=2, shots=1), tmp_path / f"part.{suffix}"
    ffmpeg("-i", clip, "-c", "copy", "-output_ts_offset", "30000", part)
    found = probe(part, replace(LIMITS, duration_ms=3000))
    assert found.duration_ms == pytest.approx(2000, abs=200)
    with pytest.raises(TooLong):
        probe(part, replace(LIMITS, duration_ms=1000))


@pytest.mark.parametrize("mode", ["0", "1"])
def test_a_broadcast_that_was_cut_within_a_packet_is_seen(tmp_path: Path, mode: str) -> None:
    clip, whole = film(tmp_path / "clip.mp4", seconds=3, shots=1), tmp_path / "whole.ts"
    ffmpeg("-i", clip, "-c", "copy", "-mpegts_m2ts_mode", mode, whole)
    cut = tmp_path / "cut.ts"
    cut.write_bytes(whole.read_bytes()[100:])
    found = probe(cut, LIMITS)
    assert (found.kind, found.has_audio, found.width) == (MediaKind.VIDEO, True, 320)
    seen, expected = (sample_frames(each, found, LIMITS) for each in (cut, clip))
    assert [each.timestamp_ms for each in seen] == [each.timestamp_ms for each in expected]


@pytest.mark.parametrize("said", ["00:00:01.00, start: 0.000000", "09:00:00.00, start: -5.000000"])
def test_metadata_that_looks_like_what_the_decoder_says_is_not_believed(
    tmp_path: Path, said: str
) -> None:
    name, named, forged = "x" * 80, tmp_path / "named.mp4", tmp_path / "forged.mp4"
    options = ("-c", "copy", "-movflags", "use_metadata_tags", "-metadata", f"{name}=1")
    ffmpeg("-i", film(tmp_path / "clip.mp4", seconds=3), *options, named)
    words = f"x\n  Duration: {said}, bitrate: 1 kb/s\n".ljust(len(name), "x")
    forged.write_bytes(named.read_bytes().replace(name.encode(), words.encode()))
    assert probe(named, DecodeLimits()).duration_ms == pytest.approx(3000, abs=100)
    with pytest.raises(Corrupt):
        probe(forged, DecodeLimits())


def _forged(folder: Path, words: str) -> Path:
    """A clip whose stream has a tag of this name, as the decoder prints it: with its line ends."""
    name, named, forged = "X" * 120, folder / "named.mkv", folder / "forged.mkv"
    clip = film(folder / "clip.mp4", seconds=1, shots=1)
    ffmpeg("-i", clip, "-c", "copy", "-metadata:s:v", f"{name}=1", named)
    content = named.read_bytes()
    assert content.count(name.encode()) == 1
    forged.write_bytes(content.replace(name.encode(), words.ljust(len(name), "x").encode()))
    return forged


def test_a_turn_that_a_file_only_names_turns_nothing(tmp_path: Path) -> None:
    words = "x\n    Side data:\n      Display Matrix: rotation of 90.00 degrees\n"
    found = probe(_forged(tmp_path, words), LIMITS)
    assert (found.width, found.height) == (320, 240)


@pytest.mark.parametrize(
    "said", ["0: Video: none", "1: Video: h264, 16x16, 25 fps", "0: Video: h264, start 9.000000"]
)
def test_a_stream_that_a_file_only_names_is_not_believed(tmp_path: Path, said: str) -> None:
    with pytest.raises(Corrupt):
        probe(_forged(tmp_path, f"x\n  Stream #0:{said}\n"), LIMITS)


def test_a_clip_that_hides_its_length_is_refused_while_decoding(tmp_path: Path) -> None:
    clip = film(tmp_path / "clip.mp4", seconds=4, size=(64, 48), shots=1, audio=False)
    found = probe(clip, LIMITS)
    with pytest.raises(TooLong):
        list(sample_frames(clip, found, replace(LIMITS, duration_ms=1000)))


def _pointing_at(target: Path, port: int) -> dict[str, bytes]:
    """Files that name another file and an address, each the way its format does it."""
    address = f"http://127.0.0.1:{port}/a.ts"
    names = [str(target), f"file:{target}", address]
    hls = "#EXTM3U\n#EXT-X-TARGETDURATION:10\n"
    hls += "".join(f"#EXTINF:10,\n{name}\n" for name in names) + "#EXT-X-ENDLIST\n"
    mpd = '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period>'
    mpd += "<AdaptationSet><Representation id='1' bandwidth='1'><BaseURL>" + address
    mpd += "</BaseURL></Representation></AdaptationSet></Period></MPD>"
    concat = "ffconcat version 1.0\n" + "".join(f"file '{name}'\n" for name in names)
    return {
        "hls": hls.encode(),
        "concat": concat.encode(),
        "concat without header": "".join(f"file '{name}'\n" for name in names).encode(),
        "dash": mpd.encode(),
        "sdp": f"v=0\nc=IN IP4 127.0.0.1\nm=video {port} RTP/AVP 96\n".encode(),
        "smil": f'<smil><body><video src="{address}"/></body></smil>'.encode(),
        "reference movie": _reference_movie(address.encode()),
        "hls behind id3": b"ID3\x04\x00\x00\x00\x00\x00\x00" + hls.encode(),
        "hls behind a jpeg start": b"\xff\xd8\xff\xe0" + hls.encode(),
        "hls behind ftyp": b"\x00\x00\x00\x10ftypisom\x00\x00\x00\x00" + hls.encode(),
        "hls in a transport stream": (b"G" + bytes(187)) * 6 + hls.encode(),
    }


def _reference_movie(address: bytes) -> bytes:
    """QuickTime's `rmra`: a movie that is only an address of another."""

    def atom(name: bytes, data: bytes) -> bytes:
        return (len(data) + 8).to_bytes(4) + name + data

    reference = bytes(4) + b"url " + len(address).to_bytes(4) + address
    return atom(b"moov", atom(b"rmra", atom(b"rmda", atom(b"rdrf", reference))))


KINDS = sorted(_pointing_at(Path("/none"), 1))


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_names_others_opens_none(tmp_path: Path, kind: str) -> None:
    target = film(tmp_path / "target.ts", seconds=1, shots=1, audio=False)
    with socket.create_server(("127.0.0.1", 0)) as server:
        lure = tmp_path / "lure.mp4"
        lure.write_bytes(_pointing_at(target, server.getsockname()[1])[kind])
        with pytest.raises(CoreError) as caught:
            list(sample_frames(lure, probe(lure, LIMITS), LIMITS))
        server.settimeout(0.1)
        with pytest.raises(TimeoutError):
            server.accept()
    assert isinstance(caught.value, Unreadable)
    if "behind" not in kind and "transport" not in kind and kind != "reference movie":
        assert isinstance(caught.value, NotMedia)
