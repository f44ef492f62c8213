"""An index of one algorithm's known items that is kept in files, to be there at once after a start.

What is in the files may lag behind; whoever opens them compares them with the database. One thread
at a time, except `Sealing.write`.
"""

from dataclasses import replace
from pathlib import Path
from typing import Self

import numpy as np

from app.core.errors import CoreError, UnusableIndex
from app.core.fingerprints.fingerprint import Fingerprint
from app.core.index import files, journal
from app.core.index.engines import Engine
from app.core.index.files import Manifest, PartFiles
from app.core.index.items import KnownItems
from app.core.index.journal import Change, Stamp
from app.core.index.known import KnownIndex
from app.core.index.parts import Part, Sealing
from app.core.index.segmented import SegmentedIndex

FULL_PART_FRAMES = 1 << 20
"""Frames after which the young part is closed and written: a few hundred megabytes."""
WORTH_KEEPING = 0.5
"""Share of a full part's frames below which it is not kept over a start."""


class KeptIndex:
    """The index, and what of it is in the folder; without a folder, in memory alone."""

    def __init__(self, algorithm: str, engine: Engine, folder: Path | None) -> None:
        self.algorithm = algorithm
        self.stamp = Stamp(0, "")
        self._engine = engine
        self._folder = folder
        self._frames = SegmentedIndex(engine.make)
        self.index = KnownIndex(self._frames)
        self._parts: list[Part] = []
        self._young: set[int] = set()
        self._journals = [1]
        self._journaled_frames = 0
        self._removed: set[int] = set()
        self._added: dict[int, KnownItems] = {}

    @classmethod
    def make(cls, algorithm: str, engine: Engine, folder: Path | None) -> Self:
        """Begin an empty index; OSError when its folder cannot be written."""
        made = cls(algorithm, engine, folder)
        if folder is not None:
            folder.mkdir(mode=0o700, parents=True)
            files.write_manifest(folder, made._manifest())
        return made

    @classmethod
    def open(cls, folder: Path, engine: Engine) -> Self:
        """Read the files of a folder; UnusableIndex when they cannot be relied on.

        Parts that are mostly empty are given up: what was left in them is to be added anew.
        """
        manifest = files.read_manifest(folder)
        if manifest.engine != engine.name:
            raise UnusableIndex(f"the files are of the frame index {manifest.engine}")
        opened = cls(manifest.algorithm, engine, folder)
        opened.stamp = manifest.stamp
        try:
            for part in manifest.parts:
                opened._adopt(part)
            opened._replay(manifest.first_journal)
            opened._check()
            opened._give_up_wasteful()
            opened.index.settle()
        except (CoreError, OSError, ValueError) as error:
            raise UnusableIndex(f"the files do not hold together: {error}") from error
        files.tidy(folder, (part.name for part in opened._parts), opened._journals[0])
        return opened

    def add(self, number: int, fingerprint: Fingerprint) -> None:
        """Add a fingerprint, in place of one with this number."""
        self.remove(number)
        self._added[number] = self.index.add(number, fingerprint)
        self._young.add(number)

    def remove(self, number: int) -> None:
        """Take a fingerprint away; one that is not there is no error."""
        if number not in self.index:
            return
        self._forget(number)
        self._added.pop(number, None)
        self._removed.add(number)

    def write(self, stamp: Stamp) -> None:
        """Write down what was changed, by the database as of the stamp; OSError when it fails."""
        if self._folder is not None and (self._added or self._removed):
            items = KnownItems.join([KnownItems.none(), *self._added.values()])
            removed = np.array(sorted(self._removed), np.int64)
            path = files.journal_path(self._folder, self._journals[-1])
            journal.append(path, Change(stamp, removed, items))
            self.stamp = stamp
            self._journaled_frames += len(items.frame_rows)
        self._added, self._removed = {}, set()

    def forget_files(self) -> None:
        """Write no more; what is in the files stays as it is."""
        self._folder = None

    def begin_sealing(self) -> Sealing | None:
        """Close the young part if it is full: its files are to be written, then `end_sealing`."""
        if self._folder is None or self._journaled_frames < FULL_PART_FRAMES:
            return None
        part = Part(f"{self._journals[0]:08}", self._frames.seal(), self._young)
        self._parts.append(part)
        journals, self._journals = tuple(self._journals), [self._journals[-1] + 1]
        self._young, self._journaled_frames = set(), 0
        return Sealing(part, self._folder, journals)

    def end_sealing(self, sealing: Sealing, written: PartFiles) -> None:
        """Let the part's files count in place of its journals."""
        sealing.part.files = written
        for empty in [part for part in self._parts if not part.live]:
            self._frames.drop(empty.frames)
            self._parts.remove(empty)
        files.write_manifest(sealing.folder, self._manifest())

    def tidy(self) -> None:
        """Remove files that count no more."""
        if self._folder is not None:
            files.tidy(self._folder, (part.name for part in self._parts), self._journals[0])

    def _manifest(self) -> Manifest:
        parts = (
            replace(part.files, gone=tuple(sorted(part.gone)))
            for part in self._parts
            if part.files is not None
        )
        engine, first = self._engine.name, self._journals[0]
        return Manifest(self.algorithm, engine, self.stamp, first, tuple(parts))

    def _forget(self, number: int) -> None:
        self.index.remove(number)
        self._young.discard(number)
        for part in self._parts:
            if number in part.live:
                part.live.discard(number)
                part.gone.add(number)

    def _adopt(self, stored: PartFiles) -> None:
        """Read a full part."""
        assert self._folder is not None
        items, frames = files.read_part(self._folder, stored)
        part = self._engine.read(frames)
        gone = set(stored.gone)
        left = np.isin(np.repeat(items.numbers, items.counts[:, 0]), list(gone))
        part.remove(items.frame_ids[left])
        items = items.without(gone)
        self._frames.adopt(part)
        self.index.restore(items, self.algorithm)
        self.index.settle()
        self._parts.append(Part(stored.name, part, set(items.numbers.tolist()), gone, stored))

    def _replay(self, first_journal: int) -> None:
        """Follow the journals, the last of which will go on."""
        assert self._folder is not None
        self._journals = files.journals_from(self._folder, first_journal) or [first_journal]
        for number in self._journals:
            path = files.journal_path(self._folder, number)
            for change in journal.read_and_mend(path) if path.exists() else ():
                numbers = change.items.numbers.tolist()
                for each in (*change.removed.tolist(), *numbers):
                    self._forget(each)
                self.index.add_items(change.items, self.algorithm)
                self._young.update(numbers)
                self._journaled_frames += len(change.items.frame_rows)
                self.stamp = change.stamp

    def _check(self) -> None:
        """Refuse parts that hold another number of frames than their items have."""
        for part in self._parts:
            if len(part.frames) != sum(self.index.frames_of(number) for number in part.live):
                raise UnusableIndex(f"part {part.name} has lost frames")

    def _give_up_wasteful(self) -> None:
        """Drop parts of which little is left, so that files do not grow with what came and went."""
        assert self._folder is not None
        least = WORTH_KEEPING * FULL_PART_FRAMES
        wasteful = [part for part in self._parts if len(part.frames) < least]
        for part in wasteful:
            self._frames.drop(part.frames)
            self._parts.remove(part)
            for number in part.live:
                self.index.remove(number)
        if wasteful:
            files.write_manifest(self._folder, self._manifest())
