"""In the child: what a still says in EXIF, XMP and text chunks, and its EXIF thumbnail."""

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from PIL import ExifTags, Image

from app.core.provenance import embedded, naming, xmp

READER = "pillow"
_OFFSETS = {
    "DateTime": ExifTags.Base.OffsetTime,
    "DateTimeOriginal": ExifTags.Base.OffsetTimeOriginal,
    "DateTimeDigitized": ExifTags.Base.OffsetTimeDigitized,
}
_IFDS = (("EXIF IFD0", None), ("EXIF Exif", ExifTags.IFD.Exif), ("EXIF GPS", ExifTags.IFD.GPSInfo))

embedded.prepare()


def read(file: BinaryIO, options: Mapping[str, Any]) -> dict[str, Any]:
    """`values`, and the thumbnail among `pictures`; `options`: Pillow's name of the `format`."""
    with Image.open(file, formats=[options["format"]]) as picture:
        exif = picture.getexif()
        info = dict(picture.info)
        values = [*_exif(exif), *_texts(info), *_xmp(info)]
        return {"values": values, "pictures": list(_thumbnail(exif, info.get("exif")))}


def _exif(exif: Image.Exif) -> Iterator[dict[str, Any]]:
    # The offset of every time stands there, also that of the one in IFD0.
    offsets = exif.get_ifd(ExifTags.IFD.Exif)
    for origin, number in _IFDS:
        ifd: Mapping[int, Any] = exif if number is None else exif.get_ifd(number)
        names = ExifTags.GPSTAGS if number == ExifTags.IFD.GPSInfo else ExifTags.TAGS
        fields = {str(names.get(tag, tag)): value for tag, value in ifd.items()}
        for name, value in fields.items():
            text = _text(value)
            if number == ExifTags.IFD.GPSInfo:
                yield naming.value("place", name, text, origin, READER)
            elif name in _OFFSETS:
                zoned = f"{text}{_text(offsets.get(_OFFSETS[name], ''))}"
                at = naming.instant(zoned) or naming.instant(text)
                yield naming.value("time", name, text, origin, READER, at=at)
            elif name not in {"MakerNote", "GPSInfo", "ExposureTime"}:
                yield from naming.named(name, text, origin, READER)


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.strip(b"\0").decode("utf-8", "replace")
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    return str(value).strip("\0 ")


def _texts(info: Mapping[Any, Any]) -> Iterator[dict[str, Any]]:
    """Text chunks of PNG, comments and the like."""
    for name, value in info.items():
        if isinstance(name, str) and isinstance(value, str) and not name.startswith("XML:"):
            yield from naming.named(name, value, "text chunk", READER)


def _xmp(info: Mapping[Any, Any]) -> Iterator[dict[str, Any]]:
    packet = info.get("xmp") or info.get("XML:com.adobe.xmp")
    if isinstance(packet, str):
        packet = packet.encode()
    if isinstance(packet, bytes):
        yield from xmp.values(packet, "file", READER)


def _thumbnail(exif: Image.Exif, raw: object) -> Iterator[dict[str, Any]]:
    """IFD1 says where in the EXIF block, counted from its TIFF header, the thumbnail lies."""
    ifd = exif.get_ifd(ExifTags.IFD.IFD1)
    start, size = ifd.get(0x0201), ifd.get(0x0202)
    if not (isinstance(raw, bytes) and isinstance(start, int) and isinstance(size, int)):
        return
    data = raw.removeprefix(b"Exif\0\0")[start : start + size]
    drawn = embedded.drawn(data, "EXIF thumbnail")
    if drawn is not None:
        yield drawn
