"""What was found, in plain words: times, relations, and what was done to the footage."""

from collections.abc import Iterable
from typing import Protocol

from app.core.media import MediaKind
from app.core.policy import Relation


class Change(Protocol):
    """What is read of a named transform."""

    @property
    def kind(self) -> str:
        """What was done."""

    @property
    def box(self) -> tuple[float, float, float, float] | None:
        """Where: left, top, width and height in shares of a picture."""

    @property
    def degrees(self) -> float | None:
        """By how much it was turned."""

    @property
    def factor(self) -> float | None:
        """By how much it was stretched."""


_RELATIONS = {
    Relation.EXACT: "the same file",
    Relation.TRANSCODE: "the same footage, encoded anew",
    Relation.EXCERPT: "an excerpt of the known item",
    Relation.CONTAINS: "contains the known item",
    Relation.COMPILATION: "joined from several known items",
    Relation.EDITED: "shares footage, edited",
    Relation.STILL_OF: "a still of the same footage",
    Relation.SAME_SOUND: "the same sound, no pictures shared",
    Relation.LEAD: "a lead: look before you rely on it",
}
_MODALITIES = {"visual": "picture", "audio": "sound", "both": "picture and sound"}


def clock(time_ms: int) -> str:
    """Give a time as m:ss.t, with hours where there are any."""
    tenths = round(time_ms / 100)
    minutes, rest = divmod(tenths, 600)
    hours, left = divmod(minutes, 60)
    ahead = f"{hours}:{left:02d}" if hours else f"{minutes}"
    return f"{ahead}:{rest // 10:02d}.{rest % 10}"


def stretch(start_ms: int, end_ms: int, kind: MediaKind) -> str:
    """Give a stretch, or a moment, of an item of this kind; a still has no times."""
    if kind is MediaKind.STILL:
        return "still"
    return f"{clock(start_ms)} – {clock(end_ms)}" if end_ms > start_ms else clock(start_ms)


def percent(share: float) -> str:
    """Give a share in whole per cent; what is not all is never 100, what is not nothing never 0."""
    rounded = round(share * 100)
    if 0 < share < 1:
        rounded = min(99, max(1, rounded))
    return f"{rounded} %"


def printable(text: str) -> str:
    """Give a text that can be written: the name of a file may hold bytes that are no letters."""
    return text.encode(errors="replace").decode()


def relation(found: Relation) -> str:
    """Say a relation."""
    return _RELATIONS.get(found, found.replace("_", " "))


def modality(found: str) -> str:
    """Say by what a segment was found."""
    return _MODALITIES.get(found, found)


def changes(done: Iterable[Change], speed: float = 1.0) -> str:
    """Say what was done to the known footage, each change once, the speed included."""
    said = list(dict.fromkeys(_change(each) for each in done if each.kind != "speed"))
    if abs(speed - 1.0) > 0.02:
        said = [each for each in said if each != _NOTHING]
        said.append(f"played at {abs(speed):.2f}×")
    return ", ".join(said)


_NOTHING = "encoded anew, nothing else"
_SAID = {
    "reencode": _NOTHING,
    "mirror": "mirrored",
    "rotation": "turned by {degrees:g}°",
    "stretch": "stretched {factor:g}×",
    "crop": "cropped to {size}",
    "borders": "borders added around it",
    "picture_in_picture": "shown inside another picture",
    "greyscale": "made black and white",
    "colour": "colours changed",
    "overlay": "something laid over a part of it",
    "reversed": "played backwards",
    "freeze_frame": "one frame of it held",
    "sound_replaced": "another sound under it",
    "sound_removed": "sound taken away",
}


def _change(change: Change) -> str:
    _, _, width, height = change.box or (0.0, 0.0, 1.0, 1.0)
    return _SAID.get(change.kind, change.kind.replace("_", " ")).format(
        degrees=change.degrees or 0,
        factor=change.factor or 1,
        size=f"{percent(width)} × {percent(height)}",
    )
