"""What readers say of files made here, each value with its origin and its reader."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import ExifTags, Image

from app.core.decoding.ffmpeg import container_of
from app.core.decoding.stills import read_still
from app.core.fingerprints.pdq import pdq
from app.core.media import DecodeLimits
from app.core.provenance.metadata import read_metadata
from app.core.provenance.reading import read_provenance
from app.core.provenance.values import Hint, Metadata, Value, ValueKind
from tests.filming import ffmpeg, film, picture

LIMITS = DecodeLimits(cpu_s=60, wall_s=60)
FILMED = "2024-05-01T10:00:00+02:00"
PLACE = "+50.4501+030.5234/"
XMP = """<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/"
 xmlns:stEvt="http://ns.adobe.com/xap/1.0/sType/ResourceEvent#"
 xmp:CreatorTool="Adobe Photoshop 26.1" xmpMM:OriginalDocumentID="xmp.did:1">
<xmpMM:History><rdf:Seq>
<rdf:li stEvt:action="saved" stEvt:softwareAgent="Adobe Photoshop 26.1"/>
<rdf:li stEvt:action="converted"/>
</rdf:Seq></xmpMM:History></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""


def read(path: Path) -> Metadata:
    return read_metadata(path, container_of(path), LIMITS)


def chosen(found: Metadata, kind: ValueKind, reader: str = "", origin: str = "") -> Sequence[Value]:
    return [
        each
        for each in found.values
        if each.kind is kind and each.reader.startswith(reader) and each.origin.startswith(origin)
    ]


