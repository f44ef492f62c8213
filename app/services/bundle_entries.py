"""What a bundle tells of its entries is brought into its list; nothing else is written."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from app import db
from app.core.exchange.bundles import Entry
from app.core.exchange.listed_hashes import ListedHash
from app.db.hash_lists import HashList
from app.db.listed_hashes import Kept
from app.schemas.hash_enums import Opinion
from app.services import hash_lists

type KeptOf = Mapping[str, Sequence[Kept]]


@dataclass
class Counts:
    """What came of entries: hashes, then entries taken back and the signals of those."""

    added: int = 0
    already: int = 0
    revoked: int = 0
    signals_withdrawn: int = 0


def bring_in(
    session: Session, hash_list: HashList, entries: Sequence[Entry], counts: Counts
) -> None:
    """Add and revoke entries, each of another id. The caller has `in_commit_order`."""
    kept = defaultdict[str, list[Kept]](list)
    for row in db.listed_hashes.of_entries(session, hash_list.id, [each.id for each in entries]):
        kept[row.entry].append(row)
    _revoke(
        session, hash_list, {each.id: kept[each.id] for each in entries if each.revoked}, counts
    )
    _add(session, hash_list, [each for each in entries if not each.revoked], kept, counts)


def _revoke(session: Session, hash_list: HashList, kept: KeptOf, counts: Counts) -> None:
    standing = [[row.number for row in rows if not row.withdrawn] for rows in kept.values()]
    gone = [number for numbers in standing for number in numbers]
    db.listed_hashes.withdraw(session, gone)
    hash_list.hashes -= len(gone)
    counts.revoked += sum(map(bool, standing))
    counts.signals_withdrawn += db.signals.withdraw(session, hash_list.id, list(kept))


def _add(
    session: Session, hash_list: HashList, entries: Sequence[Entry], kept: KeptOf, counts: Counts
) -> None:
    """Add entries, or what of them is new; their opinions are the newest."""
    back, other = list[int](), defaultdict[str, list[int]](list)
    new, told = list[ListedHash](), 0
    for entry in entries:
        label = entry.opinion or Opinion.SEEN
        standing = [row for row in kept[entry.id] if not row.withdrawn]
        has = {(row.kind, row.bits) for row in standing}
        back += [row.number for row in kept[entry.id] if row.withdrawn]
        other[label] += [row.number for row in standing if row.label != label]
        missing = (each for each in entry.hashes if (each.kind, each.bits) not in has)
        new += [replace(each, label=label) for each in missing]
        told += len(entry.hashes)
    # What comes back is compared with every item again, as a new one is.
    db.listed_hashes.remove(session, back)
    for label, numbers in other.items():
        db.listed_hashes.say(session, numbers, label)
    added = hash_lists.add(session, hash_list, new)
    counts.added += added
    counts.already += told - added
