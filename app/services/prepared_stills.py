"""Stills of an item packed for people to hand to a search by hand."""

import io
import zipfile

from app.blobs.local import LocalBlobs
from app.services import stills
from app.services.viewing import View

MOST = 12


def pack(blobs: LocalBlobs, media_id: str, view: View) -> bytes | None:
    """A ZIP of some stills, spread over the item, as `view` shows them; None if there are none."""
    times_ms = stills.times_ms(blobs, media_id)
    if not times_ms:
        return None
    places = _spread(len(times_ms))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for place in places:
            jpeg = view.jpeg(stills.numbered(blobs, media_id, place))
            archive.writestr(f"{times_ms[place]:08d}ms.jpg", jpeg)
    return packed.getvalue()


def _spread(count: int) -> list[int]:
    if count <= MOST:
        return list(range(count))
    return [round(number * (count - 1) / (MOST - 1)) for number in range(MOST)]
