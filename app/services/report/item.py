"""A report's item: what the file is, what it shows, and what it says of its own origin."""

from app.pages import phrases
from app.pages.paper import Block, Picture, Pictures, Section, Texts
from app.pages.phrases import instant, words
from app.schemas.media import MediaAnswer
from app.schemas.sensitivity import Sensitivity
from app.services.report.texts import facts, lines

STILLS_MOST = 9
_COLUMNS = 3


def item(
    shown: MediaAnswer, sensitivity: Sensitivity, stills: list[tuple[int, bytes]], why_none: str
) -> Section:
    """The file's facts, a warning where it takes care, and stills (time in ms, JPEG file).

    `why_none` says why there are no stills, where there are none.
    """
    warnings: tuple[str, ...] = ()
    if sensitivity.warning:
        warnings = (f"{sensitivity.warning} Pictures are blurred in this report.",)
    elif not sensitivity.reviewed:
        warnings = ("Nobody has said yet whether this item takes care.",)
    size = f"{shown.size_bytes:,} bytes"
    pixels = f"{shown.width} × {shown.height}" if shown.width else None
    length = phrases.clock(shown.duration_ms) if shown.duration_ms else None
    kind = ", ".join(part for part in (shown.content_type, pixels, length, size) if part)
    failed = f"{words(shown.failure.code)}: {shown.failure.detail}" if shown.failure else None
    rows = [
        ("File name", shown.filename),
        ("File", f"{phrases.KINDS[shown.kind].capitalize()}, {kind}"),
        ("SHA-256", shown.sha256),
        ("Received", instant(shown.received_at)),
        ("State", lines(words(shown.state), failed)),
        ("Collections", ", ".join(shown.collections)),
        ("Tags", ", ".join(shown.tags)),
    ]
    blocks: list[Block] = [Texts(warnings, "care")] if warnings else []
    blocks.append(facts(rows))
    if stills:
        pictures = tuple(_still(at_ms, jpeg) for at_ms, jpeg in stills)
        blocks.append(Pictures(pictures, _COLUMNS))
    elif why_none:
        blocks.append(Texts((why_none,)))
    return Section("The item", tuple(blocks))


def spread(times_ms: list[int], most: int = STILLS_MOST) -> list[int]:
    """Which of the kept pictures to show: so many at most, spread over the item."""
    if len(times_ms) <= most:
        return list(range(len(times_ms)))
    return [round(n * (len(times_ms) - 1) / (most - 1)) for n in range(most)]


def _still(at_ms: int, jpeg: bytes) -> Picture:
    at = phrases.clock(at_ms)
    return Picture(jpeg, at, f"Still of the item at {at}")
