"""Hash lists: made by people, filled from texts of any length, in steps that may be repeated."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import batched

from sqlalchemy.orm import Session

from app import db
from app.access import Actor
from app.core.exchange.hash_lines import ListReader
from app.core.exchange.listed_hashes import ListedHash
from app.db.hash_lists import HashList
from app.errors import Conflict, Forbidden, NotFound
from app.schemas.audit import AuditAction
from app.schemas.hash_lists import FaultyLine, ImportedHashes, NewHashList
from app.services import audit

LINES_A_STEP = 2000
FAULTY_MAX = 1000


def create(
    session: Session, wanted: NewHashList, actor: Actor, partner_id: str | None = None
) -> HashList:
    """Make an empty list; its name must be free."""
    db.in_commit_order(session)
    db.exclusively(session, f"hash list {wanted.slug}")
    if db.hash_lists.by_slug(session, wanted.slug):
        raise Conflict(f"There is a hash list '{wanted.slug}' already.", slug=wanted.slug)
    made = HashList(**wanted.model_dump(), partner_id=partner_id, created_by=actor.id)
    session.add(made)
    session.flush()
    audit.written(session, actor, AuditAction.HASH_LIST_CREATED, made)
    return made


def exists(session: Session, slug: str) -> bool:
    """Whether there is a list of this name."""
    return db.hash_lists.by_slug(session, slug) is not None


def get(session: Session, slug: str) -> HashList:
    """The list of this name."""
    found = db.hash_lists.by_slug(session, slug)
    if found is None:
        raise NotFound(f"There is no hash list '{slug}'.")
    return found


def fillable(session: Session, slug: str) -> HashList:
    """The list of this name, if people fill it: of a partner's every hash is what that partner signed."""
    found = get(session, slug)
    if found.partner_id is not None:
        raise Forbidden("A partner's bundles fill this list, and nothing else does.")
    return found


def add(session: Session, hash_list: HashList, hashes: list[ListedHash]) -> int:
    """Add those hashes that a list lacks; how many. The caller has `in_commit_order`."""
    added = db.listed_hashes.add(session, hash_list.id, hashes)
    if added:
        hash_list.hashes += added
        hash_list.last_number = db.listed_hashes.last_number(session)
    return added


@dataclass
class TextImport:
    """Takes in a list's text line by line, each step in a transaction of its own.

    An import that ends early leaves what it had read; made again, it adds the rest.
    """

    database: db.Database
    slug: str
    reader: ListReader
    lines: int = 0
    added: int = 0
    already: int = 0
    faulty_n: int = 0
    faulty: list[FaultyLine] = field(default_factory=list)

    def feed(self, lines: Iterable[str]) -> None:
        """Take in the next lines."""
        for step in batched(lines, LINES_A_STEP):
            hashes = [each for line in step for each in self._read(line)]
            if not hashes:
                continue
            with self.database.write() as session:
                db.in_commit_order(session)
                added = add(session, fillable(session, self.slug), hashes)
            self.added += added
            self.already += len(hashes) - added

    def finish(self, actor: Actor) -> ImportedHashes:
        """Say in the audit chain who imported how many; gives what came of it."""
        with self.database.write() as session:
            db.in_commit_order(session)
            hash_list = fillable(session, self.slug)
            counted = {"lines": self.lines, "added": self.added, "faulty": self.faulty_n}
            subject = audit.Subject("hash_list", hash_list.id)
            audit.append(session, actor, AuditAction.HASH_LIST_IMPORTED, subject, counted)
        return ImportedHashes(
            slug=self.slug,
            lines=self.lines,
            added=self.added,
            already=self.already,
            faulty_n=self.faulty_n,
            faulty=self.faulty,
        )

    def _read(self, line: str) -> list[ListedHash]:
        self.lines += 1
        try:
            return self.reader.read(line)
        except ValueError as error:
            self.faulty_n += 1
            if len(self.faulty) < FAULTY_MAX:
                self.faulty.append(FaultyLine(line=self.lines, error=str(error)))
            return []
