"""Names a container by its first bytes: the gate before any decoder sees a file.

Only what stands at the very start counts. Text in any form (playlists, manifests, subtitles,
markup) has no entry here and is refused, whatever the file is called.
"""

from collections.abc import Callable
from dataclasses import dataclass

from app.core.errors import NotMedia
from app.core.media import MediaKind

HEAD_BYTES = 64 * 1024
"""How much of a file `sniff` wants to see."""


@dataclass(frozen=True, slots=True)
class Container:
    """A container: `demuxers` are ffmpeg's names for it, `picture` is Pillow's where it reads it.

    `kind` is the best guess: a GIF may turn out to be animated, an MP4 to hold sound alone.
    """

    content_type: str
    kind: MediaKind
    demuxers: tuple[str, ...] = ()
    picture: str | None = None


def _video(content_type: str, *demuxers: str) -> Container:
    return Container(f"video/{content_type}", MediaKind.VIDEO, demuxers)


def _audio(content_type: str, *demuxers: str) -> Container:
    return Container(f"audio/{content_type}", MediaKind.AUDIO, demuxers)


def _still(content_type: str, picture: str, *demuxers: str) -> Container:
    return Container(f"image/{content_type}", MediaKind.STILL, demuxers, picture)


_TABLE: tuple[tuple[int, bytes, Container], ...] = (
    (0, b"\xff\xd8\xff", _still("jpeg", "JPEG")),
    (0, b"\x89PNG\r\n\x1a\n", _still("png", "PNG", "apng")),
    (0, b"GIF87a", _still("gif", "GIF", "gif")),
    (0, b"GIF89a", _still("gif", "GIF", "gif")),
    (8, b"WEBPVP8", _still("webp", "WEBP", "webp_anim")),
    (0, b"II*\x00", _still("tiff", "TIFF")),
    (0, b"MM\x00*", _still("tiff", "TIFF")),
    (0, b"\x1a\x45\xdf\xa3", _video("x-matroska", "matroska")),
    (8, b"AVI ", _video("x-msvideo", "avi")),
    (8, b"WAVE", _audio("wav", "wav")),
    (0, b"RF64\xff\xff\xff\xffWAVE", _audio("wav", "wav")),
    (0, b"BW64\xff\xff\xff\xffWAVE", _audio("wav", "wav")),
    (8, b"AIF", _audio("aiff", "aiff")),
    (0, bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"), _video("x-ms-asf", "asf")),
    (0, b"FLV\x01", _video("x-flv", "flv")),
    (0, b"OggS", _video("ogg", "ogg")),
    (0, b"\x00\x00\x01\xba", _video("mpeg", "mpeg")),
    (0, b"\x00\x00\x01\xb3", _video("mpeg", "mpegvideo")),
    (0, b"DKIF\x00\x00", _video("x-ivf", "ivf")),
    (0, b"nut/multimedia container\x00", _video("x-nut", "nut")),
    (0, bytes.fromhex("060e2b34020501010d0102"), _video("mxf", "mxf")),
    (0, b"fLaC", _audio("flac", "flac")),
    (0, b"ID3", _audio("mpeg", "mp3", "aac", "flac")),
    (0, b"#!AMR", _audio("amr", "amr")),
    (0, b"caff\x00\x01", _audio("x-caf", "caf")),
    (0, b"\x00\x00\x00\x01\x40\x01", _video("h265", "hevc")),
    (0, b"\x00\x00\x01\x40\x01", _video("h265", "hevc")),
)
_FORM = {b"WEBPVP8": b"RIFF", b"AVI ": b"RIFF", b"WAVE": b"RIFF", b"AIF": b"FORM"}
_MOV_ATOMS = {b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}


def sniff(head: bytes) -> Container:
    """The container that `head` (64 KiB, or all of a shorter file) begins; or NotMedia."""
    for offset, magic, container in _TABLE:
        if head.startswith(magic, offset) and head.startswith(_FORM.get(magic, b"")):
            return _webm(head, container) if "matroska" in container.demuxers else container
    for look in _LOOKS:
        if found := look(head):
            return found
    raise NotMedia(
        "This is no picture, video or sound file that can be read here. Send the file itself (JPEG,"
        " PNG, WebP, GIF, HEIC, AVIF, MP4, MOV, WebM, MP3, WAV …), not a page, link or playlist."
    )


def _webm(head: bytes, container: Container) -> Container:
    return _video("webm", "matroska") if b"webm" in head[:64] else container


_BRANDS: dict[bytes, Container | None] = {
    b"avis": Container("image/avif", MediaKind.VIDEO, ("mov",)),
    **dict.fromkeys(
        (b"msf1", b"hevc", b"hevx"), Container("image/heic", MediaKind.VIDEO, ("mov",))
    ),
    b"avif": _still("avif", "AVIF", "mov"),
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"mif1"), _still("heic", "HEIF")),
    **dict.fromkeys((b"jp2 ", b"jpx ", b"jpm ", b"crx "), None),
    **dict.fromkeys((b"M4A ", b"M4B ", b"F4A "), _audio("mp4", "mov")),
    b"qt  ": _video("quicktime", "mov"),
}


