"""In the child: draw pictures that a file carries inside it, small, as raw pixels."""

import base64
import io
from typing import Any

from PIL import AvifImagePlugin, Image, TiffImagePlugin, WebPImagePlugin

SIDE = 256
_MOST_PIXELS = 8192 * 8192
# Those that Pillow would load only when it meets such a file register themselves by the import.
_LOADED = (
    AvifImagePlugin.AvifImageFile,
    TiffImagePlugin.TiffImageFile,
    WebPImagePlugin.WebPImageFile,
)
_FORMATS = ("JPEG", "PNG", "GIF", "BMP", *(each.format for each in _LOADED))


def prepare() -> None:
    """Load what drawing needs; afterwards no file has to be opened for it."""
    Image.MAX_IMAGE_PIXELS = None
    Image.preinit()


def drawn(data: bytes, origin: str) -> dict[str, Any] | None:
    """The picture in RGB, longest side at most SIDE; None where it cannot be drawn."""
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
            if picture.width * picture.height > _MOST_PIXELS:
                return None
            picture.thumbnail((SIDE, SIDE))
            small = picture.convert("RGB")
    except Exception:  # noqa: BLE001  whatever a decoder raises means the same
        return None
    pixels = base64.b64encode(small.tobytes()).decode()
    return {"origin": origin, "width": small.width, "height": small.height, "rgb": pixels}
