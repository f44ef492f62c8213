from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.decoding.probe import probe
from app.core.decoding.sniff import HEAD_BYTES, sniff
from app.core.errors import NotMedia
from app.core.media import DecodeLimits, MediaKind
from tests.filming import edit, ffmpeg, film, photo, tune

NOT_MEDIA = {
    "nothing": b"",
    "text": b"a letter to the editor\n" * 100,
    "page": b"<!doctype html><html><video src=x.mp4></html>",
    "hls": b"#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:10,\nhttp://127.0.0.1/a.ts\n#EXT-X-ENDLIST\n",
    "concat": b"ffconcat version 1.0\nfile /etc/passwd\n",
    "dash": b'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"></MPD>',
    "sdp": b"v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n",
    "subtitles": b"1\n00:00:01,000 --> 00:00:02,000\nhello\n",
    "drawing": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    "zip": b"PK\x03\x04" + bytes(100),
    "pdf": b"%PDF-1.7\n" + bytes(100),
    "program": b"\x7fELF\x02\x01\x01" + bytes(100),
    "zeros": bytes(4096),
    "sync words in noise": b"\xff\xfb" + b"\x12\x34" * 3000,
    "other riff": b"RIFF\x00\x00\x00\x00sfbk" + bytes(100),
    "a letter in step": b"\x47" * 4096,
    "lines in step": (b"a line of 46 letters and one end, G" + b"o" * 11 + b"\n") * 200,
    "wide letters in step": ("x" + "lines of 46 letters and one end, G. Go on! Now\n" * 99).encode(
        "utf-16"
    ),
    "records in step": b"\x00\x01\x47\x40\x00\x03" * 2000,
    "webp without riff": b"XXXX\x00\x00\x00\x00WEBPVP8 " + bytes(100),
}


@pytest.mark.parametrize("name", NOT_MEDIA)
def test_what_is_not_media_is_refused(name: str) -> None:
    with pytest.raises(NotMedia):
        sniff(NOT_MEDIA[name])


@pytest.mark.parametrize(
    ("suffix", "content_type"),
    [
        (".mp4", "video/mp4"),
        (".mov", "video/quicktime"),
        (".mkv", "video/x-matroska"),
        (".webm", "video/webm"),
        (".avi", "video/x-msvideo"),
        (".ts", "video/mp2t"),
        (".mpg", "video/mpeg"),
        (".flv", "video/x-flv"),
        (".ogv", "video/ogg"),
        (".wmv", "video/x-ms-asf"),
        (".3gp", "video/3gpp"),
        (".nut", "video/x-nut"),
        (".mxf", "video/mxf"),
        (".h264", "video/h264"),
        (".hevc", "video/h265"),
    ],
)
def test_containers_of_video_are_named(tmp_path: Path, suffix: str, content_type: str) -> None:
    source = film(tmp_path / "source.mp4", seconds=0.5, size=(176, 144), shots=1, audio=False)
    head = edit(source, tmp_path / f"clip{suffix}").read_bytes()[:HEAD_BYTES]
    found = sniff(head)
    assert (found.content_type, found.kind) == (content_type, MediaKind.VIDEO)
    assert found.demuxers


@pytest.mark.parametrize("packet", [188, 192, 204])
@pytest.mark.parametrize("cut", [1, 3, 100, 187])
def test_a_broadcast_that_begins_within_a_packet_is_named(
    tmp_path: Path, packet: int, cut: int
) -> None:
    source = film(tmp_path / "source.mp4", seconds=0.5, size=(176, 144), shots=1, audio=False)
    stream = edit(source, tmp_path / "clip.ts").read_bytes()
    before, behind = {188: (0, 0), 192: (4, 0), 204: (0, 16)}[packet]
    packets = (stream[at : at + 188] for at in range(0, len(stream), 188))
    longer = b"".join(bytes(before) + each + bytes(behind) for each in packets)
    assert sniff(longer[cut:HEAD_BYTES]).demuxers == ("mpegts",)


@pytest.mark.parametrize(
    "suffix", [".mp3", ".wav", ".flac", ".aac", ".m4a", ".aiff", ".caf", ".ogg"]
)
def test_containers_of_sound_are_named(tmp_path: Path, suffix: str) -> None:
    head = tune(tmp_path / f"sound{suffix}", seconds=1).read_bytes()[:HEAD_BYTES]
    found = sniff(head)
    assert found.kind is (MediaKind.VIDEO if suffix == ".ogg" else MediaKind.AUDIO)


def test_an_mp3_without_a_tag_is_known_by_its_frames(tmp_path: Path) -> None:
    tagged = tune(tmp_path / "sound.mp3", seconds=1).read_bytes()
    length = int.from_bytes(tagged[6:10])
    bare = tagged[10 + length :]
    assert bare[0] == 0xFF
    assert sniff(bare).demuxers == ("mp3",)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".gif", ".webp", ".bmp", ".tiff", ".avif"])
def test_stills_are_named(tmp_path: Path, suffix: str) -> None:
    found = sniff(photo(tmp_path / f"photo{suffix}", size=(64, 48)).read_bytes())
    assert found.kind is MediaKind.STILL
    assert found.picture


@given(st.binary(max_size=600))
def test_any_bytes_get_a_container_or_a_refusal(head: bytes) -> None:
    try:
        found = sniff(head)
    except NotMedia:
        return
    assert found.demuxers or found.picture


@pytest.mark.parametrize("form", [b"RF64", b"BW64"])
def test_a_wave_file_of_more_than_4_gib_is_sound(tmp_path: Path, form: bytes) -> None:
    sound = tmp_path / "sound.wav"
    ffmpeg("-i", tune(tmp_path / "plain.wav", seconds=4), "-rf64", "always", sound)
    sound.write_bytes(form + sound.read_bytes()[4:])
    assert sniff(sound.read_bytes()[:HEAD_BYTES]).content_type == "audio/wav"
    found = probe(sound, DecodeLimits(cpu_s=30, wall_s=30))
    assert (found.kind, found.duration_ms) == (MediaKind.AUDIO, 4_000)
