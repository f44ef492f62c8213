"""Child program that decodes one picture: a JSON line about it, then raw RGB, on standard output.

Run confined as `python -I -S still_decoder.py SITE_PACKAGES FORMAT MAX_PIXELS SIDE`, the file being
standard input. SIDE 0 only describes. Exit codes: 3 too large, 4 cannot be decoded, 5 too little memory.
"""

import json
import math
import sys
import warnings
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from PIL import Image

TOO_LARGE = 3
UNDECODABLE = 4
NO_MEMORY = 5


def upright(picture: "Image.Image", side: int) -> "Image.Image":
    """RGB, longest side at most `side`, turned as EXIF says, over white where transparent."""
    from PIL import Image, ImageOps  # noqa: PLC0415  the parent puts site-packages on the path first

    if picture.mode.startswith("I;16"):
        picture = picture.convert("I")
    if picture.mode == "I" and _is_deep(picture):
        picture = picture.convert("F")
    if picture.mode == "I":
        picture = picture.point(lambda value: value / 256).convert("L")
    elif picture.mode == "F":
        picture = _stretched(picture)
    # No copy that need not be: of the largest pictures one takes half of the memory that there is.
    ImageOps.exif_transpose(picture, in_place=True)
    scale = min(1.0, side / max(picture.size))
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    if picture.has_transparency_data:
        picture = picture if picture.mode == "RGBA" else picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    if picture.mode != "RGB":
        picture = picture.convert("RGB")
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def _is_deep(picture: "Image.Image") -> bool:
    """Say whether whole numbers do not fit into sixteen bits."""
    low, high = cast("tuple[int, int]", picture.getextrema())
    return low < 0 or high >= 2**16


def _stretched(picture: "Image.Image") -> "Image.Image":
    """Give a picture from its darkest value to its brightest; what range is meant is nowhere said."""
    low, high = cast("tuple[float, float]", picture.getextrema())
    scale = 255 / (high - low) if 0 < high - low < math.inf else 1.0
    return picture.point(lambda value: value * scale - low * scale).convert("L")


def decode(form: str, pixels: int, side: int) -> None:
    """Write the description and, when `side` is not 0, the pixels."""
    from PIL import Image  # noqa: PLC0415  see above

    if form == "HEIF":
        import pillow_heif  # noqa: PLC0415  costs 80 ms that other formats need not pay

        pillow_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = None
    with Image.open(sys.stdin.buffer, formats=[form]) as picture:
        width, height = picture.size
        if width * height > pixels:
            sys.exit(TOO_LARGE)
        # The size of a TIFF is that of the turned picture from the beginning.
        if form != "TIFF" and picture.getexif().get(0x0112) in {5, 6, 7, 8}:
            width, height = height, width
        about: dict[str, int | bool] = {"width": width, "height": height}
        about["animated"] = bool(getattr(picture, "is_animated", False)) and form not in {
            "TIFF",
            "HEIF",
        }
        if not side:
            sys.stdout.write(json.dumps(about) + "\n")
            return
        if form == "JPEG":
            picture.draft("RGB" if picture.mode != "CMYK" else None, (side * 2, side * 2))
        drawn = upright(picture, side)
        about |= {"drawn_width": drawn.width, "drawn_height": drawn.height}
        sys.stdout.write(json.dumps(about) + "\n")
        sys.stdout.flush()
        sys.stdout.buffer.write(drawn.tobytes())


def main(arguments: list[str]) -> None:
    """Decode, and say by the exit code why not."""
    site, form, pixels, side = arguments
    sys.path.append(site)
    warnings.simplefilter("ignore")
    try:
        decode(form, int(pixels), int(side))
    except MemoryError:
        sys.exit(NO_MEMORY)
    except Exception as error:  # noqa: BLE001  whatever a decoder raises means the same
        sys.stderr.write(type(error).__name__)
        sys.exit(UNDECODABLE)


if __name__ == "__main__":
    main(sys.argv[1:])
