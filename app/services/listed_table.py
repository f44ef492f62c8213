"""All listed picture hashes in memory, 40 bytes each, following the database as it grows."""

import threading

import numpy as np
from numpy.typing import NDArray

from app import db
from app.core.exchange.near_hashes import Words, near, words

AT_ONCE = 50_000


class ListedTable:
    """Answers for every commit before the question; safe to share between threads."""

    def __init__(self, database: db.Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._numbers: NDArray[np.int64] = np.empty(0, np.int64)
        self._words: Words = np.empty((0, 4), np.uint64)
        self._until = 0

    def catch_up(self) -> int:
        """Take in what was listed since; gives the number of the newest hash."""
        with self._lock:
            with self._database.read() as session:
                until = db.listed_hashes.last_number(session)
                numbers, hashes = [self._numbers], [self._words]
                after = self._until
                while rows := db.listed_hashes.pictures_after(session, after, AT_ONCE):
                    bits = np.frombuffer(b"".join(each for _, each in rows), np.uint8)
                    numbers.append(np.array([number for number, _ in rows], np.int64))
                    hashes.append(words(bits.reshape(-1, 32)))
                    after = rows[-1][0]
            if len(numbers) > 1:
                self._numbers, self._words = np.concatenate(numbers), np.concatenate(hashes)
            self._until = until
            return until

    def near(self, asked: Words, after: int) -> tuple[NDArray[np.intp], ...]:
        """Pairs within PDQ's distance among hashes numbered beyond `after`.

        Gives the places of the asked, the numbers of the listed, and how many bits differ.
        """
        with self._lock:
            numbers, listed = self._numbers, self._words
        begin = int(np.searchsorted(numbers, after, "right"))
        found = near(listed[begin:], asked)
        return found.asked, numbers[begin:][found.known], found.bits
