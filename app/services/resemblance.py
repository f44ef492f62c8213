"""What is like listed hashes: files by their digests, pictures by PDQ, videos by vPDQ's rules.

Flat and black frames have no vote in a fingerprint and are not asked about; frames that common
material shows, such as an ident, are left out here.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from app import db
from app.core.exchange.listed_hashes import HashKind
from app.core.exchange.near_hashes import LEAST_SHARE, Words, near, shares, words
from app.db.item_hashes import ItemHashes
from app.db.listed_hashes import ListedHash
from app.db.media import Media
from app.services.listed_table import ListedTable

MOST_OF_LIST = 20
"""Pictures of one list that are told of at once, the nearest first."""


@dataclass(frozen=True, slots=True)
class Alike:
    """A listed hash that something is like, and how: `shares` are vPDQ's two percentages."""

    listed: ListedHash
    distance: int | None = None
    query_ms: int | None = None
    shares: tuple[float, float] | None = None

    @property
    def entry(self) -> str:
        """What the list calls it: its name, or the hash itself."""
        return self.listed.entry or self.listed.bits.hex()


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """The hashes of something that may be like others': of its bytes, and of frames at their times."""

    files: tuple[bytes, ...]
    frames: Words
    times_ms: tuple[int, ...]

    @staticmethod
    def of(item: Media, hashes: ItemHashes) -> "Asked":
        """The hashes of an item."""
        own = (bytes.fromhex(item.sha256), hashes.md5, hashes.sha1)
        times = np.frombuffer(hashes.times_ms, "<i8").tolist()
        return Asked(tuple(filter(None, own)), unpacked(hashes.pdq), tuple(times))


def unpacked(pdq: bytes) -> Words:
    """PDQ hashes as they are kept, as rows of words."""
    return words(np.frombuffer(pdq, np.uint8).reshape(-1, 32))


def alike(database: db.Database, table: ListedTable, asked: Asked, after: int = 0) -> list[Alike]:
    """What is like listed hashes numbered beyond `after`, of those that `table` has."""
    places, numbers, bits = table.near(asked.frames, after)
    with database.read() as session:
        found = [Alike(each) for each in db.listed_hashes.equal(session, asked.files, after)]
        telling = _telling(session, asked.frames, places)
        places, numbers, bits = places[telling], numbers[telling], bits[telling]
        listed = db.listed_hashes.numbered(session, np.unique(numbers).tolist())
        nearest: dict[int, Alike] = {}
        for place in np.argsort(bits, kind="stable").tolist():
            row = listed.get(int(numbers[place]))
            if row is not None and row.number not in nearest:
                at_ms = asked.times_ms[int(places[place])]
                nearest[row.number] = Alike(row, int(bits[place]), at_ms)
        found += _pictures(nearest)
        found += _videos(session, asked.frames, nearest)
    return found


def _telling(session: Session, frames: Words, places: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Which pairs are not of frames that common material shows."""
    hit = np.unique(places)
    common = [unpacked(each) for each in db.item_hashes.of_common(session)] if len(hit) else []
    if not common:
        return np.ones(len(places), np.bool_)
    usual = hit[np.unique(near(np.concatenate(common), frames[hit]).asked)]
    return ~np.isin(places, usual)


def _pictures(nearest: dict[int, Alike]) -> Iterator[Alike]:
    """The nearest pictures of each list, each entry once."""
    told: dict[str, set[str]] = {}
    for each in nearest.values():  # the nearest first
        of_list = told.setdefault(each.listed.list_id, set())
        if each.listed.kind is HashKind.PDQ and each.entry not in of_list:
            if len(of_list) < MOST_OF_LIST:
                yield each
            of_list.add(each.entry)


def _videos(session: Session, frames: Words, nearest: dict[int, Alike]) -> Iterator[Alike]:
    """The videos of which enough is in the item, or that have enough of the item in them."""
    told: set[tuple[str, str]] = set()
    for each in nearest.values():
        video = (each.listed.list_id, each.listed.entry)
        if each.listed.kind is not HashKind.VPDQ or video in told:
            continue
        told.add(video)
        both = shares(frames, unpacked(b"".join(db.listed_hashes.frames(session, *video))))
        if max(both) >= LEAST_SHARE:
            yield Alike(each.listed, each.distance, each.query_ms, both)
