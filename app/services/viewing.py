"""Who sees what of a sensitive item: blurred, clear with an entry in the audit chain, or nothing.

The entry is written in a transaction of its own before anything leaves: no entry, no picture.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from app import db
from app.access import Actor, Scope
from app.db.sensitivity import SensitiveView
from app.errors import Forbidden
from app.schemas.audit import AuditAction
from app.schemas.privacy_enums import SensitivityFlag
from app.services import audit, drawing_thread

if TYPE_CHECKING:
    from app.core.presentation.veil import Pixels

GREY = frozenset({SensitivityFlag.DEAD, SensitivityFlag.GRAPHIC_VIOLENCE})
ONE_PLAYBACK = timedelta(minutes=10)
"""Parts of a file that one key reads within this time of an entry belong to it."""


@dataclass(frozen=True, slots=True)
class View:
    """How pictures are shown: the flags of each item in them, and whether they may be clear."""

    by_item: Mapping[str, frozenset[SensitivityFlag]]
    clear: bool

    @property
    def flags(self) -> frozenset[SensitivityFlag]:
        """All flags: each counts for all that is shown together."""
        return frozenset(flag for flags in self.by_item.values() for flag in flags)

    @property
    def is_audited(self) -> bool:
        """Whether each picture that is shown in this way has its entry."""
        return self.clear and bool(self.by_item)

    @property
    def grey(self) -> bool:
        """Whether colours are left out, clear or not."""
        return bool(self.flags & GREY)

    @property
    def name(self) -> str:
        """One word for each way of showing."""
        return f"{'clear' if self.clear else 'blurred'}{'-grey' if self.grey else ''}"

    def through(self, pixels: "Pixels") -> "Pixels":
        """A picture as it is shown."""
        from app.core.presentation import veil  # noqa: PLC0415  see `drawing_thread`

        shown = pixels if self.clear else veil.blurred(pixels)
        return veil.grey(shown) if self.grey else shown

    def jpeg(self, data: bytes) -> bytes:
        """A JPEG file as it is shown; one that is shown as it is stays untouched."""
        return drawing_thread.drawn(self._redrawn, data) if self.grey or not self.clear else data

    def _redrawn(self, data: bytes) -> bytes:
        from app.core.fingerprints.pictures import read_jpeg, write_jpeg  # noqa: PLC0415  see `drawing_thread`

        return write_jpeg(self.through(read_jpeg(data)))


def may_see_clear(actor: Actor) -> bool:
    """Whether an actor may see flagged pictures, files and hashes as they are."""
    return Scope.MEDIA_SENSITIVE in actor.scopes


def may_see_blurred(actor: Actor) -> bool:
    """Whether an actor may see flagged pictures at all."""
    return may_see_clear(actor) or Scope.MEDIA_WRITE in actor.scopes


def admit(
    database: db.Database, actor: Actor, media_ids: Collection[str], *, blurred: bool
) -> View:
    """Admit `actor` to pictures of some items together, or refuse.

    Clear ones take the scope `media:sensitive`, blurred ones a key that works on items.
    """
    with database.read() as session:
        by_item = db.sensitivity.flags_of(session, media_ids)
    view = View(by_item, clear=not by_item or not blurred)
    may_see = may_see_clear(actor) if view.clear else may_see_blurred(actor)
    if by_item and not may_see:
        raise _refusal(view.flags)
    return view


def note(database: db.Database, actor: Actor, view: View, what: str) -> None:
    """Put into the chain who is about to see which picture clearly, an entry for each item in it."""
    if not view.is_audited:
        return
    with database.write() as session:
        for media_id, flags in sorted(view.by_item.items()):
            _write(session, actor, media_id, what, flags)


def check_clear(database: db.Database, actor: Actor, media_id: str) -> frozenset[SensitivityFlag]:
    """The flags of an item of which `actor` wants what cannot be blurred, or a refusal; no entry."""
    with database.read() as session:
        flags = db.sensitivity.flags_of(session, [media_id]).get(media_id, frozenset())
    if flags and not may_see_clear(actor):
        raise _refusal(flags)
    return flags


def file(
    database: db.Database, actor: Actor, media_id: str, *, is_continued: bool
) -> frozenset[SensitivityFlag]:
    """Admit `actor` to an item's file; gives its flags.

    One entry a request; `is_continued` says that this asks for a later part of the file, which
    within `ONE_PLAYBACK` of the key's last entry about the file belongs to that one.
    """
    flags = check_clear(database, actor, media_id)
    if not flags:
        return flags
    with database.read() as session:
        last = db.sensitivity.last_view(session, media_id, actor.id)
    if is_continued and last is not None and db.now() - last.at < ONE_PLAYBACK:
        return flags
    with database.write() as session:
        _write(session, actor, media_id, "file", flags)
        session.merge(SensitiveView(media_id=media_id, actor_id=actor.id, at=db.now()))
    return flags


def fingerprint(database: db.Database, actor: Actor, media_id: str) -> None:
    """Admit `actor` to an item's hashes, of which pictures can be guessed."""
    flags = check_clear(database, actor, media_id)
    if flags:
        with database.write() as session:
            _write(session, actor, media_id, "fingerprint", flags)


def _write(
    session: Session,
    actor: Actor,
    media_id: str,
    what: str,
    flags: frozenset[SensitivityFlag],
) -> None:
    subject = audit.Subject("media", media_id)
    payload = {"what": what, "flags": sorted(flags)}
    audit.append(session, actor, AuditAction.MEDIA_VIEWED, subject, payload, media_id=media_id)


def _refusal(flags: frozenset[SensitivityFlag]) -> Forbidden:
    scope = Scope.MEDIA_SENSITIVE.value
    detail = f"This is sensitive: what is asked for needs the scope '{scope}'."
    return Forbidden(detail, scope=scope, flags=sorted(flags))