def _iso(head: bytes) -> Container | None:
    """ISO base media: the brand decides, since pictures, sound and video share the container."""
    atom, size = head[4:8], int.from_bytes(head[:4])
    if atom in _MOV_ATOMS and (size >= 8 or size == 1):
        return _video("quicktime", "mov")
    if atom != b"ftyp" or size < 8:
        return None
    major = head[8:12]
    if major == b"mif1" and b"avif" in {head[at : at + 4] for at in range(16, min(size, 256), 4)}:
        major = b"avif"
    return _BRANDS.get(major, _video("3gpp" if major[:2] == b"3g" else "mp4", "mov"))


def _bmp(head: bytes) -> Container | None:
    lengths = {12, 16, 40, 52, 56, 64, 108, 124}
    described = int.from_bytes(head[14:18], "little") in lengths
    found = head[:2] == b"BM" and head[6:10] == bytes(4) and described
    return _still("bmp", "BMP") if found else None


def _transport_stream(head: bytes) -> Container | None:
    """Packets of one length: whole ones, or more of them in a recording that was cut within one."""
    whole = any(_packets(head, *where, 5) for where in ((0, 188), (4, 192), (0, 204)))
    lengths = (188, 192, 204)
    cut = (_packets(head, first, length, 8) for length in lengths for first in range(length))
    # Without a zero it is text, whose lines may be as long as packets.
    return _video("mp2t", "mpegts") if (whole or any(cut)) and 0 in head else None


def _packets(head: bytes, first: int, length: int, count: int) -> bool:
    """Say whether so many packets follow each other, each with a payload or an adaptation field."""
    end = first + count * length
    in_step = head[first:end:length] == b"\x47" * count
    return in_step and all(flags & 0x30 for flags in head[first + 3 : end : length])


_PARAMETER_SETS = tuple(b"\x00\x00\x01" + bytes([nal]) for nal in (0x67, 0x27, 0x47))


def _annex_b(head: bytes) -> Container | None:
    """Raw H.264: a parameter set, at most a delimiter or supplemental information before it."""
    start = head[:5].lstrip(b"\x00")[:2]
    begins = head[:3] == bytes(3) or head[:3] == b"\x00\x00\x01"
    if begins and start in {b"\x01\x67", b"\x01\x27", b"\x01\x47", b"\x01\x09", b"\x01\x06"}:
        return _video("h264", "h264") if any(nal in head for nal in _PARAMETER_SETS) else None
    return None


def _adts(head: bytes) -> Container | None:
    def length(at: int) -> int:
        if len(head) < at + 7 or head[at] != 0xFF or head[at + 1] & 0xF6 != 0xF0:
            return 0
        return (head[at + 3] & 3) << 11 | head[at + 4] << 3 | head[at + 5] >> 5

    return _audio("aac", "aac") if _follows_itself(length) else None


# Bit rates in kbit/s of MPEG-1 layer III and MPEG-2/2.5 layer III (ISO 11172-3, 13818-3).
_RATES = (
    (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0),
    (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0),
)
_SAMPLING = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}


def _mp3(head: bytes) -> Container | None:
    def length(at: int) -> int:
        if len(head) < at + 4 or head[at] != 0xFF or head[at + 1] & 0xE6 != 0xE2:
            return 0
        version, rate, pitch = head[at + 1] >> 3 & 3, head[at + 2] >> 4, head[at + 2] >> 2 & 3
        if version not in _SAMPLING or pitch == 3:
            return 0
        samples = 144 if version == 3 else 72
        bits = _RATES[version != 3][rate] * 1000
        return samples * bits // _SAMPLING[version][pitch] + (head[at + 2] >> 1 & 1)

    return _audio("mpeg", "mp3") if _follows_itself(length) else None


def _follows_itself(length: Callable[[int], int]) -> bool:
    """Three frames in a row: a sync word of eleven bits alone is found in any noise."""
    at = 0
    for _ in range(3):
        step = length(at)
        if step < 7:
            return False
        at += step
    return True


_LOOKS = (_iso, _bmp, _transport_stream, _annex_b, _adts, _mp3)
