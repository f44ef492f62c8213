"""Full parts of a kept index, and how one is written while searches and changes go on."""

from dataclasses import dataclass, field
from pathlib import Path

from app.core.index import files, journal
from app.core.index.files import PartFiles
from app.core.index.frames import StorableIndex
from app.core.index.items import KnownItems


@dataclass(slots=True, eq=False)
class Part:
    """A full part: its items that are still there, those that are not, its files once written."""

    name: str
    frames: StorableIndex
    live: set[int]
    gone: set[int] = field(default_factory=set)
    files: PartFiles | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Sealing:
    """A part that has just become full, and the journals that it is written from."""

    part: Part
    folder: Path
    journals: tuple[int, ...]

    def write(self) -> PartFiles:
        """Write its files, while the index is searched and changed."""
        newest: dict[int, KnownItems] = {}
        for number in self.journals:
            for change in journal.read(files.journal_path(self.folder, number)):
                for gone in change.removed.tolist():
                    newest.pop(gone, None)
                newest |= {int(item.numbers[0]): item for item in change.items.singly()}
        items = KnownItems.join([KnownItems.none(), *newest.values()])
        return files.write_part(self.folder, self.part.name, items, self.part.frames.to_bytes())
