"""What a bundle says of one item, in each format: hashes of it, and the desk's opinion."""

import csv
import io
import json
import struct
from collections.abc import Iterator

from app.core.exchange import bundles
from app.core.exchange.listed_hashes import HashKind, ListedHash
from app.core.media import MediaKind
from app.db.exchange import Exportable
from app.schemas.enums import VerificationStatus
from app.schemas.exchange import ExportFormat
from app.schemas.hash_enums import Opinion

OPINION_OF = {
    VerificationStatus.VERIFIED: Opinion.VERIFIED,
    VerificationStatus.MISLEADING: Opinion.MISLEADING,
    VerificationStatus.FABRICATED: Opinion.FABRICATED,
    VerificationStatus.WITHDRAWN: Opinion.WITHDRAWN,
}
"""Of every other status a partner learns no more than that the item was seen."""
_COLUMNS = ("signal_type", "signal_str", "collab", "category", "tags")


def first(form: ExportFormat) -> bytes:
    """What stands above the items in a format without a signature."""
    return _row(_COLUMNS) if form is ExportFormat.CSV else b""


def of(item: Exportable, form: ExportFormat, feed: str) -> bytes:
    """The line of an item; none where a format has nothing to say of it."""
    if form is ExportFormat.BUNDLE:
        return bundles.line_of(_entry_of(item))
    signal = _signal_of(item)
    if signal is None:
        return b""
    kind, written = signal
    if form is ExportFormat.CSV:
        return _row((kind, written, feed, "INVESTIGATION_SEED", _opinion_of(item)))
    return f"{kind} {written}\n".encode()


def _entry_of(item: Exportable) -> bundles.Entry:
    kind = HashKind.VPDQ if item.kind is MediaKind.VIDEO else HashKind.PDQ
    media_id, wording = item.told.media_id, item.told.published_wording
    own = ListedHash(HashKind.SHA256, bytes.fromhex(item.sha256), media_id)
    seen = (ListedHash(kind, bits, media_id, at_ms=at) for at, bits in _frames(item))
    return bundles.Entry(media_id, _opinion_of(item), (own, *seen), wording or None)


def _opinion_of(item: Exportable) -> str:
    return OPINION_OF.get(item.told.status, Opinion.SEEN).value


def _frames(item: Exportable) -> Iterator[tuple[int, bytes]]:
    """Each different hash of an item's frames, with the first moment that has it."""
    told = set[bytes]()
    times_ms = (at_ms for (at_ms,) in struct.iter_unpack("<q", item.times_ms))
    hashes = (bits for (bits,) in struct.iter_unpack("32s", item.pdq))
    for at_ms, bits in zip(times_ms, hashes, strict=True):
        if bits not in told:
            told.add(bits)
            yield at_ms, bits


def _signal_of(item: Exportable) -> tuple[str, str] | None:
    """An item as python-threatexchange writes signals: a type, and a text without line breaks."""
    frames = list(_frames(item))
    if not frames:
        return None
    if item.kind is MediaKind.VIDEO:
        written = [f"{bits.hex()},100,{at_ms / 1000:.3f}" for at_ms, bits in frames]
        return "vpdq", json.dumps(written)
    return "pdq", frames[0][1].hex()


def _row(cells: tuple[str, ...]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue().encode()