@pytest.fixture(scope="module")
def phone_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip with the keys that a phone writes."""
    folder = tmp_path_factory.mktemp("phone")
    plain = film(folder / "plain.mp4", seconds=1, shots=1)
    said = {
        "creation_time": "2024-05-01T08:00:00Z",
        "com.apple.quicktime.creationdate": FILMED,
        "com.apple.quicktime.location.ISO6709": PLACE,
        "com.apple.quicktime.make": "Apple",
        "com.apple.quicktime.model": "iPhone 15",
    }
    options = [part for name, value in said.items() for part in ("-metadata", f"{name}={value}")]
    keys = ("-movflags", "use_metadata_tags", *options)
    ffmpeg("-i", plain, "-c", "copy", *keys, folder / "phone.mov")
    return folder / "phone.mov"


def test_each_time_keeps_its_origin_and_no_two_are_merged(phone_clip: Path) -> None:
    found = read(phone_clip)
    times = chosen(found, ValueKind.TIME, "boxes")
    assert {each.origin: each.at for each in times if each.name == "creation_time"} == {
        "moov/mvhd": "2024-05-01T08:00:00+00:00",
        "moov/trak[0]/tkhd": "2024-05-01T08:00:00+00:00",
        "moov/trak[0]/mdhd": "2024-05-01T08:00:00+00:00",
        "moov/trak[1]/tkhd": "2024-05-01T08:00:00+00:00",
        "moov/trak[1]/mdhd": "2024-05-01T08:00:00+00:00",
        "moov/udta/meta/keys": "2024-05-01T08:00:00+00:00",
    }
    [key] = [each for each in times if each.name.endswith("creationdate")]
    assert (key.at, key.value) == (FILMED, FILMED)
    assert {each.reader for each in chosen(found, ValueKind.TIME)} >= {
        "boxes",
        "ffmpeg",
        "mediainfo",
    }
    assert found.failures == {}


def test_a_place_is_sensitive_and_a_device_is_named(phone_clip: Path) -> None:
    found = read(phone_clip)
    places = chosen(found, ValueKind.PLACE)
    assert {each.reader for each in places} >= {"boxes", "ffmpeg"}
    assert all(each.is_sensitive for each in places)
    assert not any(each.is_sensitive for each in found.values if each not in places)
    devices = {each.value for each in chosen(found, ValueKind.DEVICE, "boxes")}
    assert devices == {"Apple", "iPhone 15"}


def test_an_encoder_stays_in_the_stream_after_everything_was_wiped(phone_clip: Path) -> None:
    wiped = phone_clip.with_name("wiped.mp4")
    clean = ("-map_metadata", "-1", "-fflags", "+bitexact", "-flags", "+bitexact")
    ffmpeg("-i", phone_clip, "-c", "copy", *clean, wiped)
    found = read_provenance(wiped, limits=LIMITS)
    [trace] = [
        each
        for each in found.metadata.values
        if each.kind is ValueKind.TRACE and each.name == "Encoded_Library"
    ]
    assert trace.value.startswith("x264 - core")
    assert trace.origin == "Video[0] stream"
    assert not any(each.at for each in found.metadata.values)
    assert set(found.hints) == {Hint.NOT_CAMERA_ORIGINAL, Hint.TIMES_WIPED}


def test_files_of_one_program_have_one_shape_whatever_they_show(tmp_path: Path) -> None:
    short = read(film(tmp_path / "a.mp4", seconds=1, seed=1, shots=1)).shape
    long = read(film(tmp_path / "b.mp4", seconds=5, seed=2)).shape
    silent = read(film(tmp_path / "c.mp4", seconds=1, audio=False)).shape
    assert short is not None
    assert short == long
    assert short != silent
    assert short.tree.startswith("ftyp[isom isom iso2 avc1 mp41]")
    assert "trak(tkhd edts(elst) mdia(mdhd hdlr[vide]" in short.tree


def test_fragments_that_repeat_are_written_once(tmp_path: Path) -> None:
    clip = film(tmp_path / "clip.mp4", seconds=6, audio=False)
    fragmented = ("-c", "copy", "-movflags", "frag_keyframe+empty_moov")
    ffmpeg("-i", clip, *fragmented, tmp_path / "fragments.mp4")
    shape = read(tmp_path / "fragments.mp4").shape
    assert shape is not None
    assert "(moof(mfhd traf(tfhd tfdt trun)) mdat)+" in shape.tree


def test_boxes_without_an_end_are_walked_to_a_limit(tmp_path: Path) -> None:
    nested = b""
    for _ in range(1000):
        nested = (len(nested) + 8).to_bytes(4) + b"moov" + nested
    many = (8).to_bytes(4) + b"free"
    endless = tmp_path / "endless.mp4"
    endless.write_bytes(b"\x00\x00\x00\x10ftypisom\x00\x00\x00\x00" + nested + many * 50_000)
    shape = read(endless).shape
    assert shape is not None
    assert len(shape.tree) < 1000


@pytest.fixture(scope="module")
def photograph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("photograph") / "photograph.jpg"
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = "Nikon", "Z6"
    exif[ExifTags.Base.Software] = "Ver.01.30"
    exif[ExifTags.Base.DateTime] = "2024:05:01 12:00:00"
    own = exif.get_ifd(ExifTags.IFD.Exif)
    own[ExifTags.Base.DateTimeOriginal] = "2024:05:01 10:00:00"
    own[ExifTags.Base.OffsetTime] = own[ExifTags.Base.OffsetTimeOriginal] = "+02:00"
    own[ExifTags.Base.DateTimeDigitized] = "2024:05:01 10:00:01"
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    place[ExifTags.GPS.GPSLatitudeRef] = "N"
    place[ExifTags.GPS.GPSLatitude] = (50.0, 27.0, 0.0)
    Image.fromarray(picture()).save(path, exif=exif, xmp=XMP.encode())
    return path


def test_a_photographs_times_say_which_clock_they_mean(photograph: Path) -> None:
    found = read(photograph)
    times = {each.name: each.at for each in chosen(found, ValueKind.TIME, "pillow")}
    assert times == {
        "DateTime": "2024-05-01T12:00:00+02:00",
        "DateTimeOriginal": FILMED,
        "DateTimeDigitized": "2024-05-01T10:00:01",
    }
    devices = {each.value for each in chosen(found, ValueKind.DEVICE, "pillow")}
    assert devices == {"Nikon", "Z6"}
    places = {each.name: each.value for each in chosen(found, ValueKind.PLACE, "pillow")}
    assert places == {"GPSLatitudeRef": "N", "GPSLatitude": "50.0 27.0 0.0"}


def test_a_history_of_edits_is_read_step_by_step(photograph: Path) -> None:
    found = read_provenance(photograph, limits=LIMITS)
    history = chosen(found.metadata, ValueKind.HISTORY, "pillow")
    assert [each.value for each in history] == [
        "action=saved; softwareAgent=Adobe Photoshop 26.1",
        "action=converted",
    ]
    assert {each.origin for each in history} == {"file XMP"}
    assert set(found.hints) == {
        Hint.NOT_CAMERA_ORIGINAL,
        Hint.EDITING_HISTORY,
        Hint.HAS_PLACE,
    }


def _with_thumbnail(path: Path, shown: int, thumbnail: int, turned: int = 1) -> Path:
    """A JPEG of one seed whose EXIF thumbnail is of another, between the bars that cameras add.

    `turned` is how EXIF says that both lie in the file.
    """
    import io

    small = Image.fromarray(picture(seed=thumbnail)).resize((160, 90))
    barred = Image.new("RGB", (160, 120))
    barred.paste(small, (0, 15))
    coded = io.BytesIO()
    barred.save(coded, "JPEG", quality=60)
    # A TIFF of two directories: the second one says where the thumbnail lies.
    data = coded.getvalue()
    entries = [(0x0103, 3, 6), (0x0201, 4, 68), (0x0202, 4, len(data))]
    first, second = _directory([(0x0112, 3, turned)]), _directory(entries)
    exif = b"Exif\0\0II*\0" + (8).to_bytes(4, "little") + first + (26).to_bytes(4, "little")
    exif += second + bytes(4)
    Image.fromarray(picture(seed=shown)).save(path, exif=exif + data)
    return path


def _directory(entries: Sequence[tuple[int, int, int]]) -> bytes:
    return len(entries).to_bytes(2, "little") + b"".join(
        tag.to_bytes(2, "little")
        + kind.to_bytes(2, "little")
        + (1).to_bytes(4, "little")
        + value.to_bytes(4, "little")
        for tag, kind, value in entries
    )


@pytest.mark.parametrize(("thumbnail", "differs"), [(1, False), (2, True)])
def test_a_thumbnail_of_another_picture_is_noticed(
    tmp_path: Path, thumbnail: int, differs: bool
) -> None:
    path = _with_thumbnail(tmp_path / "still.jpg", shown=1, thumbnail=thumbnail)
    frames = np.stack([pdq(picture(seed=1))[0]])
    found = read_provenance(path, limits=LIMITS, frames_pdq=frames)
    [inner] = found.pictures
    assert (inner.origin, inner.width, inner.height) == ("EXIF thumbnail", 160, 120)
    assert inner.differs is differs
    assert (Hint.THUMBNAIL_DIFFERS in found.hints) is differs


@pytest.mark.parametrize("turned", [3, 6, 8])
@pytest.mark.parametrize(("thumbnail", "differs"), [(1, False), (2, True)])
def test_a_thumbnail_lies_as_the_photograph_of_a_turned_camera_does(
    tmp_path: Path, turned: int, thumbnail: int, differs: bool
) -> None:
    path = _with_thumbnail(tmp_path / "still.jpg", 1, thumbnail, turned)
    upright = read_still(path, LIMITS).pixels
    found = read_provenance(path, limits=LIMITS, frames_pdq=np.stack([pdq(upright)[0]]))
    assert (Hint.THUMBNAIL_DIFFERS in found.hints) is differs


def test_without_frames_nothing_is_said_of_a_thumbnail(tmp_path: Path) -> None:
    path = _with_thumbnail(tmp_path / "still.jpg", shown=1, thumbnail=2)
    [inner] = read_provenance(path, limits=LIMITS).pictures
    assert (inner.distance, inner.differs) == (None, False)


@pytest.mark.parametrize("suffix", [".jpg", ".heic", ".avif"])
def test_every_still_format_tells_of_its_camera(tmp_path: Path, suffix: str) -> None:
    pillow_heif.register_heif_opener()
    exif = Image.Exif()
    exif[ExifTags.Base.Model] = "Pixel 8"
    Image.fromarray(picture()).save(tmp_path / f"photo{suffix}", exif=exif)
    found = read(tmp_path / f"photo{suffix}")
    assert "Pixel 8" in {each.value for each in found.values if each.reader == "pillow"}
    assert found.failures == {}


def test_what_a_file_says_a_thousand_times_hides_nothing_else(
    tmp_path: Path,
) -> None:
    clip = film(tmp_path / "clip.mp4", seconds=1, shots=1)
    named = [part for number in range(700) for part in ("-metadata", f"author{number}=x")]
    stuffed = tmp_path / "stuffed.mp4"
    ffmpeg("-i", clip, "-c", "copy", "-movflags", "use_metadata_tags", *named, stuffed)
    found = read(stuffed)
    assert {each for each in read(clip).values if each.kind is ValueKind.TRACE} <= {*found.values}
    assert len(chosen(found, ValueKind.AUTHOR, "boxes")) == 500
    assert found.failures["boxes"].endswith("of the values that it found are left out.")
