"""A page for people, before it has a form: sections of facts, tables, texts, pictures and strips.

The same value becomes HTML (`app.pages.html`) and PDF (`app.pages.pdf`), so that both say the same.
All texts are plain; what they hold is never read as markup.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

type Tone = Literal["plain", "good", "bad", "care"]


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels and what stands behind each."""

    rows: tuple[tuple[str, str], ...]
    kind: str = field(default="facts", init=False)


@dataclass(frozen=True, slots=True)
class Texts:
    """Paragraphs; a `tone` other than plain sets them off in a box."""

    paragraphs: tuple[str, ...]
    tone: Tone = "plain"
    kind: str = field(default="texts", init=False)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head; `shares` are the columns' widths, relative to each other."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    shares: tuple[int, ...]
    kind: str = field(default="table", init=False)


@dataclass(frozen=True, slots=True)
class Picture:
    """One JPEG file; `described` says what it shows to who cannot see it."""

    jpeg: bytes
    caption: str
    described: str


@dataclass(frozen=True, slots=True)
class Pictures:
    """Pictures side by side, so many in a row."""

    pictures: tuple[Picture, ...]
    columns: int
    kind: str = field(default="pictures", init=False)


@dataclass(frozen=True, slots=True)
class Strip:
    """A line of time with marked stretches, each from and to a share of its length."""

    label: str
    stretches: tuple[tuple[float, float], ...]
    caption: str
    kind: str = field(default="strip", init=False)


type Block = Facts | Texts | Table | Pictures | Strip


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole page: what it is about, the verdict, sections, and who made it when."""

    kicker: str
    title: str
    verdict: str
    tone: Tone
    wording: str | None
    sections: tuple[Section, ...]
    made: str
    made_at: datetime
